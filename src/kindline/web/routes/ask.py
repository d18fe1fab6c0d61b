"""Ask: a bounded question, answered with n, interval and the conversations behind it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import InputError
from kindline.insight.answer import Answer, answer
from kindline.insight.question import EXAMPLES, GROUPS, WHATS, question
from kindline.insight.shares import SHOWN
from kindline.insight.where import NARROWED, Scope, Where
from kindline.report.period import period
from kindline.web.guard import Asked
from kindline.web.meant import Counter, fewest
from kindline.web.pages import page

router = APIRouter()


@router.get("/ask")
def ask(
    request: Request, asked: Counter, q: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Show the answer to a question, or what may be asked."""
    if not q.strip():
        return _shown(request, asked)
    try:
        return _shown(request, asked, q, _answer(asked, q))
    except InputError as error:
        return _shown(request, asked, q, problem=str(error))


@router.post("/ask")
def say(request: Request, asked: Counter, q: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Take a question as it was typed; an address holds only what was understood of it."""
    try:
        told = question(q)
    except InputError as error:
        return _shown(request, asked, q, problem=str(error))
    return RedirectResponse(f"/ask?{urlencode({'q': str(told)})}", status_code=303)


def _shown(
    request: Request,
    asked: Asked,
    q: str = "",
    found: Answer | None = None,
    *,
    problem: str = "",
) -> Response:
    return page(
        request,
        "ask.html",
        asked,
        q=q,
        found=found,
        problem=problem,
        examples=EXAMPLES,
        whats=("share NEED", *WHATS),
        needs=SHOWN,
        groups=GROUPS,
        narrowed=NARROWED,
        opens=bool({"conversations", "team_conversations"} & asked.viewer.rights),
    )


def _answer(asked: Asked, text: str) -> Answer:
    told, place = question(text), asked.place
    between = None
    if told.period is not None:
        meant = period(told.period, place.zone)
        between = (meant.since, meant.until)
    scope = Scope(
        facts=place.facts,
        tenant=asked.user.tenant,
        where=Where(zone=place.zone),
        fewest=fewest(asked),
    )
    with asked.read() as tenancy:
        place.facts.refresh(tenancy)
        return answer(scope, tenancy, told, between=between, now=place.clock())
