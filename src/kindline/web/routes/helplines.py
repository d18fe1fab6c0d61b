"""Helplines: which numbers may be shown, which somebody has to dial, and who did."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.countries import countries
from kindline.errors import InputError, NoSuchError, PolicyError
from kindline.safeguarding.helplines import HELP_NEEDS, Helpline, helplines
from kindline.store.dialled import Dialled, dialled, note
from kindline.store.house_lines import OwnLine, add_line, drop_line, every_line
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
_Keeper = Annotated[Asked, Depends(needs("crisis", "people"))]
_COUNTRY_OF = {"nl": "NL", "fr": "FR", "hu": "HU", "en": "GB"}  # where none is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of our table with what the house found, and whether it is shown today."""

    line: Helpline
    found: Dialled | None
    is_shown: bool


@router.get("/helplines")
def lines(request: Request, asked: _Keeper, country: str = "") -> Response:
    """Show a country's lines: those to be dialled first."""
    return _page(request, asked, country)


@router.post("/helplines/own", dependencies=[Depends(from_our_page)])
def add_own(
    request: Request,
    asked: _Keeper,
    country: Annotated[str, Form(max_length=2)],
    dial: Annotated[str, Form(max_length=16)],
    name: Annotated[str, Form(max_length=120)],
    whom: Annotated[str, Form(max_length=200)],
    needs: Annotated[list[str], Form()] = [],  # noqa: B006 -- FastAPI copies it
    languages: Annotated[str, Form(max_length=80)] = "",
    hours: Annotated[str, Form(max_length=120)] = "",
    url: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep a line of the house; it is shown to nobody until somebody dialled it."""
    spoken = tuple(languages.replace(",", " ").split())
    own = OwnLine(country, dial.replace(" ", ""), name, tuple(needs), spoken, hours, whom, url)
    try:
        with asked.begin() as tenancy:
            add_line(tenancy, own, by=asked.user.name, now=asked.place.clock())
    except PolicyError as error:
        return _page(request, asked, country, problem=str(error), status=422)
    return RedirectResponse(f"/helplines?country={country}", status_code=303)


@router.post("/helplines/own/drop", dependencies=[Depends(from_our_page)])
def drop_own(
    asked: _Keeper,
    country: Annotated[str, Form(max_length=2)],
    dial: Annotated[str, Form(max_length=16)],
) -> Response:
    """Keep a line of the house no longer."""
    with asked.begin() as tenancy:
        drop_line(tenancy, country, dial)
    return RedirectResponse(f"/helplines?country={country}", status_code=303)


def _page(
    request: Request, asked: Asked, country: str, *, problem: str = "", status: int = 200
) -> Response:
    chosen = country if country in countries() else _COUNTRY_OF[asked.user.language]
    with asked.read() as tenancy:
        found, every = dialled(tenancy, chosen), every_line(tenancy, chosen)
    ours = {line.dial: line for line in helplines(chosen)}
    today = asked.place.clock().date()
    rows = [_row(line, found.get(line.dial), today) for line in every]
    return page(
        request,
        "helplines.html",
        asked,
        status=status,
        problem=problem,
        of_house={line.dial for line in every if line is not ours.get(line.dial)},
        help_needs=HELP_NEEDS,
        country=chosen,
        countries=list(countries()),
        emergency=countries()[chosen]["emergency"],
        rows=sorted(rows, key=lambda row: (row.is_shown, "suicide" not in row.line.needs)),
        n_due=sum(not row.is_shown for row in rows),
    )


@router.post("/helplines", dependencies=[Depends(from_our_page)])
def found(
    asked: _Keeper,
    country: Annotated[str, Form(max_length=2)],
    dial: Annotated[str, Form(max_length=16)],
    heard: Annotated[str, Form(max_length=8)],
) -> Response:
    """Keep, under the name of who asks, that a number was dialled today and what answered."""
    if heard not in ("right", "wrong"):
        raise InputError("a number that was dialled is right or wrong")
    on = asked.place.clock().date()
    told = Dialled(is_right=heard == "right", dialled_on=on, by_name=asked.user.name)
    try:
        with asked.begin() as tenancy:
            note(tenancy, country, dial, told)
    except InputError:
        raise NoSuchError from None
    return RedirectResponse(f"/helplines?country={country}", status_code=303)


def _row(line: Helpline, found: Dialled | None, today: date) -> Row:
    if found is None:
        return Row(line=line, found=None, is_shown=line.may_be_shown(today))
    known = line.verified(found.by_name, found.dialled_on)
    return Row(line=known, found=found, is_shown=found.is_right and known.may_be_shown(today))
