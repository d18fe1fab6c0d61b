"""What others published beside what we count, each as what it is."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from kindline.insight.channels import choices
from kindline.insight.crew import is_about_few
from kindline.insight.published import OF_CREWS, most_felt, ours_beside
from kindline.insight.selfservice import selfservice
from kindline.insight.where import Scope
from kindline.metrics.published import Beside, published
from kindline.model.estimate import Estimate
from kindline.web.meant import Counter, fewest
from kindline.web.pages import page

router = APIRouter()
_ALL = timedelta(weeks=520)


@router.get("/published")
def figures(request: Request, asked: Counter) -> Response:
    """Show each published figure with its counterpart of ours, where there is one."""
    with asked.read() as tenancy:
        asked.place.facts.refresh(tenancy)
        scope = Scope(facts=asked.place.facts, tenant=asked.user.tenant, fewest=fewest(asked))
        hidden = OF_CREWS if is_about_few(scope, tenancy) else frozenset[Beside]()
    apart = choices(scope)
    ours = ours_beside(scope) | _resolved(asked, scope, asked.place.clock())
    felt = most_felt(scope)
    return page(
        request,
        "published.html",
        asked,
        figures=published(),
        ours={
            name: told
            for name, told in ours.items()
            if name not in hidden and (told.n == 0 or not scope.has_too_few(told.n))
        },
        most_felt=[] if felt and scope.has_too_few(felt[0][1].n) else felt,
        apart=apart[0] if apart else None,
    )


def _resolved(asked: Counter, scope: Scope, now: datetime) -> dict[Beside, Estimate]:
    """Return resolved containment, where anything of self-service is known."""
    with asked.read() as tenancy:
        told = selfservice(scope, tenancy, since=now - _ALL, until=now)
    return {"resolved": told.resolved} if told.n_sessions else {}
