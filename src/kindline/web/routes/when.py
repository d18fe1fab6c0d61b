"""When: a need's share week by week, what comes next, and the hours and days it comes at."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.charts.ranges import Line, ranges
from kindline.charts.trend import trend_ahead
from kindline.insight.corrected import corrected_by, labels_of
from kindline.insight.labels import plans
from kindline.insight.season import season
from kindline.insight.shares import SHOWN, Need, Row, shares
from kindline.insight.trend import trend
from kindline.web.meant import Counter, Meant, meant
from kindline.web.pages import page

router = APIRouter()
_Meant = Annotated[Meant, Depends(meant)]


@router.get("/when")
def when(request: Request, asked: Counter, told: _Meant, need: Need = "companionship") -> Response:
    """Show a need by week with changes and forecast, by part of the week and by hour."""
    scope = told.scope
    found = trend(scope, need, today=asked.place.clock().date())
    hours = shares(scope.facts, scope.tenant, scope.where, by="hour", fewest=scope.fewest)
    with asked.read() as tenancy:
        labels = labels_of(tenancy, scope.where)
    right = {
        "week": corrected_by(scope, labels, found.rows, "week"),
        "hour": corrected_by(scope, labels, hours, "hour"),
    }
    return page(
        request,
        "when.html",
        asked,
        told=told,
        need=need,
        needs=SHOWN,
        trend=found,
        drawing=trend_ahead(found, need),
        parts=season(scope, need, country=asked.place.country),
        hours=hours,
        by_hour=ranges([_line(row, need) for row in hours], upright=True, width=860),
        zone=scope.where.zone,
        plans=plans(scope, labels),
        corrected_by=right,
    )


def _line(row: Row, need: Need) -> Line:
    estimate = None if need in row.hidden else row.shares[need]
    return Line(name=row.name or "", estimates=[estimate])
