"""The works council's view: what is measured, what is not, who sees what, and the off switches."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import NoSuchError
from kindline.records import one_of
from kindline.store.council import CoachSees, Council, council, decide, decisions
from kindline.store.load_rules import weights_in_force
from kindline.store.views import views_by_kind
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
_LATELY = timedelta(weeks=4)
_SEES: tuple[CoachSees, ...] = ("nothing", "shared", "all")


@router.get("/council")
def works_council(
    request: Request, asked: Annotated[Asked, Depends(needs("council", "privacy"))]
) -> Response:
    """Show what is in force and how often what was looked at."""
    with asked.read() as tenancy:
        return page(
            request,
            "council.html",
            asked,
            told=council(tenancy),
            decisions=decisions(tenancy)[:20],
            weights=weights_in_force(tenancy),
            policy=asked.rules(tenancy),
            views=views_by_kind(tenancy, asked.place.clock() - _LATELY),
            sees=_SEES,
        )


@router.post("/council", dependencies=[Depends(from_our_page)])
def change(
    asked: Annotated[Asked, Depends(needs("council"))],
    coach_sees: Annotated[str, Form(max_length=16)],
    moments: Annotated[str, Form(max_length=4)] = "",
    load: Annotated[str, Form(max_length=4)] = "",
    evaluations: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Put a decision in force at once: only who sits on the council may."""
    known = one_of(coach_sees, _SEES)
    if known is None:
        raise NoSuchError
    told = Council(
        has_moments=bool(moments),
        has_load=bool(load),
        has_evaluations=bool(evaluations),
        coach_sees=known,
    )
    with asked.begin() as tenancy:
        decide(tenancy, told, by=asked.user.name, now=asked.place.clock())
    return RedirectResponse("/council", status_code=303)
