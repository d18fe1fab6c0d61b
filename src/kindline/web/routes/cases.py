"""Cases: cues that a life may be at risk, from any way in, until a person says what was done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.responses import StreamingResponse

from kindline.calls.bus import CASES, Note
from kindline.errors import InputError
from kindline.records import one_of
from kindline.safeguarding.cases import CASE_OUTCOMES, OFFERS
from kindline.store.call_tables import CALLS
from kindline.store.calls import calls
from kindline.store.cases import Step, case_of, cases, close_case, log, steps, take_case
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.streams import changes

router = APIRouter()
_Keeper = Annotated[Asked, Depends(needs("crisis"))]
_CHECKED = [Depends(from_our_page)]


@router.get("/cases")
def inbox(request: Request, asked: _Keeper) -> Response:
    """Show the cases, those that are open and oldest first."""
    with asked.read() as tenancy:
        found = cases(tenancy)
    return page(request, "cases.html", asked, cases=found, now=asked.place.clock())


@router.get("/cases/events")
def inbox_changes(asked: _Keeper) -> StreamingResponse:
    """Tell when a case opens or changes."""
    return changes(asked.place.live.switchboard, Note(asked.user.tenant, CASES))


@router.get("/cases/{case_id}")
def case(request: Request, asked: _Keeper, case_id: str) -> Response:
    """Show a case and what was done about it."""
    with asked.read() as tenancy:
        found, done = case_of(tenancy, case_id), steps(tenancy, case_id)
        of_call = CALLS.c.call_id == found.call_id
        goes_on = bool(calls(tenancy, of_call, CALLS.c.ended_at.is_(None)))
    return page(
        request,
        "case.html",
        asked,
        case=found,
        steps=done,
        outcomes=CASE_OUTCOMES,
        offers=OFFERS,
        goes_on=goes_on,
        now=asked.place.clock(),
    )


@router.post("/cases/{case_id}", dependencies=_CHECKED)
def act(
    asked: _Keeper,
    case_id: str,
    act: Annotated[str, Form(max_length=8)] = "",
    told: Annotated[str, Form(max_length=80)] = "",
    accepted: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Take a case, write down what was offered, or close it with an outcome."""
    now, by = asked.place.clock(), asked.user.name
    outcome = one_of(told, CASE_OUTCOMES)
    with asked.begin() as tenancy:
        case_of(tenancy, case_id)
        if act == "take":
            take_case(tenancy, case_id, by=by, now=now)
        elif act == "offer" and told in OFFERS:  # never free text: it would hold a caller's words
            is_accepted = {"yes": True, "no": False}.get(accepted)
            log(tenancy, case_id, Step(now, by, "offered", told, is_accepted))
        elif act == "close" and outcome is not None:
            close_case(tenancy, case_id, outcome, by=by, now=now)
        else:
            raise InputError("a case is taken, something is offered, or it is closed")
    asked.place.live.switchboard.told(Note(asked.user.tenant, CASES))
    return RedirectResponse(f"/cases/{case_id}", status_code=303)
