"""
What if: callers who come for company, minutes given to them, and how many people that takes.

A ceiling of occupancy and breaks to recover are part of the plan: they are time people need, no
slack (FACTS 3.2). What they are set to is the house's to say; our defaults have no evidence.
"""

from dataclasses import dataclass
import math

from kindline.staffing.erlang import Demand, agents_needed
from kindline.staffing.simulation import Mixture, Played, played

PREDICTED = 0.75  # by 2026, Gartner 2021: a prediction without a published method (FACTS 7, G1)
MOST_AGENTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    What is asked. Times in seconds, shares from 0 to 1.

    `ceiling` is the occupancy that is not passed; `breaks` and `shrinkage` are shares of paid time
    in which nobody takes calls: recovery, and everything else (leave, training, meetings).
    """

    calls_an_hour: float
    service_s: float
    company_s: float = 900.0
    given_s: float | None = None
    patience_s: float | None = None
    goal: float = 0.8
    within_s: float = 20.0
    ceiling: float = 0.85
    breaks: float = 0.05
    shrinkage: float = 0.25
    cost_an_hour: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    What a share of callers who come for company takes.

    `agents` take calls at once, `scheduled` are paid; `cost` is what these cost an hour, None
    where no cost was told.
    """

    share: float
    agents: int
    scheduled: int
    played: Played
    cost: float | None


def scenario(question: Question, share: float) -> Scenario:
    """Return the fewest agents that reach the goal below the ceiling, and who is scheduled."""
    mixture = Mixture(
        calls_an_hour=question.calls_an_hour,
        service_s=question.service_s,
        company_s=question.company_s,
        company_share=share,
        given_s=question.given_s,
        patience_s=question.patience_s,
    )
    agents = _first_guess(mixture, question)
    found = _served(mixture, agents, question)
    while not _is_enough(found, question) and agents < MOST_AGENTS:
        agents += 1
        found = _served(mixture, agents, question)
    while agents > 1:
        fewer = _served(mixture, agents - 1, question)
        if not _is_enough(fewer, question):
            break
        agents, found = agents - 1, fewer
    scheduled = math.ceil(agents / (1 - question.breaks - question.shrinkage))
    cost = None if question.cost_an_hour is None else scheduled * question.cost_an_hour
    return Scenario(share=share, agents=agents, scheduled=scheduled, played=found, cost=cost)


def _first_guess(mixture: Mixture, question: Question) -> int:
    """Return what Erlang C would take for the mean handle time: near, and often too few."""
    demand = Demand(calls_an_hour=mixture.calls_an_hour, handle_s=mixture.mean_s)
    by_ceiling = math.ceil(demand.load / question.ceiling)
    return max(
        by_ceiling,
        agents_needed(demand, service_level=question.goal, within_s=question.within_s),
    )


def _served(mixture: Mixture, agents: int, question: Question) -> Played:
    return played(mixture, agents, within_s=question.within_s, hours=_hours(mixture))


def _hours(mixture: Mixture) -> int:
    """Return as many hours as give some forty thousand calls, and a day at least."""
    return max(24, min(2_000, round(40_000 / mixture.calls_an_hour)))


def _is_enough(found: Played, question: Question) -> bool:
    return found.service_level >= question.goal and found.occupancy <= question.ceiling
