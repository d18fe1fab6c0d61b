"""When people come for what: evenings, weekends and holidays beside weekdays by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kindline.countries.holidays import holidays_of
from kindline.insight.shares import COUNTED, LOCAL, Need
from kindline.insight.where import Scope
from kindline.metrics.combined import difference
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

PARTS = ("day", "evening", "weekend", "holiday")
_NEVER = "('', DATE '1900-01-01')"
_EVENING, _MORNING = 18, 8  # hours of the local clock


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
    part, before = _part_of_week(scope, country)
    rows = scope.rows(
        f"{part} AS part, count(*) AS n, "
        f"count(*) FILTER ({need} = '{counted}') AS counted, "
        f"count(*) FILTER ({need} = '{against}') AS against",
        "AND status = 'analysed' GROUP BY 1",
        before,
    )
    found = {row["part"]: _share(row) for row in rows}
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


def _share(row: Mapping[str, int]) -> Estimate:
    n_unjudged = row["n"] - row["counted"] - row["against"]
    return share_of(row["counted"], row["against"], n_unjudged=n_unjudged)


def _part_of_week(scope: Scope, country: str | None) -> tuple[str, list[str]]:
    """Return what tells the part of a contact's time, and the values of its question marks."""
    zone = scope.where.zone
    days = _holidays(scope, country)
    listed = ", ".join(f"('{code}', DATE '{day}')" for code, day in days) or _NEVER
    place = "coalesce(country, ?)"
    return (
        f"CASE WHEN ({place}, CAST({LOCAL} AS DATE)) IN ({listed}) THEN 'holiday' "
        f"WHEN isodow({LOCAL}) > 5 THEN 'weekend' "
        f"WHEN hour({LOCAL}) >= {_EVENING} OR hour({LOCAL}) < {_MORNING} THEN 'evening' "
        "ELSE 'day' END",
        [country or "", zone, zone, zone, zone],
    )


def _holidays(scope: Scope, country: str | None) -> Sequence[tuple[str, date]]:
    rows = scope.rows("DISTINCT country, year(happened_at) AS year", "")
    asked = {(row["country"] or country, row["year"]) for row in rows}
    return [
        (code, day)
        for code, year in sorted(asked, key=str)
        if code is not None and code.isalpha()  # it becomes part of a query
        for day in holidays_of(code, year)
    ]
