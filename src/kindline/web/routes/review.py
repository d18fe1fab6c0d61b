"""Review: samples are drawn, people judge blind, and what that tells of Kindline is told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import true

from kindline.errors import InputError, NoSuchError
from kindline.store.database import Tenancy
from kindline.store.labels import (
    DISPUTED,
    NEEDS,
    VALUES,
    Design,
    Judged,
    Sample,
    Value,
    Wanted,
    draw,
    drawn,
    due,
    judge,
    samples,
    withdraw,
)
from kindline.store.tables import CONVERSATIONS
from kindline.web.access import choices, opened, opened_by_number
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.review import need_named, needs_judged, shares_of, told
from kindline.web.transcript import transcript

router = APIRouter()
_CHECKED = [Depends(from_our_page)]
_Reviewer = Annotated[Asked, Depends(needs("review"))]
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]
_HAS_WORDS = CONVERSATIONS.c.turns.is_not(None)


@router.get("/review")
def review(request: Request, asked: _Reviewer) -> Response:
    """Show the samples there are, and how many conversations wait for who asks."""
    return _page(request, asked)


@router.post("/review/samples", dependencies=_CHECKED)
def draw_sample(
    request: Request,
    asked: _Reviewer,
    name: Annotated[str, Form(max_length=80)],
    n: Annotated[int, Form()],
    weeks: Annotated[int, Form(ge=1, le=520)] = 13,
    strata: Annotated[str, Form()] = "",
    language: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Draw a sample."""
    need = need_named(strata, needs_judged(asked))
    design: Design = "random" if need is None else "stratified"
    now = asked.place.clock()
    since = now - timedelta(weeks=weeks)
    wanted = Wanted(name.strip() or "sample", design, need, language or None, since, n)
    try:
        with asked.begin() as tenancy:
            sample_id = draw(tenancy, wanted, by=asked.user.user_id, now=now)
    except InputError as error:
        return _page(request, asked, problem=str(error), status=422)
    return _to(f"/review/{sample_id}")


@router.get("/review/{sample_id}")
def results(request: Request, asked: _Reviewer, sample_id: str) -> Response:
    """Show what a sample tells: agreement, errors, corrected shares."""
    sample = _sample(asked, sample_id)
    with asked.read() as tenancy:
        every = drawn(tenancy, sample_id)
        corrected = shares_of(asked, tenancy, sample, every)
        n_due = len(_due(asked, tenancy, sample_id))
    return page(
        request,
        "sample.html",
        asked,
        sample=sample,
        told=[told(every, need) for need in needs_judged(asked)],
        corrected=corrected,
        n_due=n_due,
        n_gone=sample.n - len(every),
    )


@router.get("/review/{sample_id}/next")
def next_one(request: Request, asked: _Reviewer, sample_id: str) -> Response:
    """Show the next conversation to judge: its words alone, nothing that Kindline or others say."""
    sample = _sample(asked, sample_id)
    with asked.read() as tenancy:
        waiting = _due(asked, tenancy, sample_id)
    if not waiting:
        return _to(f"/review/{sample_id}")
    one = opened_by_number(asked, waiting[0])
    return page(
        request,
        "judge.html",
        asked,
        sample=sample,
        number=one.number,
        lines=transcript(one.stored, has_crisis=False).lines,
        needs=needs_judged(asked),
        values=VALUES,
        n_due=len(waiting),
    )


@router.post("/review/{sample_id}/{number}", dependencies=_CHECKED)
async def judge_one(request: Request, asked: _Reviewer, sample_id: str, number: int) -> Response:
    """Keep what whoever asks says of a conversation, and lead to the next."""
    _sample(asked, sample_id)
    values = _values(await request.form(), needs_judged(asked))
    with asked.begin() as tenancy:
        if number not in {one.number for one in drawn(tenancy, sample_id, true())}:
            raise NoSuchError
        by, now = asked.user.user_id, asked.place.clock()
        judge(tenancy, sample_id, number, values, by=by, now=now)
    return _to(f"/review/{sample_id}/next")


@router.post("/disputes", dependencies=_CHECKED)
def dispute(
    asked: _Reader,
    conversation_id: Annotated[str, Form(max_length=200)],
    need: Annotated[str, Form()],
    value: Annotated[str, Form()] = "",
) -> Response:
    """Keep that who asks says otherwise of a conversation, or take that back."""
    found = opened(asked, conversation_id)
    known = need_named(need, NEEDS)
    if known is None or (known == "crisis" and not found.has_crisis):
        raise NoSuchError
    by, now = asked.user.user_id, asked.place.clock()
    with asked.begin() as tenancy:
        said = _values({known: value}, [known])
        if said:
            judge(tenancy, DISPUTED, found.number, said, by=by, now=now)
        else:
            withdraw(tenancy, found.number, known, by=by)
    return _to(f"/conversations/{quote(conversation_id)}#why")


def _page(
    request: Request, asked: Asked, *, problem: str | None = None, status: int = 200
) -> Response:
    with asked.read() as tenancy:
        every = samples(tenancy)
        waiting = {one.sample_id: len(_due(asked, tenancy, one.sample_id)) for one in every}
    return page(
        request,
        "review.html",
        asked,
        status=status,
        samples=every,
        waiting=waiting,
        languages=choices(asked)["language"],
        needs=needs_judged(asked),
        problem=problem,
    )


def _due(asked: Asked, tenancy: Tenancy, sample_id: str) -> list[int]:
    """Return what waits for who asks: of what still has its words."""
    every = drawn(tenancy, sample_id, _HAS_WORDS)
    return due(every, asked.user.user_id, needs_judged(asked))


def _values(form: Mapping[str, Any], some: Sequence[Judged]) -> dict[Judged, Value]:
    """Return what a form says of needs; a value that there is not says nothing."""
    return {need: value for need in some for value in VALUES if form.get(need) == value}


def _sample(asked: Asked, sample_id: str) -> Sample:
    with asked.read() as tenancy:
        found = next((one for one in samples(tenancy) if one.sample_id == sample_id), None)
    if found is None:
        raise NoSuchError
    return found


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
