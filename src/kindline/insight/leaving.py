"""
Who leaves, team by team, and whether more leave where conditions are worse.

People of the personnel extract are known to teams by name alone; a team's condition and its leavers
are joined, nobody's. Below floors there is "not enough data", and that is what is told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kindline.insight.conditions import CONDITIONS, TeamConditions
from kindline.insight.crew import shown_teams
from kindline.metrics.hazard import Direction, Hazard, TeamTime, hazards
from kindline.metrics.rate import rate
from kindline.metrics.survival import Step, there_after
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy
from kindline.store.staff import staff
from kindline.wellbeing.attrition import Person, at_risk, naming_effort, staying

_YEAR = timedelta(days=365)
# Which way research says is the worse one (FACTS 3.1, 3.2). Calls ended by right may show a right
# that is used or abuse that is met: both ways.
WORSE: Mapping[str, Direction] = {"heavy": 1, "given": 1, "occupancy": 1, "rested": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLeaving:
    """
    A team: leavers a year, the share still there after a year, and leavers naming emotional effort.

    None where there is not enough to tell.
    """

    team: str
    n_people: int
    rate: Estimate
    after_a_year: Estimate | None
    naming_effort: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """All of the house as a curve, teams beside each other, and what goes with leaving."""

    n_people: int
    curve: tuple[Step, ...] | None
    naming_effort: Estimate | None
    teams: Sequence[TeamLeaving]
    hazards: Mapping[str, Hazard]


def leaving(
    tenancy: Tenancy, teams: Sequence[TeamConditions], since: datetime, until: datetime
) -> Leaving | None:
    """Return who left in a time, None where no extract was brought in."""
    people = [one for one in staff(tenancy) if one.started_on < until.date()]
    if not people:
        return None
    begin, end = since.date(), until.date()
    there = [one for one in people if one.ended_on is None or one.ended_on >= begin]
    by_team: dict[str, list[Person]] = {}
    for one in there:
        by_team.setdefault(one.team, []).append(one)
    crews: Counter[str | None] = Counter({team: len(some) for team, some in by_team.items()})
    shown = shown_teams(crews)
    left = [one for one in there if one.ended_on is not None and one.ended_on < end]
    naming = set(shown_teams(Counter(one.team for one in left)))
    return Leaving(
        n_people=len(there),
        curve=staying(people, end),
        naming_effort=naming_effort([one.reason for one in left]),
        teams=[
            _team(team, people, begin, end, left=left if team in naming else ()) for team in shown
        ],
        hazards=_hazards({team: by_team[team] for team in shown}, teams, begin, end),
    )


def _team(
    team: str, people: Sequence[Person], since: date, until: date, *, left: Sequence[Person]
) -> TeamLeaving:
    """Return a team; `left` are leavers whose reasons may be told, of every team."""
    every = [one for one in people if one.team == team]
    n_people = sum(one.ended_on is None or one.ended_on >= since for one in every)
    n_left, years = at_risk(every, since, until)
    steps = staying(every, until)
    return TeamLeaving(
        team=team,
        n_people=n_people,
        rate=rate(n_left, years, n=n_people),
        after_a_year=None if steps is None else there_after(steps, _YEAR.days, len(every)),
        naming_effort=naming_effort([one.reason for one in left if one.team == team]),
    )


def _hazards(
    by_team: Mapping[str, Sequence[Person]],
    teams: Sequence[TeamConditions],
    since: date,
    until: date,
) -> dict[str, Hazard]:
    times = {team: at_risk(some, since, until) for team, some in by_team.items()}
    by_condition: dict[str, list[TeamTime]] = {}
    for name in CONDITIONS:
        by_condition[name] = [
            TeamTime(n_left=times[one.team][0], years=times[one.team][1], condition=told.value)
            for one in teams
            if one.team in times and (told := one.shares()[name]) and told.value is not None
        ]
    return hazards(by_condition, WORSE)
