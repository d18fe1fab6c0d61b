"""What if: how many people a queue takes when some callers come for company."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from kindline.insight.published import ours_beside
from kindline.insight.where import Scope
from kindline.metrics.share import FEWEST
from kindline.staffing.scenarios import PREDICTED, Question, scenario
from kindline.web.guard import Asked, needs
from kindline.web.pages import page

router = APIRouter()
_MINUTE_S, _PERCENT = 60, 100
_SHARES = (0.0, 0.02, 0.05, 0.1)


@router.get("/staffing")
def staffing(
    request: Request,
    asked: Annotated[Asked, Depends(needs("numbers"))],
    calls: Annotated[float, Query(ge=1, le=2_000)] = 120,
    handle: Annotated[float, Query(ge=0.5, le=120)] = 5,
    company: Annotated[float, Query(ge=0.5, le=240)] = 15,
    give: Annotated[float, Query(ge=0, le=240)] = 10,
    goal: Annotated[float, Query(ge=1, le=99)] = 80,
    within: Annotated[float, Query(ge=0, le=600)] = 20,
    ceiling: Annotated[float, Query(ge=50, le=100)] = 85,
    breaks: Annotated[float, Query(ge=0, le=40)] = 5,
    shrinkage: Annotated[float, Query(ge=0, le=50)] = 25,
    cost: Annotated[float, Query(ge=0, le=10_000)] = 0,
    patience: Annotated[float, Query(ge=0, le=3_600)] = 0,
) -> Response:
    """Show what shares of callers who come for company take: ours, others, the predicted."""
    facts, tenant = asked.place.facts, asked.user.tenant
    with asked.read() as tenancy:
        facts.refresh(tenancy)
    ours = ours_beside(Scope(facts=facts, tenant=tenant))["company"]
    is_told = ours.value is not None and (asked.may("conversations") or ours.n >= FEWEST)
    question = Question(
        calls_an_hour=calls,
        service_s=handle * _MINUTE_S,
        company_s=company * _MINUTE_S,
        given_s=give * _MINUTE_S,
        patience_s=patience or None,
        goal=goal / _PERCENT,
        within_s=within,
        ceiling=ceiling / _PERCENT,
        breaks=breaks / _PERCENT,
        shrinkage=shrinkage / _PERCENT,
        cost_an_hour=cost or None,
    )
    own = (ours.value,) if is_told and ours.value is not None else ()
    shares = sorted({*_SHARES, *own})
    told = {"calls": calls, "handle": handle, "company": company, "give": give, "goal": goal}
    more = {"within": within, "ceiling": ceiling, "breaks": breaks, "shrinkage": shrinkage}
    return page(
        request,
        "staffing.html",
        asked,
        asked_for={**told, **more, "cost": cost, "patience": patience},
        scenarios=[scenario(question, share) for share in shares],
        predicted=scenario(question, PREDICTED),
        ours=ours if is_told else None,
    )
