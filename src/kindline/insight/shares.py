"""
What the overview counts: shares of needs with their intervals, from the facts.

A share over fewer than `FEWEST` people is told to nobody who may not open conversations: with a
queue and an hour it could point at somebody (FACTS 8, R17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from kindline.insight.where import Scope, Where, condition_of
from kindline.metrics.drift import Drift, drift
from kindline.metrics.share import share_of
from kindline.model.analysis import MOODS
from kindline.model.estimate import Estimate
from kindline.store.facts import Facts

Need = Literal["service", "companionship", "support", "crisis", "abuse"]
SHOWN: tuple[Need, ...] = ("service", "companionship", "support", "crisis", "abuse")
By = Literal["week", "month", "weekday", "hour", "queue", "channel", "language", "reason"]
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
COUNTED = {"crisis": ("cue", "no_cue_found")}
_SOURCE: Mapping[By, str] = {
    "week": "CAST(week AS VARCHAR)",
    "month": "strftime(happened_at, '%Y-%m')",
    "weekday": "happened_at",  # told by a clock once the hours of UTC are counted: `_by_clock`
    "hour": "happened_at",
    "reason": "reason",
    "queue": "queue",
    "channel": "channel",
    "language": "language",
}
_IN_ORDER: tuple[By, ...] = ("week", "month", "weekday", "hour")
_LOCALLY: tuple[By, ...] = ("weekday", "hour")
_FORM: Mapping[By, str] = {"weekday": "%u", "hour": "%H"}


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
    order = "name" if by in _IN_ORDER else "n DESC, name"
    counts = ", ".join(_counts(need) for need in SHOWN)
    found = facts.counts(
        tenant,
        f"SELECT {group} AS name, count(*) AS n, "
        f"count(*) FILTER (status = 'denied') AS n_denied, {counts} "
        f"FROM facts WHERE {condition} GROUP BY 1 ORDER BY {order}",
        values,
    )
    return [_row(row, fewest) for row in _by_clock(found, by, where.zone)]


def grouped(scope: Scope, by: By | None, columns: str) -> list[dict[str, Any]]:
    """Return counts and sums over the analysed contacts of each group, with its `name` and `n`."""
    group = "NULL" if by is None else _SOURCE[by]
    order = "name" if by in _IN_ORDER else "n DESC, name"
    found = scope.rows(
        f"{group} AS name, count(*) AS n, {columns}",
        f"AND status = 'analysed' GROUP BY 1 ORDER BY {order}",
    )
    return _by_clock(found, by, scope.where.zone)


def _by_clock(found: list[dict[str, Any]], by: By | None, zone: str) -> list[dict[str, Any]]:
    """Return counts by hour of UTC as those by hour of a clock, or by day of its week."""
    if by not in _LOCALLY:
        return found
    clock, form = ZoneInfo(zone), _FORM[by]
    sums: dict[str, dict[str, Any]] = {}
    for row in found:
        name = row["name"].replace(tzinfo=UTC).astimezone(clock).strftime(form)
        own = sums.setdefault(name, {"name": name})
        for key, value in row.items():
            if key != "name":
                own[key] = own.get(key, 0) + value
    return [sums[name] for name in sorted(sums)]


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
        f"SELECT arrival, departure, count(*) AS n FROM facts "
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
        f"SELECT coalesce(CAST({name} AS VARCHAR), 'none') AS kind, count(*) AS n "
        f"FROM facts WHERE {condition} GROUP BY 1",
        values,
    )
    return {row["kind"]: row["n"] for row in rows}


def _total(found: Sequence[Mapping[str, Any]], side: str, mood: str | None) -> int:
    return sum(row["n"] for row in found if row[side] == mood)


def _counts(need: Need) -> str:
    counted, against = COUNTED.get(need, ("present", "absent"))
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
