"""Team conditions: what work is like, team by team, who leaves, the pulse; for planner and lead."""

from collections import Counter as Counted
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from kindline.charts.ranges import Line, ranges
from kindline.insight.conditions import CONDITIONS, conditions, quarters
from kindline.insight.crew import shown_teams
from kindline.insight.leaving import leaving
from kindline.metrics.survival import Step
from kindline.store.council import council
from kindline.store.database import Tenancy
from kindline.store.pulses import pulse_answers
from kindline.web.meant import Counter
from kindline.web.pages import page
from kindline.wellbeing.pulse import Told, items, told_of

router = APIRouter()
_N_QUARTERS, _A_YEAR = 8, 4
_MONTHS = (90, 180, 365, 730)


@router.get("/conditions")
def team_conditions(
    request: Request, asked: Counter, quarter: Annotated[str, Query(max_length=8)] = ""
) -> Response:
    """Show a whole quarter's conditions by team; leavers over the four quarters up to its end."""
    every = quarters(asked.place.clock(), _N_QUARTERS + _A_YEAR)
    at = next((n for n, one in enumerate(every[:_N_QUARTERS]) if one.name == quarter), 0)
    chosen, first = every[at], every[at + _A_YEAR - 1]
    with asked.read() as tenancy:
        is_on = council(tenancy).has_load
        teams = conditions(tenancy, chosen.since, chosen.until) if is_on else []
        a_year = conditions(tenancy, first.since, chosen.until) if is_on else []
        left = leaving(tenancy, a_year, first.since, chosen.until)
        pulse = pulses(tenancy, chosen.name)
    lines = [Line(name=one.team, estimates=[one.heavy]) for one in teams]
    return page(
        request,
        "conditions.html",
        asked,
        is_on=is_on,
        chosen=chosen,
        quarters=[one.name for one in every[:_N_QUARTERS]],
        teams=teams,
        names=CONDITIONS,
        picture=ranges(lines),
        left=left,
        curve=_at_months(left.curve) if left and left.curve else [],
        pulse=pulse,
        items=items(),
    )


def pulses(tenancy: Tenancy, quarter: str) -> dict[str, Told]:
    """Return what teams answered, of those that may be told."""
    answers = pulse_answers(tenancy, quarter)
    crews = Counted({team: len(some) for team, some in answers.items()})
    told = {team: told_of(answers[team]) for team in shown_teams(crews)}
    return {team: one for team, one in told.items() if one is not None}


def _at_months(curve: tuple[Step, ...]) -> list[tuple[int, Step]]:
    """Return the curve at a few months, each as the last step before it."""
    found: list[tuple[int, Step]] = []
    for days in _MONTHS:
        before = [one for one in curve if one.days <= days]
        if before and days <= curve[-1].days:
            found.append((days // 30, before[-1]))
    return found
