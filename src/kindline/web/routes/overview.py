"""The overview: how many contacts held what, how sure, where and when."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.charts.trend import trend
from kindline.insight.corrected import corrected, corrected_by, labels_of
from kindline.insight.crew import is_about_few
from kindline.insight.shares import SHOWN, By, Need, moods, shares
from kindline.insight.where import Scope, Where
from kindline.metrics.share import FEWEST
from kindline.web.meant import WEEKS, Counter, fewest, where_meant
from kindline.web.pages import page

router = APIRouter()
_GROUPS: tuple[By, ...] = ("queue", "channel", "language")
_Where = Annotated[Where, Depends(where_meant)]


@router.get("/overview")
def overview(request: Request, asked: Counter, where: _Where, weeks: str = "13") -> Response:
    """Show the shares of needs: in all, by week, by group; each opens its conversations."""
    place, tenant = asked.place, asked.user.tenant
    least = fewest(asked)
    with asked.read() as tenancy:
        place.facts.refresh(tenancy)
        every = shares(place.facts, tenant, where, by=None, fewest=least)
        overall = every[0] if every and every[0].n_conversations else None
        labels = labels_of(tenancy, where)
        right = corrected(labels, overall) if overall else {}
        by_week = shares(place.facts, tenant, where, by="week", fewest=least)
        groups = {by: shares(place.facts, tenant, where, by=by, fewest=least) for by in _GROUPS}
        scope = Scope(facts=place.facts, tenant=tenant, where=where, fewest=least)
        right_by = {"week": corrected_by(scope, labels, by_week, "week")}
        for by in _GROUPS:
            right_by[by] = corrected_by(scope, labels, groups[by], by)
        is_somebodys = is_about_few(scope, tenancy)
    return page(
        request,
        "overview.html",
        asked,
        overall=overall,
        corrected=right,
        corrected_by=right_by,
        needs=SHOWN,
        by_week=by_week,
        groups=groups,
        moods=[] if is_somebodys else moods(place.facts, tenant, where, fewest=least),
        chosen={
            "weeks": weeks,
            "language": where.language or "",
            "channel": where.channel or "",
            "queue": where.queue or "",
        },
        weeks=list(WEEKS),
        choices={by: [row.name for row in groups[by] if row.name] for by in _GROUPS},
        opens=bool({"conversations", "team_conversations"} & asked.viewer.rights),
        fewest=FEWEST,
    )


@router.get("/overview/trend/{need}")
def trend_of(asked: Counter, where: _Where, need: Need) -> Response:
    """Draw a need's trend; the page asks for it once it stands, as drawing takes the longest."""
    rows = shares(asked.place.facts, asked.user.tenant, where, by="week", fewest=fewest(asked))
    return Response(trend(rows, need), media_type="image/svg+xml")
