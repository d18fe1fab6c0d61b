"""
What the overview counts: shares of needs with their intervals, from the facts.

A share over fewer than `FEWEST` people is told to nobody who may not open conversations: with a
queue and an hour it could point at somebody (FACTS 8, R17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kindline.metrics.drift import Drift, drift
from kindline.metrics.share import share_of
from kindline.model.analysis import MOODS
from kindline.model.estimate import Estimate
from kindline.store.facts import Facts

Need = Literal["service", "companionship", "support", "crisis", "abuse"]
SHOWN: tuple[Need, ...] = ("service", "companionship", "support", "crisis", "abuse")
By = Literal["week", "queue", "channel", "language"]
_WATCHED = (
    "language",
    "channel",
    "queue",
    "status",
    "service",
    "companionship",
    "support",
    "abuse",
)
_FEW = 2_000
MOST_PLACES = 400  # that a search opens at once
_MANY, _LATEST = 50_000, 5_000
_COUNTED = {"crisis": ("cue", "no_cue_found")}
_SOURCE: Mapping[By, str] = {
    "week": "CAST(week AS VARCHAR)",
    "queue": "queue",
    "channel": "channel",
    "language": "language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which facts are counted; what is not set is not asked for."""

    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    channel: str | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The shares of one group; a need that is hidden has too few conversations to be told."""

    name: str | None
    n_conversations: int
    n_denied: int
    shares: Mapping[Need, Estimate]
    hidden: frozenset[Need]


def shares(facts: Facts, tenant: str, where: Where, *, by: By | None, fewest: int) -> list[Row]:
    """Return the shares of all conversations, or of each group, the largest group first."""
    condition, values = condition_of(where)
    group = "NULL" if by is None else _SOURCE[by]
    order = "name" if by == "week" else "n DESC, name"
    counts = ", ".join(_counts(need) for need in SHOWN)
    found = facts.counts(
        tenant,
        f"SELECT {group} AS name, count(*) AS n, "  # noqa: S608 -- names are ours, values are not
        f"count(*) FILTER (status = 'denied') AS n_denied, {counts} "
        f"FROM facts WHERE {condition} GROUP BY 1 ORDER BY {order}",
        values,
    )
    return [_row(row, fewest) for row in found]


def moods(
    facts: Facts, tenant: str, where: Where, *, fewest: int
) -> list[tuple[str | None, int, int]]:
    """
    Return each mood with how many arrived and how many left in it; the unnamed one last.

    Of fewer people than `fewest` there are none: one of three who was sad could be known.
    """
    condition, values = condition_of(where)
    found = facts.counts(
        tenant,
        f"SELECT arrival, departure, count(*) AS n FROM facts "  # noqa: S608 -- as above
        f"WHERE {condition} AND status = 'analysed' GROUP BY 1, 2",
        values,
    )
    if sum(row["n"] for row in found) < fewest:
        return []
    return [
        (mood, _total(found, "arrival", mood), _total(found, "departure", mood))
        for mood in (*MOODS, None)
    ]


def drifts(facts: Facts, tenant: str, now: datetime) -> dict[str, Drift]:
    """Return how far what came in, and what was found, moved: four weeks beside the 13 before."""
    then, start = now - timedelta(weeks=4), now - timedelta(weeks=17)
    found: dict[str, Drift] = {}
    for name in _WATCHED:
        before, latest = (
            _by_kind(facts, tenant, name, Where(since=since, until=until))
            for since, until in ((start, then), (then, now))
        )
        found[name] = drift(before, latest)
    return found


def _by_kind(facts: Facts, tenant: str, name: str, where: Where) -> dict[str, int]:
    condition, values = condition_of(where)
    rows = facts.counts(
        tenant,
        f"SELECT coalesce(CAST({name} AS VARCHAR), 'none') AS kind, count(*) AS n "  # noqa: S608
        f"FROM facts WHERE {condition} GROUP BY 1",
        values,
    )
    return {row["kind"]: row["n"] for row in rows}


def latest_among(
    facts: Facts,
    tenant: str,
    where: Where,
    need: Need | None,
    numbers: npt.NDArray[np.int64],
    *,
    before: tuple[datetime, int] | None,
) -> tuple[list[tuple[datetime, int]], int]:
    """
    Return hour and number of the latest of these conversations, and how many there are at most.

    `MOST_PLACES` of them, from before a place in that order; the others count along.
    """
    condition, values = condition_of(where)
    hour, number = before or (datetime.max.replace(tzinfo=UTC), 0)
    place, holds = (hour.replace(tzinfo=None), number), _holds(need)
    if len(numbers) > _MANY:  # nearly each of the latest is among them: no need to go through all
        latest = facts.counts(
            tenant,
            f"SELECT happened_at, number FROM facts WHERE {condition}{holds} "  # noqa: S608
            f"AND (happened_at, number) < (?, ?) ORDER BY 1 DESC, 2 DESC LIMIT {_LATEST}",
            [*values, *place],
        )
        sought = np.array([row["number"] for row in latest], np.int64)
        beside = np.minimum(np.searchsorted(numbers, sought), len(numbers) - 1)  # they are in order
        there = numbers[beside] == sought
        some = [row for row, is_there in zip(latest, there, strict=True) if is_there]
        if len(some) >= MOST_PLACES:
            return _places(some[:MOST_PLACES]), len(numbers)
    found = facts.counts(
        tenant,
        f", meant AS (SELECT happened_at, number FROM facts WHERE {condition}{holds}) "  # noqa: S608
        "SELECT *, (SELECT count(*) FROM meant) AS n FROM meant "
        f"WHERE (happened_at, number) < (?, ?) ORDER BY 1 DESC, 2 DESC LIMIT {MOST_PLACES}",
        [*values, *place],
        among=numbers,
    )
    return _places(found), found[0]["n"] if found else 0


def _places(rows: Sequence[Mapping[str, Any]]) -> list[tuple[datetime, int]]:
    return [(row["happened_at"].replace(tzinfo=UTC), row["number"]) for row in rows]


def few_numbers(facts: Facts, tenant: str, where: Where, need: Need | None) -> list[int] | None:
    """
    Return the row numbers of the conversations meant where they are few; None where they are many.

    Many are soon found by going through the latest; few would be looked for among all.
    """
    condition, values = condition_of(where)
    found = facts.counts(
        tenant,
        f"SELECT number FROM facts WHERE {condition}{_holds(need)} LIMIT {_FEW + 1}",  # noqa: S608
        values,
    )
    return None if len(found) > _FEW else [row["number"] for row in found]


def _holds(need: Need | None) -> str:
    return "" if need is None else f" AND {need} = '{_COUNTED.get(need, ('present',))[0]}'"


def _total(found: Sequence[Mapping[str, Any]], side: str, mood: str | None) -> int:
    return sum(row["n"] for row in found if row[side] == mood)


def _counts(need: Need) -> str:
    counted, against = _COUNTED.get(need, ("present", "absent"))
    return (
        f"count(*) FILTER ({need} = '{counted}') AS {need}_counted, "
        f"count(*) FILTER ({need} = '{against}') AS {need}_against"
    )


def _row(row: Mapping[str, Any], fewest: int) -> Row:
    estimates: dict[Need, Estimate] = {}
    for need in SHOWN:
        counted, against = row[f"{need}_counted"], row[f"{need}_against"]
        n_unjudged = row["n"] - row["n_denied"] - counted - against
        estimates[need] = share_of(counted, against, n_unjudged=n_unjudged)
    return Row(
        name=row["name"],
        n_conversations=row["n"],
        n_denied=row["n_denied"],
        shares=estimates,
        hidden=frozenset(need for need in SHOWN if 0 < estimates[need].n < fewest),
    )


def condition_of(where: Where) -> tuple[str, list[Any]]:
    """Return what narrows a query of facts, and the values it stands for."""
    parts, values = ["true"], list[Any]()
    for name in ("language", "channel", "queue"):
        value = getattr(where, name)
        if value is not None:
            parts.append(f"{name} = ?")
            values.append(value)
    if where.since is not None:
        parts.append("happened_at >= ?")
        values.append(where.since.astimezone(UTC).replace(tzinfo=None))
    if where.until is not None:
        parts.append("happened_at < ?")
        values.append(where.until.astimezone(UTC).replace(tzinfo=None))
    return " AND ".join(parts), values
