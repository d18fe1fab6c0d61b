"""What an agent says of a contact of their own before Kindline does, and how far both agree."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from kindline.coaching.recognition import Agreed, Recognised, agreed
from kindline.errors import NoSuchError
from kindline.store.database import Tenancy
from kindline.store.labels import DISPUTED, Judged, Value, judge
from kindline.store.own_records import keep_own, own_record
from kindline.web.access import Opened, opened_own
from kindline.web.guard import Asked
from kindline.web.mine import own_since

OWN_NEEDS: tuple[Judged, ...] = ("service", "companionship", "support", "abuse")
_N_LATEST = 40  # contacts that can be asked for


def next_to_recognise(asked: Asked) -> Opened | None:
    """Return a contact of one's own to say of what the caller needed, in an order of one's own."""
    with asked.read() as tenancy:
        done = {told["number"] for told in _recognised(tenancy, asked)}
    some = [
        one
        for one in opened_own(asked, since=own_since(asked), n_most=_N_LATEST)
        if one.number not in done
    ]
    return min(some, key=lambda one: _order(asked, one.number), default=None)


def _order(asked: Asked, number: int) -> int:
    return crc32(f"{asked.user.user_id} {number}".encode())


def recognise(asked: Asked, number: int, said: Mapping[Judged, Value]) -> Opened:
    """
    Keep what one says of an own contact, and return it with what Kindline says.

    What differs goes to Review as a label that is disputed; what one is unsure of does not. Raises
    NoSuchError where it is not one's own, or was said before: the first word counts.
    """
    found = next(iter(opened_own(asked, since=own_since(asked), number=number)), None)
    now, by = asked.place.clock(), asked.user.user_id
    with asked.begin() as tenancy:
        kept = _recognised(tenancy, asked)
        if found is None or number in {told["number"] for told in kept}:
            raise NoSuchError
        states = states_of(found)
        rows = [
            {
                "number": number,
                "at": now.isoformat(),
                "need": need,
                "own": value,
                "kindline": states[need],
            }
            for need, value in said.items()
        ]
        keep_own(tenancy, by, "recognised", [*kept, *rows])
        differing: dict[Judged, Value] = {
            need: value
            for need, value in said.items()
            if value != "unsure" and states[need] in ("present", "absent") and value != states[need]
        }
        if differing:
            judge(tenancy, DISPUTED, number, differing, by=by, now=now)
    return found


def states_of(one: Opened) -> dict[Judged, str]:
    """Return what Kindline says of each need."""
    blocks = {**one.stored.analysis["needs"], "abuse": one.stored.analysis["abuse"]}
    return {need: blocks[need]["state"] for need in OWN_NEEDS}


def own_agreement(asked: Asked) -> list[Agreed]:
    """Return how far one saw what Kindline sees, by need."""
    with asked.read() as tenancy:
        kept = _recognised(tenancy, asked)
    every = [
        Recognised(
            at=datetime.fromisoformat(told["at"]),
            need=told["need"],
            own=told["own"],
            kindline=told["kindline"],
        )
        for told in kept
    ]
    return agreed(every, OWN_NEEDS)


def _recognised(tenancy: Tenancy, asked: Asked) -> Sequence[dict[str, Any]]:
    return own_record(tenancy, asked.user.user_id, "recognised") or ()
