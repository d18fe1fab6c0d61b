"""What a live desk draws on: helplines as a house found them, and what its agents may say."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import Field

from kindline.countries import countries
from kindline.errors import InputError, NoSuchError
from kindline.languages import codes
from kindline.languages.phrases import Condition, Form, Phrase, phrases
from kindline.safeguarding.helplines import Helpline
from kindline.store.dialled import Dialled, lines_of, note
from kindline.store.phrasing import add_phrase, drop_phrase, own_phrases
from kindline.web.api.problems import ANSWERS
from kindline.web.api.shapes import Shape, Word
from kindline.web.guard import Asked, needs

router = APIRouter(responses=ANSWERS)
_Dialler = Annotated[Asked, Depends(needs("crisis", "people"))]
_Keeper = Annotated[Asked, Depends(needs("policy"))]


class LineShape(Shape):
    """A helpline; `verified_by` dialled it, until then it is known from a source of that grade."""

    name: str
    dial: str
    needs: list[str]
    languages: list[str]
    scope: str
    whom: str
    url: str
    grade: str
    source_seen_at: date
    verified_at: date | None
    verified_by: str | None
    next_check: date
    is_shown: bool


class LinesShape(Shape):
    """The lines of a country and its emergency number."""

    emergency: str
    lines: list[LineShape]


class Heard(Shape):
    """A number that was dialled, and whether it was right."""

    dial: Word
    is_right: bool


class PhraseWanted(Shape):
    """A sentence for agents to say."""

    use: Word
    form: Form
    only_if: Condition | None = None
    text: Annotated[Word, Field(min_length=1)]


class PhraseKept(Shape):
    """Whether it was kept, and what is wrong with it where it was not."""

    is_kept: bool
    problems: list[str]


class PhraseShape(Shape):
    """A sentence of the house."""

    phrase_id: str
    use: str
    form: str
    only_if: str | None
    text: str
    by_name: str
    made_at: datetime


class PhrasesShape(Shape):
    """The sentences of the house in a language, the latest first."""

    phrases: list[PhraseShape]


@router.get("/helplines/{country}")
def helplines(asked: _Dialler, country: Word) -> LinesShape:
    """Return the lines of a country that may be shown today, and those that may not yet."""
    if country not in countries():
        raise NoSuchError
    today = asked.place.clock().date()
    with asked.read() as tenancy:
        lines = lines_of(tenancy, country)
    return LinesShape(
        emergency=str(countries()[country]["emergency"]),
        lines=[_line(one, is_shown=one.may_be_shown(today)) for one in lines],
    )


@router.post("/helplines/{country}", status_code=204)
def heard(asked: _Dialler, country: Word, told: Heard) -> Response:
    """Keep, under the name of the token's owner, that a number was dialled today."""
    on = asked.place.clock().date()
    found = Dialled(is_right=told.is_right, dialled_on=on, by_name=asked.user.name)
    try:
        with asked.begin() as tenancy:
            note(tenancy, country, told.dial, found)
    except InputError:
        raise NoSuchError from None
    return Response(status_code=204)


@router.get("/phrases/{language}")
def own(asked: _Keeper, language: Word) -> PhrasesShape:
    """Return the sentences of the house."""
    if language not in codes():
        raise NoSuchError
    with asked.read() as tenancy:
        found = own_phrases(tenancy, language)
    return PhrasesShape(
        phrases=[
            PhraseShape(
                phrase_id=one.phrase_id,
                use=one.use,
                form=one.phrase.form,
                only_if=one.phrase.only_if,
                text=one.phrase.text,
                by_name=one.by_name,
                made_at=one.made_at,
            )
            for one in found
        ]
    )


@router.post("/phrases/{language}")
def add(asked: _Keeper, language: Word, wanted: PhraseWanted) -> PhraseKept:
    """Keep a sentence, or say what is wrong with it: then it is not kept."""
    if language not in codes() or wanted.use not in phrases(language).by_use:
        raise NoSuchError
    told = Phrase(text=wanted.text.strip(), form=wanted.form, only_if=wanted.only_if)
    by, now = asked.user.name, asked.place.clock()
    with asked.begin() as tenancy:
        wrong = add_phrase(tenancy, language, wanted.use, told, by=by, now=now)
    return PhraseKept(is_kept=not wrong, problems=wrong)


@router.delete("/phrases/{language}/{phrase_id}", status_code=204)
def drop(asked: _Keeper, language: Word, phrase_id: Word) -> Response:
    """Keep a sentence no longer."""
    with asked.begin() as tenancy:
        if phrase_id not in {one.phrase_id for one in own_phrases(tenancy, language)}:
            raise NoSuchError
        drop_phrase(tenancy, phrase_id)
    return Response(status_code=204)


def _line(one: Helpline, *, is_shown: bool) -> LineShape:
    return LineShape(
        name=one.name,
        dial=one.dial,
        needs=list(one.needs),
        languages=list(one.languages),
        scope=one.scope,
        whom=one.whom,
        url=one.url,
        grade=one.grade,
        source_seen_at=one.source_seen_at,
        verified_at=one.verified_at,
        verified_by=one.verified_by,
        next_check=one.next_check,
        is_shown=is_shown,
    )
