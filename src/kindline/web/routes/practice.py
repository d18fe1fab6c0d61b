"""Practice calls: a caller of ours at an agent's desk, for anybody who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from kindline.desk.callers import callers
from kindline.errors import InputError
from kindline.languages import codes, pack
from kindline.languages.phrases import RUNGS
from kindline.store.dialled import lines_of
from kindline.store.phrasing import phrases_of
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.practice import MOST_STEPS, as_told, caller_of, played, step_of, steps_from
from kindline.web.practised import note_call_practised

router = APIRouter()
_Anybody = Annotated[Asked, Depends(needs())]


@router.get("/practice")
def choose_caller(request: Request, asked: _Anybody) -> Response:
    """Show who can be practised with."""
    return _callers(request, asked)


@router.post("/practice", dependencies=[Depends(from_our_page)])
def take_call(
    request: Request,
    asked: _Anybody,
    language: Annotated[str, Form(max_length=8)] = "",
    caller: Annotated[str, Form(max_length=80)] = "",
    queue: Annotated[str, Form(max_length=8)] = "",
    done: Annotated[str, Form(max_length=40_000)] = "",
    say: Annotated[str, Form(max_length=400)] = "",
    choose: Annotated[str, Form(max_length=8)] = "",
    act: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Take the call one step on. Nothing said in it is kept: it is all in the form."""
    try:
        who, before = caller_of(language, caller), steps_from(done)
    except InputError:
        return _callers(request, asked, has_problem=True)
    step = step_of(say=say, choose=choose, act=act)
    steps = before if step is None else (*before, step)
    with asked.read() as tenancy:
        lines, own = lines_of(tenancy, who.country), phrases_of(tenancy, who.language)
    told = played(
        who,
        steps[:MOST_STEPS],
        asked.place.clock(),
        queue_waits=bool(queue),
        lines=lines,
        own=own,
    )
    call = told.call
    if call.is_over:
        note_call_practised(asked, f"{caller} {as_told(told.steps)}")
    return page(
        request,
        "practice_call.html",
        asked,
        call=call,
        view=call.view(),
        quotes=call.quotes(),
        sentences=call.sentences(),
        rungs=RUNGS,
        turns=call.session.growing.turns if call.session.growing else (),
        report=call.report() if call.is_over else None,
        done=as_told(told.steps),
        has_queue=bool(queue),
        refused=told.refused,
    )


def _callers(request: Request, asked: Asked, *, has_problem: bool = False) -> Response:
    by_language = [(code, pack(code).name, list(callers(code).values())) for code in codes()]
    own = asked.user.language
    return page(
        request,
        "practice.html",
        asked,
        status=422 if has_problem else 200,
        by_language=sorted(by_language, key=lambda one: one[0] != own),
        has_problem=has_problem,
    )
