"""
People who come and leave in teams whose conditions are known: to see whether what is bad is found.

Whether somebody leaves hangs on their team's conditions as planted, and on nothing else but chance
and, where it is asked for, on what teams have in common besides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from random import Random

from kindline.wellbeing.attrition import LEAVE_REASONS, LeaveReason, Person

_YEAR = 365.25
_BY = 0.1  # points of a share


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """
    What is true of a house: leavers a year and seat, and how many times as many a condition makes.

    `ratios` are by ten points; `beside` is the spread, in log, of what teams differ by besides.
    """

    a_year: float = 0.25
    ratios: Mapping[str, float] | None = None
    beside: float = 0.0
    years: float = 3.0
    n_seats: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team with its conditions as shares, by name."""

    name: str
    conditions: Mapping[str, float]


def teams(chance: Random, n: int, spans: Mapping[str, tuple[float, float]]) -> list[Team]:
    """Return teams whose conditions lie evenly within their spans."""
    return [
        Team(
            name=f"team-{number}",
            conditions={name: chance.uniform(*span) for name, span in spans.items()},
        )
        for number in range(n)
    ]


def people(chance: Random, some: Sequence[Team], planted: Planted, until: date) -> Iterator[Person]:
    """Return everybody who sat in a seat in the years before a day."""
    first = until - timedelta(days=round(planted.years * _YEAR))
    means = {
        name: sum(team.conditions[name] for team in some) / len(some)
        for name in planted.ratios or {}
    }
    for team in some:
        steep = sum(
            log(ratio) * (team.conditions[name] - means[name]) / _BY
            for name, ratio in (planted.ratios or {}).items()
        )
        leaving = planted.a_year * exp(steep + chance.gauss(0, planted.beside))
        for _ in range(planted.n_seats):
            yield from _seat(chance, team.name, leaving, first, until)


def _seat(chance: Random, team: str, leaving: float, first: date, until: date) -> Iterator[Person]:
    started_on = first - timedelta(days=chance.randrange(1, 700))
    at = first  # who is there when we begin to look, stays as long as anybody
    while at < until:
        ended_on = at + timedelta(days=max(1, round(chance.expovariate(leaving) * _YEAR)))
        if ended_on >= until:
            yield Person(team=team, started_on=started_on)
            return
        yield Person(team=team, started_on=started_on, ended_on=ended_on, reason=_reason(chance))
        started_on = at = ended_on + timedelta(days=chance.randrange(3, 40))


def _reason(chance: Random) -> LeaveReason:
    return chance.choice(LEAVE_REASONS)
