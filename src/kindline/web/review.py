"""What people's judgements tell: how far they agree, how often Kindline errs, corrected shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kindline.errors import NoSuchError
from kindline.insight.corrected import labelled, share_of
from kindline.insight.shares import shares
from kindline.insight.where import Where
from kindline.metrics.agreement import agreement
from kindline.metrics.share import wilson
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy
from kindline.store.labels import (
    DISPUTED,
    NEEDS,
    VALUES,
    Drawn,
    Judged,
    Sample,
    Value,
    disputed,
    drawn,
    due,
    judge,
    samples,
    withdraw,
)
from kindline.store.tables import CONVERSATIONS
from kindline.web.access import opened, visible
from kindline.web.guard import Asked

HAS_WORDS = CONVERSATIONS.c.turns.is_not(None)
_N_OTHERWISE = 50
FLAGGED: Mapping[str, str] = {"crisis": "cue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What a sample tells of a need.

    `right` is how many of those flagged people call so, `missed` how many of those people call so
    were not flagged: each a count, of how many, and the count's 95 % interval as a share. They are
    counted within the sample, unweighted.
    """

    need: Judged
    n_settled: int
    n_open: int
    agreement: Estimate
    right: tuple[int, int, tuple[float, float]] | None
    missed: tuple[int, int, tuple[float, float]] | None


def needs_judged(asked: Asked) -> tuple[Judged, ...]:
    """Return what who asks may judge: a crisis cue is for who may see cues."""
    return tuple(need for need in NEEDS if need != "crisis" or asked.may("crisis"))


def samples_for(asked: Asked, tenancy: Tenancy) -> list[Sample]:
    """
    Return the samples that who asks may judge, the latest first.

    One drawn evenly by crisis cues would tell of half its conversations that they hold one.
    """
    may = needs_judged(asked)
    return [one for one in samples(tenancy) if one.need is None or one.need in may]


def sample_named(asked: Asked, tenancy: Tenancy, sample_id: str) -> Sample:
    """Return a sample that who asks may judge; raises NoSuchError."""
    found = next((one for one in samples_for(asked, tenancy) if one.sample_id == sample_id), None)
    if found is None:
        raise NoSuchError
    return found


def due_for(asked: Asked, tenancy: Tenancy, sample_id: str) -> list[int]:
    """Return which conversations wait for who asks: of those that still have their words."""
    every = drawn(tenancy, sample_id, HAS_WORDS)
    return due(every, asked.user.user_id, needs_judged(asked))


def say(asked: Asked, sample_id: str, number: int, said: Mapping[Judged, Value]) -> None:
    """Keep what who asks says of a conversation of a sample, while it has its words."""
    may = needs_judged(asked)
    values: dict[Judged, Value] = {need: value for need, value in said.items() if need in may}
    with asked.begin() as tenancy:
        sample_named(asked, tenancy, sample_id)
        if number not in {one.number for one in drawn(tenancy, sample_id, HAS_WORDS)}:
            raise NoSuchError
        by, now = asked.user.user_id, asked.place.clock()
        judge(tenancy, sample_id, number, values, by=by, now=now)


def say_otherwise(asked: Asked, conversation_id: str, need: Judged, value: Value | None) -> None:
    """Keep that who asks says otherwise of a label they see; None takes that back."""
    found = opened(asked, conversation_id)
    if need == "crisis" and not found.has_crisis:
        raise NoSuchError
    by, now = asked.user.user_id, asked.place.clock()
    with asked.begin() as tenancy:
        if value is None:
            withdraw(tenancy, found.number, need, by=by)
        else:
            judge(tenancy, DISPUTED, found.number, {need: value}, by=by, now=now)


def said_otherwise(asked: Asked, tenancy: Tenancy) -> list[tuple[str, Mapping[str, int]]]:
    """Return the contacts of which people say otherwise, the latest first: id, how many by need."""
    found = disputed(tenancy, CONVERSATIONS.c.analysis.is_not(None), visible(asked))
    may = needs_judged(asked)
    latest = dict(list(found.items())[:_N_OTHERWISE])
    columns = CONVERSATIONS.c
    query = select(columns.number, columns.conversation_id).where(columns.number.in_(latest))
    ids = {row.number: row.conversation_id for row in tenancy.connection.execute(query)}
    found_for: list[tuple[str, Mapping[str, int]]] = []
    for number, count in latest.items():
        counts: dict[str, int] = {need: count[need] for need in may if count[need]}
        if counts and number in ids:
            found_for.append((ids[number], counts))
    return found_for


def value_named(name: str) -> Value | None:
    """Return what people can say by that name."""
    for value in VALUES:
        if value == name:
            return value
    return None


def need_named(name: str, some: Sequence[Judged]) -> Judged | None:
    """Return the need of that name among some."""
    for need in some:
        if need == name:
            return need
    return None


def told(every: Sequence[Drawn], need: Judged) -> Told:
    """Return what a sample tells of a need."""
    judged = labelled(every, need)
    flagged = [one.is_so for one in judged if one.is_flagged]
    so = [not one.is_flagged for one in judged if one.is_so]
    return Told(
        need=need,
        n_settled=sum(one.settled(need) is not None for one in every),
        n_open=sum(one.is_open(need) for one in every),
        agreement=agreement([list(one.said.get(need, {}).values())[:2] for one in every]),
        right=_counted(flagged),
        missed=_counted(so),
    )


def shares_of(
    asked: Asked, tenancy: Tenancy, of: Sample, every: Sequence[Drawn]
) -> Mapping[Judged, Estimate | str]:
    """Return each need's corrected share since the sample's time, or why there is none."""
    asked.place.facts.refresh(tenancy)
    where = Where(since=of.since, language=of.language)
    rows = shares(asked.place.facts, asked.user.tenant, where, by=None, fewest=0)
    return (
        {need: share_of(rows[0], need, every, of) for need in needs_judged(asked)} if rows else {}
    )


def _counted(flags: Sequence[bool]) -> tuple[int, int, tuple[float, float]] | None:
    return (sum(flags), len(flags), wilson(sum(flags), len(flags))) if flags else None
