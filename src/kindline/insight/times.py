"""
Time: what a contact takes, how much of it after its matter was settled, and what is fair to expect.

Teams of fewer than five agents are not told: a number of theirs would be about somebody. Nor is one
whose number could be worked out from those of the others. Nothing here ranks or names an agent;
their own time is for themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kindline.insight.crew import shown_teams
from kindline.insight.where import Scope
from kindline.metrics.expected_time import Cell, Kind, expected_of, expected_s, fair_aht_s
from kindline.metrics.gift_of_time import Gift, Sums, gift_of_time
from kindline.metrics.occupancy import FEWEST as FEWEST_AGENTS
from kindline.metrics.ratio import mean
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy
from kindline.store.handle_times import Handled, agents_by_team, handle_times, n_agents

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Mean handle time in seconds of a kind of contact: in all, for the matter, and after it."""

    name: str
    whole: Estimate
    service: Estimate
    after: Estimate
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What to expect of contacts of one kind, in seconds, beside what was measured."""

    channel: str | None
    reason: str | None
    is_company: bool
    expected_s: float
    measured: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fair:
    """A team's AHT in seconds as it is, and as it would be with the centre's mix of contacts."""

    team: str
    n_agents: int
    raw: Estimate
    fair: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """The centre's AHT in seconds, what to expect of each kind, and teams beside each other."""

    centre: Estimate
    expected: Sequence[Expected]
    teams: Sequence[Fair]
    n_hidden_teams: int


def splits(scope: Scope) -> list[Split]:
    """
    Return the split of handle time: of all contacts, of those for company, and of the others.

    Contacts whose matter was settled, as for others nothing says when service ended.
    """
    known = "handle_ms IS NOT NULL AND after_ms IS NOT NULL AND resolution = 'settled'"
    kinds = {
        "all": "true",
        "company": "companionship = 'present'",
        "other": "companionship = 'absent'",
    }
    found: list[Split] = []
    for name, kind in kinds.items():
        columns = ", ".join(
            f"sum({what}) AS {of}_sum, sum(({what}) * ({what})) AS {of}_squares"
            for of, what in _SECONDS.items()
        )
        row = scope.rows(
            f"count(*) FILTER (NOT ({known})) AS n_unjudged, count(*) FILTER ({known}) AS n",
            f"AND {kind}",
        )[0]
        sums = scope.rows(columns, f"AND {kind} AND {known}")[0]
        found.append(_split(name, row, sums, scope))
    return found


_SECONDS = {
    "whole": "handle_ms / 1000.0",
    "service": "(handle_ms - after_ms) / 1000.0",
    "after": "after_ms / 1000.0",
}


def _split(name: str, row: Mapping[str, Any], sums: Mapping[str, Any], scope: Scope) -> Split:
    told = {
        of: mean(
            row["n"],
            sums[f"{of}_sum"] or 0.0,
            sums[f"{of}_squares"] or 0.0,
            n_unjudged=row["n_unjudged"],
        )
        for of in _SECONDS
    }
    return Split(
        name=name,
        whole=told["whole"],
        service=told["service"],
        after=told["after"],
        is_hidden=scope.has_too_few(row["n"]),
    )


def gift(
    scope: Scope, *, cost_an_hour: float | None, raw: Estimate, right: Estimate | None
) -> Gift | None:
    """
    Return the time given to people who came for company; `raw` and `right` are their share.

    None where they are too few to be told of.
    """
    given = "CASE WHEN resolution = 'nothing_to_settle' THEN handle_ms ELSE after_ms END / 1000.0"
    row = scope.rows(
        f"count({given}) AS n, coalesce(sum({given}), 0) AS total, "
        f"coalesce(sum(({given}) * ({given})), 0) AS squares, count(*) AS n_all",
        "AND companionship = 'present'",
    )[0]
    if scope.has_too_few(row["n"]):
        return None
    sums = Sums(
        n=row["n"],
        total_s=row["total"],
        squares_s=row["squares"],
        n_unjudged=row["n_all"] - row["n"],
    )
    return gift_of_time(sums, cost_an_hour=cost_an_hour, correction=_correction(raw, right))


def _correction(raw: Estimate, right: Estimate | None) -> Estimate | None:
    """Return the corrected share over the raw one, which is known far better."""
    if right is None or not raw.value or right.value is None:
        return None
    low, high = (right.low or 0.0) / raw.value, (right.high or 0.0) / raw.value
    return Estimate(
        value=right.value / raw.value,
        low=low,
        high=high,
        n=right.n,
        n_unjudged=right.n_unjudged,
        method=right.method,
    )


def fairness(tenancy: Tenancy, meant: Handled) -> Fairness:
    """Return what to expect of each kind of contact, and each team with the centre's mix."""
    rows = handle_times(tenancy, meant)
    cells = [_cell(row) for row in rows]
    expected = expected_s(cells)
    centre = _mean(cells)
    by_team: dict[str, list[Cell]] = {}
    for row, cell in zip(rows, cells, strict=True):
        if row["team"] is not None:
            by_team.setdefault(row["team"], []).append(cell)
    crews = agents_by_team(tenancy, meant)
    shown = shown_teams(crews)
    return Fairness(
        centre=centre,
        expected=_kinds(rows, expected),
        teams=[
            Fair(
                team=team,
                n_agents=crews[team],
                raw=_mean(by_team[team]),
                fair=fair_aht_s(by_team[team], expected, centre_s=centre.value or 0.0),
            )
            for team in shown
        ],
        n_hidden_teams=len(by_team) - len(shown),
    )


def own_time(
    tenancy: Tenancy, agent_key: str, meant: Handled
) -> tuple[Estimate, Estimate, Estimate] | None:
    """
    Return the centre's AHT, an agent's, and that with the centre's mix: for them alone.

    None where the others are fewer than five: their time would be told by one's own.
    """
    rows = handle_times(tenancy, meant)
    if n_agents(tenancy, meant, at_most=FEWEST_AGENTS + 1) <= FEWEST_AGENTS:
        return None
    every = [_cell(row) for row in rows]
    own = [_cell(row) for row in handle_times(tenancy, meant, agent_key=agent_key)]
    centre = _mean(every)
    fair = fair_aht_s(own, expected_s(every), centre_s=centre.value or 0.0)
    return centre, _mean(own), fair


def _cell(row: Mapping[str, Any]) -> Cell:
    kind: Kind = (row["channel"], row["reason"], row["company"])
    return Cell(kind=kind, n=row["n"], total_s=row["total_s"], squares_s=row["squares_s"])


def _mean(cells: Sequence[Cell]) -> Estimate:
    n = sum(cell.n for cell in cells)
    return mean(n, sum(cell.total_s for cell in cells), sum(cell.squares_s for cell in cells))


def _kinds(rows: Sequence[Mapping[str, Any]], expected: Mapping[Kind, float]) -> list[Expected]:
    """Return each kind of contact that five agents took at least, the most frequent first."""
    by_kind: dict[Kind, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(_cell(row).kind, []).append(row)
    found = [
        Expected(
            channel=kind[0],
            reason=kind[1],
            is_company=kind[2] == "company",
            expected_s=expected_of(kind, expected),
            measured=_mean([_cell(row) for row in own]),
        )
        for kind, own in by_kind.items()
        if sum(row["n_agents"] for row in own) >= FEWEST_AGENTS
    ]
    return sorted(found, key=lambda one: -one.measured.n)
