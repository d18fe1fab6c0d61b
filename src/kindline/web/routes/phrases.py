"""What agents may say: our sentences and the house's, which the linter reads first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import InputError
from kindline.languages import codes, pack
from kindline.languages.phrases import (
    CONDITIONS,
    FORMS,
    SLOTS,
    Condition,
    Phrase,
    phrases,
)
from kindline.languages.phrases import Form as Address
from kindline.store.phrasing import add_phrase, drop_phrase, own_phrases
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
_Keeper = Annotated[Asked, Depends(needs("policy"))]
_CHECKED = [Depends(from_our_page)]


@router.get("/phrases")
def shown(request: Request, asked: _Keeper, language: str = "") -> Response:
    """Show what may be said in a language."""
    return _page(request, asked, language)


@router.post("/phrases", dependencies=_CHECKED)
def add(
    request: Request,
    asked: _Keeper,
    language: Annotated[str, Form(max_length=8)],
    use: Annotated[str, Form(max_length=32)],
    form: Annotated[str, Form(max_length=16)],
    text: Annotated[str, Form(max_length=400)],
    only_if: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Keep a sentence of the house, if nothing is wrong with it."""
    if language not in codes() or use not in phrases(language).by_use:
        raise InputError("a language or a use that is none")
    told = Phrase(text=text.strip(), form=_form(form), only_if=_condition(only_if))
    with asked.begin() as tenancy:
        by, now = asked.user.name, asked.place.clock()
        wrong = add_phrase(tenancy, language, use, told, by=by, now=now)
    if wrong:
        return _page(request, asked, language, status=422, wrong=wrong, typed=told.text, use=use)
    return RedirectResponse(f"/phrases?language={language}", status_code=303)


@router.post("/phrases/{phrase_id}/drop", dependencies=_CHECKED)
def drop(
    asked: _Keeper, phrase_id: str, language: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    """Keep a sentence no longer."""
    with asked.begin() as tenancy:
        drop_phrase(tenancy, phrase_id)
    chosen = language if language in codes() else ""
    return RedirectResponse(f"/phrases?language={chosen}", status_code=303)


def _page(
    request: Request,
    asked: Asked,
    language: str,
    *,
    status: int = 200,
    wrong: list[str] | None = None,
    typed: str = "",
    use: str = "",
) -> Response:
    chosen = language if language in codes() else asked.user.language
    with asked.read() as tenancy:
        own = own_phrases(tenancy, chosen)
    return page(
        request,
        "phrases.html",
        asked,
        status=status,
        chosen=chosen,
        languages=[(code, pack(code).name) for code in codes()],
        ours=phrases(chosen),
        own=own,
        slots=sorted(SLOTS),
        wrong=wrong or [],
        typed=typed,
        use=use,
    )


def _form(told: str) -> Address:
    for one in FORMS:
        if one == told:
            return one
    raise InputError("a form of address that is none")


def _condition(told: str) -> Condition | None:
    for one in CONDITIONS:
        if one == told:
            return one
    if told:
        raise InputError("a condition that is none")
    return None
