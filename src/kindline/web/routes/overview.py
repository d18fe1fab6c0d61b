"""The overview: how many contacts held what, how sure, where and when."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.metrics.share import FEWEST
from kindline.web.charts import trend
from kindline.web.guard import Asked, needs
from kindline.web.numbers import SHOWN, By, Need, Where, moods, shares
from kindline.web.pages import page
from kindline.web.review import corrected

router = APIRouter()
WEEKS = {"4": 4, "13": 13, "52": 52, "all": None}
_GROUPS: tuple[By, ...] = ("queue", "channel", "language")


_NUMBERS = needs("numbers")  # one, so that who asks is found once a request
_Counter = Annotated[Asked, Depends(_NUMBERS)]


def _where(
    asked: _Counter, weeks: str = "13", language: str = "", channel: str = "", queue: str = ""
) -> Where:
    """Return which conversations the address means."""
    return Where(
        since=_since(asked.place.clock(), weeks),
        language=language or None,
        channel=channel or None,
        queue=queue or None,
    )


_Meant = Annotated[Where, Depends(_where)]


@router.get("/overview")
def overview(request: Request, asked: _Counter, where: _Meant, weeks: str = "13") -> Response:
    """Show the shares of needs: in all, by week, by group; each opens its conversations."""
    place, tenant = asked.place, asked.user.tenant
    with asked.read() as tenancy:
        place.facts.refresh(tenancy)
    fewest = _fewest(asked)
    every = shares(place.facts, tenant, where, by=None, fewest=fewest)
    overall = every[0] if every and every[0].n_conversations else None
    by_week = shares(place.facts, tenant, where, by="week", fewest=fewest)
    groups = {by: shares(place.facts, tenant, where, by=by, fewest=fewest) for by in _GROUPS}
    return page(
        request,
        "overview.html",
        asked,
        overall=overall,
        corrected=corrected(asked, where, overall) if overall else {},
        needs=SHOWN,
        by_week=by_week,
        groups=groups,
        moods=moods(place.facts, tenant, where, fewest=fewest),
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
def trend_of(asked: _Counter, where: _Meant, need: Need) -> Response:
    """Draw a need's trend; the page asks for it once it stands, as drawing takes the longest."""
    rows = shares(asked.place.facts, asked.user.tenant, where, by="week", fewest=_fewest(asked))
    return Response(trend(rows, need), media_type="image/svg+xml")


def _fewest(asked: Asked) -> int:
    return 0 if asked.may("conversations") else FEWEST


def _since(now: datetime, weeks: str) -> datetime | None:
    n_weeks = WEEKS.get(weeks, WEEKS["13"])
    return None if n_weeks is None else now - timedelta(weeks=n_weeks)
