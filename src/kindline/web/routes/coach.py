"""A coach's page: what agents share, contacts drawn to look at, forms, and what is said to them."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.coaching.scorecard import ANSWERS, checked, score, scorecard, scorecard_names
from kindline.errors import InputError, NoSuchError
from kindline.records import one_of
from kindline.store.care_tables import EVALUATIONS, ROUNDS
from kindline.store.council import council
from kindline.store.rounds import (
    Evaluation,
    RoundKind,
    Wanted,
    draw_round,
    evaluate,
    evaluations,
    rounds,
    say_to,
)
from kindline.web.access import Opened, opened_for_coach
from kindline.web.coaching import (
    agent_of,
    check_forms,
    coachs_evaluation,
    is_company,
    lines_to_ask,
    own_forms,
    results,
    round_named,
    sees,
    shared_with,
    takes_part,
    to_look_at,
    waiting,
)
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.transcript import transcript

router = APIRouter()
_Coach = Annotated[Asked, Depends(needs("coaching"))]
_CHECKED = [Depends(from_our_page)]
_LONGEST = 2_000
_KINDS: tuple[RoundKind, ...] = ("plan", "calibration")


@router.get("/coach")
def coach(request: Request, asked: _Coach) -> Response:
    """Show what agents share, what there is to look at, and what is disputed."""
    return _coach(request, asked)


@router.get("/calibration")
def calibration(request: Request, asked: _Coach) -> Response:
    """Show the sessions in which evaluators see whether they mean the same."""
    with asked.read() as tenancy:
        every = [
            one
            for one in rounds(tenancy, ROUNDS.c.kind == "calibration")
            if takes_part(asked, tenancy, one)
        ]
        left = {one.round_id: len(waiting(asked, tenancy, one)) for one in every}
    return page(
        request,
        "calibration.html",
        asked,
        rounds=every,
        left=left,
        cards=[scorecard(name) for name in scorecard_names()],
    )


@router.post("/coach/rounds", dependencies=_CHECKED)
def draw(
    request: Request,
    asked: _Coach,
    name: Annotated[str, Form(max_length=80)],
    card: Annotated[str, Form(max_length=32)],
    n_each: Annotated[int, Form(ge=1, le=50)],
    weeks: Annotated[int, Form(ge=1, le=52)] = 4,
    kind: Annotated[str, Form(max_length=16)] = "plan",
) -> Response:
    """Draw contacts of one's teams: by chance, as many of each agent."""
    known = one_of(kind, _KINDS)
    if known is None:
        raise NoSuchError
    now = asked.place.clock()
    try:
        wanted = Wanted(
            kind=known,
            name=name.strip() or f"{now:%Y-%m-%d}",
            scorecard=scorecard(card).name,
            n_each=n_each,
            since=now - timedelta(weeks=weeks),
        )
        with asked.begin() as tenancy:
            check_forms(tenancy)
            made = draw_round(tenancy, wanted, asked.user.team_ids, by=asked.user.user_id, now=now)
    except InputError as error:
        return _coach(request, asked, problem=str(error), status=422)
    return _to(f"/coach/rounds/{made}")


@router.get("/coach/rounds/{round_id}")
def one_round(request: Request, asked: _Coach, round_id: str) -> Response:
    """Show a round: what waits for whoever asks; of a calibration, how far people agree."""
    with asked.read() as tenancy:
        of = round_named(asked, tenancy, round_id)
        left = waiting(asked, tenancy, of)
        done = own_forms(asked, tenancy, of)
        found = results(tenancy, of) if of.kind == "calibration" and not left else None
    return page(
        request,
        "round.html",
        asked,
        round=of,
        card=scorecard(of.scorecard),
        left=left,
        done=done,
        found=found,
    )


@router.get("/coach/rounds/{round_id}/{number}")
def form(request: Request, asked: _Coach, round_id: str, number: int) -> Response:
    """Show a contact and the scorecard to fill in; the agent's words as evidence only if opened."""
    return _form(request, asked, round_id, number)


