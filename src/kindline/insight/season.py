"""When people come for what: evenings, weekends and holidays beside weekdays by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from kindline.countries.holidays import holidays_of
from kindline.insight.shares import COUNTED, Need
from kindline.insight.where import Scope
from kindline.metrics.combined import difference
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

PARTS = ("day", "evening", "weekend", "holiday")
_EVENING, _MORNING = 18, 8  # hours of the local clock
_FRIDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the week: the share there, and how it differs from weekdays by day."""

    name: str
    share: Estimate
    beside_day: Estimate | None
    is_hidden: bool


def season(scope: Scope, need: Need, *, country: str | None) -> list[Part]:
    """Return the share in each part of the week; `country` is where contacts are that say none."""
    counted, against = COUNTED.get(need, ("present", "absent"))
    rows = scope.rows(
        "country, happened_at, count(*) AS n, "
        f"count(*) FILTER ({need} = '{counted}') AS counted, "
        f"count(*) FILTER ({need} = '{against}') AS against",
        "AND status = 'analysed' GROUP BY 1, 2",
    )
    found = _shares(rows, scope.where.zone, country)
    day = found.get("day")
    return [
        Part(
            name=name,
            share=found[name],
            beside_day=None if day is None or name == "day" else difference(found[name], day),
            is_hidden=scope.has_too_few(found[name].n),
        )
        for name in PARTS
        if name in found
    ]


def _shares(
    rows: Sequence[Mapping[str, Any]], zone: str, country: str | None
) -> dict[str, Estimate]:
    clock = ZoneInfo(zone)
    sums: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        at = row["happened_at"].replace(tzinfo=UTC).astimezone(clock)
        part = _part_of_week(at, row["country"] or country)
        n, counted, against = sums.get(part, (0, 0, 0))
        sums[part] = (n + row["n"], counted + row["counted"], against + row["against"])
    return {
        part: share_of(counted, against, n_unjudged=n - counted - against)
        for part, (n, counted, against) in sums.items()
    }


def _part_of_week(at: datetime, country: str | None) -> str:
    """Return the part of a week by the clock there; `country` is whose holidays count."""
    if country is not None and at.date() in _holidays(country, at.year):
        return "holiday"
    if at.isoweekday() > _FRIDAY:
        return "weekend"
    return "day" if _MORNING <= at.hour < _EVENING else "evening"


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays_of(country, year))
