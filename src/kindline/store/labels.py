"""
What people say of conversations: samples drawn to be judged blind, and labels that are disputed.

A sample is drawn once, at random or evenly from what Kindline found, and remembers how many
conversations each of its own stands for, and what Kindline said then. Two people judge each
without seeing that or each other; where they differ a third does. Labels go by the conversation's
number: they outlive its words, and are gone with it when it is erased.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
from random import Random, SystemRandom
import secrets
from typing import Literal, NamedTuple, get_args
from zlib import crc32

from sqlalchemy import ColumnElement, delete, func, insert, select

from kindline.errors import InputError, UnknownNameError
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, LABELS, SAMPLED, SAMPLES
from kindline.store.upsert import upsert

Judged = Literal["service", "companionship", "support", "crisis", "abuse"]
Value = Literal["present", "absent", "unsure"]
Design = Literal["random", "stratified"]
NEEDS: tuple[Judged, ...] = get_args(Judged)
VALUES: tuple[Value, ...] = get_args(Value)
LARGEST = 1_000  # conversations in a sample
DISPUTED = ""  # the sample of what is disputed: nobody drew it, and it corrects no share
_PAIR, _MOST = 2, 3
_CHUNK = 500


class Wanted(NamedTuple):
    """What a sample is to be: how drawn, from when on, of which language, how many."""

    name: str
    design: Design
    need: Judged | None
    language: str | None
    since: datetime
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample that was drawn: `n` conversations out of `n_frame`."""

    sample_id: str
    name: str
    design: Design
    need: Judged | None
    language: str | None
    since: datetime
    n: int
    n_frame: int
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A conversation of a sample: what it stands for, what Kindline said, what people say."""

    number: int
    weight: float
    states: Mapping[str, str]
    said: Mapping[str, Mapping[str, Value]]  # by need, by user

    def settled(self, need: Judged) -> Value | None:
        """Return what two people agree on; None while they do not, or three never will."""
        values = list(self.said.get(need, {}).values())
        for value in values:
            if values.count(value) >= _PAIR:
                return value
        return None

    def is_open(self, need: Judged) -> bool:
        """Return whether another person is to judge it."""
        return self.settled(need) is None and len(self.said.get(need, {})) < _MOST


def draw(
    tenancy: Tenancy, wanted: Wanted, *, by: str, now: datetime, chance: Random | None = None
) -> str:
    """
    Draw a sample of conversations whose words are kept, and return its id.

    With a `chance` that is seeded, the same is drawn again; without, nobody can foresee it.

    Raises:
        InputError: where there is nothing to draw from, or more is asked than people can judge.
    """
    if not 1 <= wanted.n <= LARGEST:
        raise InputError(f"a sample has 1 to {LARGEST} conversations")
    if wanted.design == "stratified" and wanted.need is None:
        raise UnknownNameError("need", "none", NEEDS)
    frame = _frame(tenancy, wanted)
    if not frame:
        raise InputError("no conversation of this time and language has its words any more")
    row = {
        "sample_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        **{name: getattr(wanted, name) for name in ("name", "design", "need", "language", "since")},
        "n_frame": len(frame),
        "made_by": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(SAMPLES), [row])
    rows = [
        {
            "sample_id": row["sample_id"],
            "number": number,
            "tenant_id": tenancy.tenant,
            "weight": weight,
            "states": json.dumps(frame[number]),
        }
        for number, weight in _chosen(frame, wanted, chance or SystemRandom()).items()
    ]
    tenancy.connection.execute(insert(SAMPLED), rows)
    return str(row["sample_id"])


def samples(tenancy: Tenancy) -> list[Sample]:
    """Return the samples, the latest first."""
    n_drawn = (
        select(func.count())
        .where(SAMPLED.c.sample_id == SAMPLES.c.sample_id)
        .scalar_subquery()
        .label("n")
    )
    query = (
        select(SAMPLES, n_drawn)
        .where(SAMPLES.c.tenant_id == tenancy.tenant)
        .order_by(SAMPLES.c.made_at.desc(), SAMPLES.c.sample_id)
    )
    return [
        Sample(
            sample_id=row["sample_id"],
            name=row["name"],
            design=row["design"],
            need=row["need"],
            language=row["language"],
            since=in_utc(row["since"]),
            n=row["n"],
            n_frame=row["n_frame"],
            made_at=in_utc(row["made_at"]),
        )
        for row in tenancy.connection.execute(query).mappings()
    ]


def drawn(tenancy: Tenancy, sample_id: str, *where: ColumnElement[bool]) -> list[Drawn]:
    """Return the conversations of a sample with all that was said of them."""
    said: defaultdict[int, defaultdict[str, dict[str, Value]]]
    said = defaultdict(lambda: defaultdict(dict))
    own = (LABELS.c.tenant_id == tenancy.tenant) & (LABELS.c.sample_id == sample_id)
    for row in tenancy.connection.execute(select(LABELS).where(own).order_by(LABELS.c.made_at)):
        said[row.number][row.need][row.user_id] = row.value
    query = (
        select(SAMPLED)
        .join(CONVERSATIONS, CONVERSATIONS.c.number == SAMPLED.c.number)
        .where(SAMPLED.c.tenant_id == tenancy.tenant, SAMPLED.c.sample_id == sample_id, *where)
        .order_by(SAMPLED.c.number)
    )
    return [
        Drawn(
            number=row.number,
            weight=row.weight,
            states=json.loads(row.states),
            said=said[row.number],
        )
        for row in tenancy.connection.execute(query)
    ]


def due(every: Sequence[Drawn], user_id: str, needs: Sequence[Judged]) -> list[int]:
    """
    Return which conversations a person is to judge: none they judged, those half judged first.

    In an order of their own, so that no two people tire at the same conversations.
    """
    open_ones = [
        one
        for one in every
        if any(one.is_open(need) and user_id not in one.said.get(need, {}) for need in needs)
    ]

    def own_order(one: Drawn) -> tuple[int, int]:
        n_said = max(len(one.said.get(need, {})) for need in needs)
        return -n_said, crc32(f"{user_id} {one.number}".encode())

    return [one.number for one in sorted(open_ones, key=own_order)]


def judge(
    tenancy: Tenancy,
    sample_id: str,
    number: int,
    values: Mapping[Judged, Value],
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep what a person says of a conversation; saying it again replaces it."""
    rows = [
        {
            "sample_id": sample_id,
            "number": number,
            "user_id": by,
            "need": need,
            "tenant_id": tenancy.tenant,
            "value": value,
            "made_at": now,
        }
        for need, value in values.items()
    ]
    upsert(tenancy.connection, LABELS, rows, ("sample_id", "number", "user_id", "need"))