@router.post("/coach/rounds/{round_id}/{number}", dependencies=_CHECKED)
async def fill_in(request: Request, asked: _Coach, round_id: str, number: int) -> Response:
    """Keep a form, and lead to the next contact of the round."""
    told = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    one = _contact(asked, round_id, number)
    with asked.begin() as tenancy:
        of = round_named(asked, tenancy, round_id)
        check_forms(tenancy)
        answers = checked(scorecard(of.scorecard), told, is_company=is_company(one))
        is_plan = of.kind == "plan"
        made = Evaluation(
            evaluation_id="",
            round_id=round_id,
            number=number,
            user_id=asked.user.user_id,
            agent_key=agent_of(tenancy, number) if is_plan else None,
            made_at=asked.place.clock(),
            answers=answers,
            note=told.get("note", "").strip()[:_LONGEST] if is_plan else "",
        )
        evaluate(tenancy, made, now=asked.place.clock())
        left = waiting(asked, tenancy, of)
    return _to(f"/coach/rounds/{round_id}/{left[0]}" if left else f"/coach/rounds/{round_id}")


@router.get("/coach/evaluations/{evaluation_id}")
def filled_in(request: Request, asked: _Coach, evaluation_id: str) -> Response:
    """Show a form one filled in, and what its agent says against it."""
    one, of = coachs_evaluation(asked, evaluation_id)
    with asked.read() as tenancy:
        is_there = one.number in to_look_at(asked, tenancy, of)
    return page(
        request,
        "coachs_evaluation.html",
        asked,
        one=one,
        round=of,
        card=scorecard(of.scorecard),
        score=score(one.answers),
        is_there=is_there,
        longest=_LONGEST,
    )


@router.post("/coach/evaluations/{evaluation_id}", dependencies=_CHECKED)
def answer_dispute(
    asked: _Coach, evaluation_id: str, said: Annotated[str, Form(max_length=_LONGEST)] = ""
) -> Response:
    """Answer what an agent says against a form."""
    one, _ = coachs_evaluation(asked, evaluation_id)
    if said.strip() and one.disputed:
        with asked.begin() as tenancy:
            say_to(tenancy, one, now=asked.place.clock(), answered=said.strip())
    return _to(f"/coach/evaluations/{evaluation_id}#said")


def _coach(request: Request, asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    with asked.read() as tenancy:
        rules = council(tenancy)
        own = rounds(tenancy, ROUNDS.c.kind == "plan", ROUNDS.c.made_by == asked.user.user_id)
        left = {one.round_id: len(waiting(asked, tenancy, one)) for one in own}
        mine = EVALUATIONS.c.user_id == asked.user.user_id
        disputes = evaluations(tenancy, mine, EVALUATIONS.c.disputed_at.is_not(None))
    return page(
        request,
        "coach.html",
        asked,
        status=status,
        rules=rules,
        shared=shared_with(asked),
        rounds=own,
        left=left,
        disputes=disputes,
        cards=[scorecard(name) for name in scorecard_names()],
        problem=problem,
    )


def _form(request: Request, asked: Asked, round_id: str, number: int) -> Response:
    one = _contact(asked, round_id, number)
    with asked.read() as tenancy:
        of = round_named(asked, tenancy, round_id)
        n_left = len(waiting(asked, tenancy, of))
    card = scorecard(of.scorecard)
    return page(
        request,
        "scorecard.html",
        asked,
        round=of,
        card=card,
        number=number,
        n_left=n_left,
        lines=lines_to_ask(card, one),
        words=transcript(one.stored, has_crisis=False).lines,
        answers=ANSWERS,
        longest=_LONGEST,
    )


def _contact(asked: Asked, round_id: str, number: int) -> Opened:
    with asked.read() as tenancy:
        of = round_named(asked, tenancy, round_id)
        is_drawn = number in to_look_at(asked, tenancy, of)
    found = opened_for_coach(asked, [number], sees=sees(asked)) if is_drawn else []
    if not found:
        raise NoSuchError
    return found[0]


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
