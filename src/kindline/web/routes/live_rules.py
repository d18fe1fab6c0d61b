"""What a house chose for its desks, and how often what desks show was right."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.desk.session import Rules
from kindline.errors import InputError
from kindline.live.budget import Budget
from kindline.live.prompts import KINDS, MOST, measured
from kindline.metrics.share import share_of
from kindline.store.desk_rules import choose_rules, chosen_rules
from kindline.store.load_rules import choose_weights, weights_in_force
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.wellbeing.exposure import weights, weights_from

router = APIRouter()
_Keeper = Annotated[Asked, Depends(needs("policy"))]
_MOST_MINUTES = 240


@router.get("/live-rules")
def live_rules(request: Request, asked: _Keeper) -> Response:
    """Show the rules in force and the precision of prompts, each with n and interval."""
    return _rules(request, asked)


def _rules(request: Request, asked: Asked, *, problem: str = "") -> Response:
    with asked.read() as tenancy:
        chosen = chosen_rules(tenancy)
        load = weights_in_force(tenancy)
    told = measured()
    right = {
        kind: share_of(told[kind]["n_right"], told[kind]["n"] - told[kind]["n_right"], n_unjudged=0)
        for kind in (*KINDS, "risk")
    }
    return page(
        request,
        "live_rules.html",
        asked,
        chosen=chosen,
        rules=chosen.rules if chosen else Rules(),
        right=right,
        measured=told,
        most=MOST,
        most_minutes=_MOST_MINUTES,
        load=load,
        load_names=tuple(load.weights.as_told()),
        problem=problem,
        status=422 if problem else 200,
    )


@router.post("/live-rules", dependencies=[Depends(from_our_page)])
def change(
    asked: _Keeper,
    minutes_a_call: Annotated[int, Form(ge=0, le=_MOST_MINUTES)],
    minutes_a_shift: Annotated[int, Form(ge=0, le=_MOST_MINUTES)],
    most_prompts: Annotated[int, Form(ge=0, le=MOST)],
    may_end: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Put rules in force, for calls that begin from now on."""
    budget = Budget(minutes_a_call=minutes_a_call, minutes_a_shift=minutes_a_shift)
    rules = Rules(budget=budget, may_end=bool(may_end), most_prompts=most_prompts)
    with asked.begin() as tenancy:
        choose_rules(tenancy, rules, by=asked.user.name, now=asked.place.clock())
    return RedirectResponse("/live-rules", status_code=303)


@router.post("/live-rules/load", dependencies=[Depends(from_our_page)])
async def change_load(request: Request, asked: _Keeper) -> Response:
    """Put in force what weighs how much in load; ours are without evidence, as are these."""
    form = await request.form()
    try:
        told = {name: float(str(form.get(name, ""))) for name in weights().as_told()}
        chosen = weights_from(told)
    except (InputError, ValueError):
        return _rules(request, asked, problem="load")
    with asked.begin() as tenancy:
        choose_weights(tenancy, chosen, by=asked.user.name, now=asked.place.clock())
    return RedirectResponse("/live-rules#load", status_code=303)