def disputes(tenancy: Tenancy, number: int) -> list[tuple[str, str, str]]:
    """Return who says otherwise of a conversation: user id, need, value."""
    columns = LABELS.c
    query = (
        select(columns.user_id, columns.need, columns.value)
        .where(
            columns.tenant_id == tenancy.tenant,
            columns.sample_id == DISPUTED,
            columns.number == number,
        )
        .order_by(columns.made_at)
    )
    return [(row.user_id, row.need, row.value) for row in tenancy.connection.execute(query)]


def withdraw(tenancy: Tenancy, number: int, need: Judged, *, by: str) -> None:
    """Take back what somebody disputed."""
    columns = LABELS.c
    is_it = (columns.sample_id == DISPUTED) & (columns.number == number) & (columns.need == need)
    own = (columns.tenant_id == tenancy.tenant) & (columns.user_id == by)
    tenancy.connection.execute(delete(LABELS).where(own, is_it))


def forget_labels(tenancy: Tenancy, numbers: Sequence[int]) -> None:
    """Take out all that was said of conversations that are erased."""
    for start in range(0, len(numbers), _CHUNK):
        part = numbers[start : start + _CHUNK]
        for table in (LABELS, SAMPLED):
            theirs = table.c.number.in_(part)
            tenancy.connection.execute(
                delete(table).where(table.c.tenant_id == tenancy.tenant, theirs)
            )


def _frame(tenancy: Tenancy, wanted: Wanted) -> dict[int, dict[str, str]]:
    """Return the conversations that can be drawn, with what Kindline says of each."""
    columns = CONVERSATIONS.c
    query = select(columns.number, *(columns[need] for need in NEEDS)).where(
        columns.tenant_id == tenancy.tenant,
        columns.status == "analysed",
        columns.turns.is_not(None),
        columns.happened_at >= wanted.since,
    )
    if wanted.language is not None:
        query = query.where(columns.language == wanted.language)
    rows = tenancy.connection.execute(query.order_by(columns.number))
    return {row.number: {need: getattr(row, need) for need in NEEDS} for row in rows}


def _chosen(
    frame: Mapping[int, Mapping[str, str]], wanted: Wanted, chance: Random
) -> dict[int, float]:
    """Return the numbers drawn, with how many conversations of their stratum each stands for."""
    strata: defaultdict[str, list[int]] = defaultdict(list)
    for number, states in frame.items():
        is_stratified = wanted.design == "stratified" and wanted.need is not None
        strata[states[wanted.need] if is_stratified and wanted.need else "all"].append(number)
    chosen: dict[int, float] = {}
    n_left = min(wanted.n, len(frame))
    for n_behind, some in enumerate(sorted(strata.values(), key=len)):
        n_here = min(len(some), max(1, n_left // (len(strata) - n_behind)))
        n_left -= n_here
        weight = len(some) / n_here
        chosen |= dict.fromkeys(chance.sample(some, n_here), weight)
    return chosen


def settled_by_people(tenancy: Tenancy) -> dict[int, dict[Judged, Value]]:
    """Return what two people at least agree on in samples, by conversation and need."""
    columns = LABELS.c
    query = (
        select(columns.number, columns.user_id, columns.need, columns.value)
        .where(columns.tenant_id == tenancy.tenant, columns.sample_id != DISPUTED)
        .order_by(columns.made_at)
    )
    said: defaultdict[tuple[int, Judged], dict[str, Value]] = defaultdict(dict)
    for row in tenancy.connection.execute(query):  # the last word of each person counts
        said[row.number, row.need][row.user_id] = row.value
    found: defaultdict[int, dict[Judged, Value]] = defaultdict(dict)
    for (number, need), values in said.items():
        ((value, n), *others) = Counter(values.values()).most_common()
        if n >= _PAIR and (not others or others[0][1] < n):
            found[number][need] = value
    return dict(found)


def disputed(tenancy: Tenancy, *where: ColumnElement[bool]) -> dict[int, Counter[str]]:
    """Return which conversations somebody says otherwise of: how many people, by need."""
    columns = LABELS.c
    query = (
        select(columns.number, columns.need, func.count())
        .join(CONVERSATIONS, CONVERSATIONS.c.number == columns.number)
        .where(columns.tenant_id == tenancy.tenant, columns.sample_id == DISPUTED, *where)
        .group_by(columns.number, columns.need)
        .order_by(columns.number.desc())
    )
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for number, need, n in tenancy.connection.execute(query):
        found[number][need] = n
    return dict(found)
