"""Practice in small pieces: what is due, an answer and why, and what was practised; one's own."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from kindline.coaching.certificate import certificate
from kindline.coaching.drills import DRILL_KINDS, Drill, drills
from kindline.coaching.spacing import answered, due
from kindline.errors import NoSuchError
from kindline.languages import codes, pack
from kindline.store.own_records import keep_own
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.practised import language_of, own_calls_practised, own_deck

router = APIRouter()
_Anybody = Annotated[Asked, Depends(needs())]


@router.get("/practice/drills")
def next_drill(request: Request, asked: _Anybody, language: str = "") -> Response:
    """Show the next piece to practise, or that there is none today."""
    code = language_of(asked, language)
    waiting = due(
        own_deck(asked), drills(code).values(), owner=asked.user.user_id, now=asked.place.clock()
    )
    return page(
        request,
        "drill.html",
        asked,
        drill=waiting[0] if waiting else None,
        n_due=len(waiting),
        language_of_drills=code,
        languages=[(one, pack(one).name) for one in codes()],
        given=None,
    )


@router.post("/practice/drills", dependencies=[Depends(from_our_page)])
async def answer(request: Request, asked: _Anybody) -> Response:
    """Keep that a piece was practised, and tell whether it was right and why."""
    form = await request.form()
    told = {name: value for name, value in form.items() if isinstance(value, str)}
    code = language_of(asked, told.get("language", ""))
    drill = drills(code).get(told.get("drill", ""))
    if drill is None:
        raise NoSuchError
    given = _given(drill, told)
    if not drill.is_answer(given):
        return RedirectResponse(f"/practice/drills?language={code}", status_code=303)
    is_right, now, by = drill.is_right(given), asked.place.clock(), asked.user.user_id
    deck = answered(own_deck(asked), drill, is_right=is_right, now=now)
    with asked.begin() as tenancy:
        keep_own(tenancy, by, "drills", deck.as_told())
    return page(
        request,
        "drill.html",
        asked,
        drill=drill,
        n_due=len(due(deck, drills(code).values(), owner=by, now=now)),
        language_of_drills=code,
        languages=[(one, pack(one).name) for one in codes()],
        given=given,
        is_right=is_right,
    )


@router.get("/practice/certificate")
def what_was_practised(request: Request, asked: _Anybody) -> Response:
    """Show what one practised, to print and show to whom one likes; never how well."""
    told = certificate(own_deck(asked), own_calls_practised(asked))
    return page(request, "certificate.html", asked, told=told, kinds=DRILL_KINDS)


def _given(drill: Drill, told: Mapping[str, str]) -> tuple[int, ...]:
    """Return the answer of a form; an empty one where it is none."""
    names = (
        [f"rank{place}" for place in range(len(drill.options))]
        if drill.kind == "ladder"
        else ["place"]
    )
    values = [told.get(name, "") for name in names]
    return tuple(int(one) for one in values) if all(_is_number(one) for one in values) else ()


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdecimal() and len(told) < 4  # noqa: PLR2004 -- digits
