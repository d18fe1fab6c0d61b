"""What an address of the numbers means: a period, and what narrows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends

from kindline.insight.where import Scope, Where
from kindline.metrics.share import FEWEST
from kindline.web.access import choices
from kindline.web.guard import Asked, needs

WEEKS: Mapping[str, int | None] = {"4": 4, "13": 13, "52": 52, "all": None}
NUMBERS = needs("numbers")  # one, so that who asks is found once a request
Counter = Annotated[Asked, Depends(NUMBERS)]
_ALL = timedelta(weeks=520)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The facts that are meant, from when to when, and what was chosen, as the form shows it."""

    scope: Scope
    since: datetime
    until: datetime
    chosen: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    weeks: Sequence[str] = tuple(WEEKS)


def where_meant(
    asked: Counter, weeks: str = "13", language: str = "", channel: str = "", queue: str = ""
) -> Where:
    """Return which conversations the address means."""
    n_weeks = WEEKS.get(weeks, WEEKS["13"])
    now = asked.place.clock().replace(minute=0, second=0, microsecond=0)  # facts know hours
    return Where(
        since=None if n_weeks is None else now - timedelta(weeks=n_weeks),
        language=language or None,
        channel=channel or None,
        queue=queue or None,
        zone=asked.place.zone,
    )


def meant(
    asked: Counter, where: Annotated[Where, Depends(where_meant)], weeks: str = "13"
) -> Meant:
    """Return what the address means, with the facts as they are now."""
    told = choices(asked)  # which renews the facts
    scope = Scope(
        facts=asked.place.facts, tenant=asked.user.tenant, where=where, fewest=fewest(asked)
    )
    now = asked.place.clock()
    return Meant(
        scope=scope,
        since=where.since or now - _ALL,
        until=now,
        chosen={
            "weeks": weeks if weeks in WEEKS else "13",
            "language": where.language or "",
            "channel": where.channel or "",
            "queue": where.queue or "",
        },
        choices=told,
    )


def fewest(asked: Asked) -> int:
    """Return of how few people a number is told to nobody: none, for who opens conversations."""
    return 0 if asked.may("conversations") else FEWEST
