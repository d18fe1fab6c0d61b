"""Review: samples are drawn, people judge blind, and what that tells of Kindline is told."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import InputError, NoSuchError
from kindline.store.labels import (
    NEEDS,
    VALUES,
    Design,
    Judged,
    Value,
    Wanted,
    draw,
    drawn,
)
from kindline.web.access import choices, opened_by_number
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.review import (
    due_for,
    need_named,
    needs_judged,
    said_otherwise,
    sample_named,
    samples_for,
    say,
    say_otherwise,
    shares_of,
    told,
    value_named,
)
from kindline.web.transcript import transcript

router = APIRouter()
_CHECKED = [Depends(from_our_page)]
_Reviewer = Annotated[Asked, Depends(needs("review"))]
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]


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
    with asked.read() as tenancy:
        sample = sample_named(asked, tenancy, sample_id)
        every = drawn(tenancy, sample_id)
        corrected = shares_of(asked, tenancy, sample, every)
        n_due = len(due_for(asked, tenancy, sample_id))
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
    with asked.read() as tenancy:
        sample = sample_named(asked, tenancy, sample_id)
        waiting = due_for(asked, tenancy, sample_id)
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
    form = await request.form()
    said: dict[Judged, Value] = {
        need: value for need in NEEDS for value in VALUES if form.get(need) == value
    }
    say(asked, sample_id, number, said)
    return _to(f"/review/{sample_id}/next")


@router.post("/disputes", dependencies=_CHECKED)
def dispute(
    asked: _Reader,
    conversation_id: Annotated[str, Form(max_length=200)],
    need: Annotated[str, Form()],
    value: Annotated[str, Form()] = "",
) -> Response:
    """Keep that who asks says otherwise of a conversation, or take that back."""
    known = need_named(need, NEEDS)
    if known is None:
        raise NoSuchError
    say_otherwise(asked, conversation_id, known, value_named(value))
    return _to(f"/conversations/{quote(conversation_id)}#why")


def _page(
    request: Request, asked: Asked, *, problem: str | None = None, status: int = 200
) -> Response:
    with asked.read() as tenancy:
        every = samples_for(asked, tenancy)
        waiting = {one.sample_id: len(due_for(asked, tenancy, one.sample_id)) for one in every}
        otherwise = said_otherwise(asked, tenancy)
    return page(
        request,
        "review.html",
        asked,
        status=status,
        samples=every,
        waiting=waiting,
        otherwise=otherwise,
        languages=choices(asked)["language"],
        needs=needs_judged(asked),
        problem=problem,
    )


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
