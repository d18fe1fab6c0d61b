"""Contacts that agents give their team to practise on, and practising on them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import NoSuchError
from kindline.records import one_of
from kindline.store.people import colleagues
from kindline.store.team_material import AGREED, Given, give, material, take_back_material
from kindline.web.access import Opened, opened_material, opened_own
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.recognising import OWN_NEEDS
from kindline.web.transcript import transcript

router = APIRouter()
_Agent = Annotated[Asked, Depends(needs("own_conversations"))]
_CHECKED = [Depends(from_our_page)]
_N_OWN = 12


@router.get("/practice/team")
def team_practice(request: Request, asked: _Agent) -> Response:
    """Show what one's team can practise on, and what one gave or could give."""
    with asked.read() as tenancy:
        near = colleagues(tenancy, asked.user.agent_key)
        every = material(tenancy)
    mine = {one.number: one for one in every if one.user_id == asked.user.user_id}
    return page(
        request,
        "team_practice.html",
        asked,
        given=[one for one in every if one.user_id in near and one.number not in mine],
        mine=mine,
        own=_may_be_given(asked),
        needs=OWN_NEEDS,
    )


@router.post("/practice/team", dependencies=_CHECKED)
def give_contact(
    asked: _Agent,
    number: Annotated[int, Form()],
    need: Annotated[str, Form(max_length=16)] = "",
    act: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Give a contact of one's own to one's team, or take it back; raises NoSuchError."""
    with asked.begin() as tenancy:
        if act == "back":
            take_back_material(tenancy, number, by=asked.user.user_id)
    if act != "back":
        _give(asked, number, need)
    return RedirectResponse("/practice/team", status_code=303)


@router.get("/practice/team/{number}")
def practise_on(request: Request, asked: _Agent, number: int) -> Response:
    """Show a contact that a colleague gave: its words, nothing that is said of it."""
    return _practise(request, asked, number)


@router.post("/practice/team/{number}", dependencies=_CHECKED)
def practised_on(
    request: Request, asked: _Agent, number: int, need: Annotated[str, Form(max_length=16)] = ""
) -> Response:
    """Show what whoever had the contact says the caller needed; nothing is kept."""
    return _practise(request, asked, number, said=need)


def _practise(request: Request, asked: Asked, number: int, *, said: str = "") -> Response:
    one = opened_material(asked, number)
    with asked.read() as tenancy:
        given = next((one for one in material(tenancy) if one.number == number), None)
    if given is None:
        raise NoSuchError
    return page(
        request,
        "team_contact.html",
        asked,
        number=number,
        lines=transcript(one, has_crisis=False).lines,
        needs=OWN_NEEDS,
        said=one_of(said, OWN_NEEDS),
        given=given,
    )


def _give(asked: Asked, number: int, need: str) -> None:
    known = one_of(need, OWN_NEEDS)
    if known is None or number not in {one.number for one in _may_be_given(asked)}:
        raise NoSuchError
    with asked.begin() as tenancy:
        given = Given(number, asked.user.user_id, known)
        if not give(tenancy, given, now=asked.place.clock()):
            raise NoSuchError


def _may_be_given(asked: Asked) -> list[Opened]:
    some = opened_own(asked, n_most=_N_OWN)
    return [one for one in some if one.stored.analysis["basis"] in AGREED]
