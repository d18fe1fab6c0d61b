"""A need's share week by week: where it changed for good, and what the next weeks will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kindline.errors import ModelError
from kindline.insight.shares import Need, Row, shares
from kindline.insight.where import Scope
from kindline.metrics.change_points import Change, change_points
from kindline.metrics.forecast import Forecast, forecast_share

_SEASON = 52  # weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    Weeks that are over, in order; changes by the week they begin in; the weeks foretold.

    `lacking` says which library is not installed; then there are neither changes nor a forecast.
    """

    rows: Sequence[Row]
    changes: Sequence[tuple[str, Change]]
    forecast: Forecast | None
    foretold_weeks: Sequence[str]
    lacking: str | None = None


def trend(scope: Scope, need: Need, *, today: date) -> Trend:
    """Return the trend; weeks under way, and those of too few conversations, are left out."""
    monday = (today - timedelta(days=today.weekday())).isoformat()
    rows = [
        row
        for row in shares(scope.facts, scope.tenant, scope.where, by="week", fewest=scope.fewest)
        if row.name is not None and row.name < monday and need not in row.hidden
    ]
    steps = tuple(_counted(row, need) for row in rows)
    try:
        found, foretold = _told(steps)
    except ModelError as error:
        return Trend(rows=rows, changes=(), forecast=None, foretold_weeks=(), lacking=str(error))
    changes = [(rows[one.at].name or "", one) for one in found]
    n_ahead = len(foretold.steps) if foretold is not None else 0
    last = date.fromisoformat(rows[-1].name or monday) if rows else today
    weeks = [(last + timedelta(weeks=n + 1)).isoformat() for n in range(n_ahead)]
    return Trend(rows=rows, changes=changes, forecast=foretold, foretold_weeks=weeks)


def _counted(row: Row, need: Need) -> tuple[int, int]:
    share = row.shares[need]
    return round((share.value or 0) * share.n), share.n


@lru_cache(maxsize=64)  # the back-test takes a second or two, and weeks that are over stay
def _told(steps: tuple[tuple[int, int], ...]) -> tuple[Sequence[Change], Forecast | None]:
    return change_points(steps), forecast_share(steps, season=_SEASON)
