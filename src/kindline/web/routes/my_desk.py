"""An agent's own desk: moments, practice, load, the quarter's pulse; nobody else's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.coaching.drills import drills
from kindline.coaching.spacing import due
from kindline.errors import InputError
from kindline.store.breaks import on_break_since
from kindline.store.council import council
from kindline.store.own_records import forget_own
from kindline.store.people import team_of_agent
from kindline.store.pulses import answer_pulse, has_answered, quarter_of
from kindline.store.self_reports import HEAVIEST, LIGHTEST, forget_self_reports, self_reports
from kindline.web.coaching import own_evaluations
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.mine import own_moments, show_coach, strain
from kindline.web.pages import page
from kindline.web.practised import language_of, own_deck
from kindline.wellbeing.pulse import HIGHEST, answers_from, items

router = APIRouter()
_Agent = Annotated[Asked, Depends(needs("own_conversations"))]
_CHECKED = [Depends(from_our_page)]
_N_FIRST, _N_ALL = 3, 30


@router.get("/my-desk")
def my_desk(request: Request, asked: _Agent) -> Response:
    """Show what is one's own at a glance."""
    return _desk(request, asked)


@router.get("/my-desk/moments")
def all_moments(request: Request, asked: _Agent) -> Response:
    """Show one's moments, each with its words, why, and a better line."""
    return page(request, "moments.html", asked, moments=own_moments(asked, n_most=_N_ALL))


@router.post("/my-desk/moments", dependencies=_CHECKED)
def share_moment(
    asked: _Agent,
    number: Annotated[int, Form()],
    turn: Annotated[int, Form()],
    kind: Annotated[str, Form(max_length=24)],
    act: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Share a moment with one's coach, or take it back."""
    show_coach(asked, number, turn, kind, wanted=act == "share")
    return _to("/my-desk/moments")


@router.get("/my-desk/sees")
def what_is_seen(request: Request, asked: _Agent) -> Response:
    """Show what Kindline sees of an agent and what it does not, who sees that, and how long."""
    with asked.read() as tenancy:
        days, rules = asked.rules(tenancy).keep_days, council(tenancy)
    return page(request, "sees.html", asked, days=days, rules=rules)


@router.post("/my-desk/pulse", dependencies=_CHECKED)
async def pulse(request: Request, asked: _Agent) -> Response:
    """Keep the answers of the quarter's pulse, without who gave them."""
    form = await request.form()
    told = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        answers = answers_from(told)
        with asked.begin() as tenancy:
            team = team_of_agent(tenancy, asked.user.agent_key)
            now = asked.place.clock()
            answer_pulse(tenancy, asked.user.user_id, answers, team=team, now=now)
    except InputError:
        problem = "Nothing was kept: an answer is missing, or this quarter's pulse is answered."
        return _desk(request, asked, problem=problem, status=422)
    return _desk(request, asked, has_answered_now=True)


@router.post("/my-desk/forget", dependencies=_CHECKED)
def forget(asked: _Agent) -> Response:
    """Destroy what one practised, recognised and noted, with the key that sealed it."""
    with asked.begin() as tenancy:
        forget_self_reports(tenancy, asked.user.user_id)
        forget_own(tenancy, asked.user.user_id)
    return _to("/my-desk#own")


def _desk(
    request: Request,
    asked: Asked,
    *,
    problem: str = "",
    status: int = 200,
    has_answered_now: bool = False,
) -> Response:
    now, user_id, deck = asked.place.clock(), asked.user.user_id, own_deck(asked)
    told = strain(asked)
    with asked.read() as tenancy:
        rules = council(tenancy)
        is_pulse_open = not has_answered(tenancy, user_id, quarter_of(now))
        since, reports = on_break_since(tenancy, user_id), self_reports(tenancy, user_id)
    every = drills(language_of(asked, "")).values()
    return page(
        request,
        "my_desk.html",
        asked,
        status=status,
        strain=told,
        rules=rules,
        moments=own_moments(asked, n_most=_N_FIRST),
        deck=deck,
        n_due=len(due(deck, every, owner=user_id, now=now)),
        looked_at=own_evaluations(asked) if rules.has_evaluations else [],
        quarter=quarter_of(now),
        pulse=items() if is_pulse_open and asked.user.agent_key else (),
        most=HIGHEST,
        on_break_since=since,
        reports=reports,
        heavy=range(LIGHTEST, HEAVIEST + 1),
        problem=problem,
        has_answered_now=has_answered_now,
    )


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
