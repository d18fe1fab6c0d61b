"""
What it is like to work in each team: shares of contacts, of time, of rights that are used.

Of whole quarters only, so that no two periods differ by a day and thereby by somebody; of teams of
five agents or more, and of none whose number the others would give away (`crew.shown_teams`).
Suppression, not noise: noise that hid one of ten agents would hide every difference between teams
(docs/explanation/load-and-conditions.md has the numbers).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kindline.insight.crew import shown_teams
from kindline.metrics.ratio import ratio, sums_of
from kindline.model.estimate import Estimate
from kindline.store.breaks import offers_by_agent
from kindline.store.calls import ends_by_agent
from kindline.store.database import Tenancy
from kindline.store.exposures import TeamSums, team_sums
from kindline.store.staff import occupancies
from kindline.wellbeing.rotation import Spread, spread

_MONTHS = 3
_WITHIN = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter: its name as 2026-Q4, and from when to when it goes."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamConditions:
    """
    A team in a quarter, each a share with its interval over agents, None where it is not known.

    `heavy`: of contacts, those with abuse, risk, grief or company. `given`: of handle time, that of
    grief and company. `occupancy`: of time in the queue, that of contacts. `rested`: of breaks that
    were offered, those taken. `ended`: of calls, those ended by right or for abuse.
    """

    team: str
    n_agents: int
    heavy: Estimate
    given: Estimate
    occupancy: Estimate | None
    rested: Estimate | None
    ended: Estimate | None
    spread: Spread | None

    def shares(self) -> Mapping[str, Estimate | None]:
        """Return the conditions by name."""
        return {name: getattr(self, name) for name in CONDITIONS}


CONDITIONS = ("heavy", "given", "occupancy", "rested", "ended")


def quarter(year: int, number: int) -> Quarter:
    """Return the quarter of a year, 1 to 4."""
    since = datetime(year, _MONTHS * (number - 1) + 1, 1, tzinfo=UTC)
    later = (year, _MONTHS * number + 1) if number < 4 else (year + 1, 1)  # noqa: PLR2004
    return Quarter(name=f"{year}-Q{number}", since=since, until=datetime(*later, 1, tzinfo=UTC))


def quarters(now: datetime, n: int) -> list[Quarter]:
    """Return the last whole quarters, the latest first: the running one changes by the day."""
    year, number = now.year, (now.month - 1) // _MONTHS + 1
    found: list[Quarter] = []
    for _ in range(n):
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        found.append(quarter(year, number))
    return found


def conditions(tenancy: Tenancy, since: datetime, until: datetime) -> list[TeamConditions]:
    """Return the teams that may be told, by name."""
    agents = team_sums(tenancy, since, until)
    by_team: dict[str, list[TeamSums]] = {}
    for one in agents:
        if one.team is not None:
            by_team.setdefault(one.team, []).append(one)
    full = occupancies(tenancy)
    rested = _of_teams(offers_by_agent(tenancy, since, until))
    ended = _of_teams(ends_by_agent(tenancy, since, until))
    return [
        TeamConditions(
            team=team,
            n_agents=len(by_team[team]),
            heavy=_share((one.n_heavy, one.n) for one in by_team[team]),
            given=_share((one.given_ms, one.handle_ms) for one in by_team[team]),
            occupancy=full.get(team),
            rested=rested.get(team),
            ended=ended.get(team),
            spread=_spread(by_team[team]),
        )
        for team in shown_teams(Counter(one.team for one in agents))
    ]


def _of_teams(agents: Sequence[tuple[str, int, int]]) -> dict[str, Estimate]:
    """Return the share of each team from (team, all, counted) of each agent; of five or more."""
    by_team: dict[str, list[tuple[int, int]]] = {}
    for team, n, n_counted in agents:
        by_team.setdefault(team, []).append((n_counted, n))
    crews: Counter[str | None] = Counter({team: len(some) for team, some in by_team.items()})
    return {team: _share(by_team[team]) for team in shown_teams(crews)}


def _share(agents: Iterable[tuple[float, float]]) -> Estimate:
    return ratio(sums_of(agents), within=_WITHIN)


def _spread(agents: Sequence[TeamSums]) -> Spread | None:
    return spread([(one.n_heavy, one.n) for one in agents], sum(one.n_shifts for one in agents))
