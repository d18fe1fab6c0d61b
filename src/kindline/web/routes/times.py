"""Time: handle time split and made fair, and the time that was given."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from kindline.charts.ranges import Line, ranges
from kindline.errors import NoSuchError
from kindline.insight.corrected import corrected, labels_of
from kindline.insight.crew import handled, is_about_few
from kindline.insight.shares import shares
from kindline.insight.times import fairness, gift, own_time, splits
from kindline.metrics.combined import scaled
from kindline.store.handle_times import Handled
from kindline.web.guard import Asked, needs
from kindline.web.meant import Counter, Meant, meant
from kindline.web.pages import page
from kindline.web.phrases import phrases

router = APIRouter()
_MINUTE_S = 60.0
_MOST_KINDS = 20
_WEEKS = timedelta(weeks=13)
_OWN = needs("own_conversations")


@router.get("/time")
def time_taken(
    request: Request,
    asked: Counter,
    told: Annotated[Meant, Depends(meant)],
    cost: Annotated[float, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Show the split of handle time, what to expect of each kind, teams made fair, and the gift."""
    scope = told.scope
    rows = shares(scope.facts, scope.tenant, scope.where, by=None, fewest=scope.fewest)
    row = rows[0] if rows and rows[0].n_conversations else None
    with asked.read() as tenancy:
        fair = fairness(tenancy, handled(scope))
        is_somebodys = is_about_few(scope, tenancy)
        right = (
            corrected(labels_of(tenancy, scope.where), row).get("companionship") if row else None
        )
    say = phrases(asked.user.language)
    lines = [
        Line(
            name=one.team,
            estimates=[scaled(one.raw, 1 / _MINUTE_S), scaled(one.fair, 1 / _MINUTE_S)],
        )
        for one in fair.teams
    ]
    given = None
    if row is not None and not is_somebodys and "companionship" not in row.hidden:
        raw = row.shares["companionship"]
        given = gift(scope, cost_an_hour=cost or None, raw=raw, right=right)
    return page(
        request,
        "times.html",
        asked,
        told=told,
        splits=[] if is_somebodys else splits(scope),
        is_somebodys=is_somebodys,
        fair=fair,
        kinds=[one for one in fair.expected if not scope.has_too_few(one.measured.n)][:_MOST_KINDS],
        by_team=ranges(lines, series=[say("as it is"), say("with the centre's mix")], form=".1f"),
        gift=given,
        is_corrected=right is not None,
        cost=cost,
    )


@router.get("/my-time")
def my_time(request: Request, asked: Annotated[Asked, Depends(_OWN)]) -> Response:
    """Show agents their own handle time with the centre's mix of contacts; to nobody else."""
    key = asked.user.agent_key
    if key is None:
        raise NoSuchError
    until = asked.place.clock()
    with asked.read() as tenancy:
        times = own_time(tenancy, key, Handled(since=until - _WEEKS, until=until))
    return page(request, "my_time.html", asked, times=times)
