"""`kindline occupancy`: how full the agents' time is, by team, from a feed of their states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
import json
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.config import Settings
from kindline.intake.agent_states import Spell, read
from kindline.metrics.occupancy import FEWEST, occupancy
from kindline.model.estimate import Estimate
from kindline.opening import DATABASE, store_of
from kindline.store.staff import keep_occupancy

_BUSY = ("handling", "after_call_work")
_ALL = "all"


def run(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines: agent, state, start, end.")],
    as_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on stdout.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it as the month of the last state, by team.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}, for --keep.")] = None,
) -> None:
    """Tell the occupancy of each team of five or more; nobody is shown alone."""
    feed = read(file)
    found = by_team(feed.spells)
    if keep and feed.spells:
        _keep(found, max(one.end for one in feed.spells), out)
    if as_lines:
        for team, estimate in found.items():
            typer.echo(json.dumps({"team": team, **asdict(estimate)}, ensure_ascii=False))
    else:
        Console().print(_table(found))
    for error in feed.rejected:
        typer.echo(f"rejected: {error}", err=True)
    n_rows = len(feed.spells) + feed.n_unended + len(feed.rejected)
    typer.echo(
        f"{n_rows} rows = {len(feed.spells)} states + {feed.n_unended} that nothing ends "
        f"+ {len(feed.rejected)} rejected",
        err=True,
    )
    raise typer.Exit(1 if feed.rejected else 0)


def _keep(found: Mapping[str, Estimate], last: datetime, out: Path | None) -> None:
    """Keep what teams show, for the page of team conditions; no agent's time is kept."""
    teams = {team: one for team, one in found.items() if team != _ALL}
    with store_of(Settings(), out).begin() as tenancy:
        n = keep_occupancy(tenancy, f"{last:%Y-%m}", teams)
    typer.echo(f"{n} of {len(teams)} teams kept for {last:%Y-%m}", err=True)


def by_team(spells: Iterable[Spell]) -> dict[str, Estimate]:
    """Return the occupancy of all and of each team."""
    times: dict[str, dict[str, list[int]]] = {_ALL: {}}
    for spell in spells:
        for team in filter(None, (_ALL, spell.team)):
            own = times.setdefault(team, {}).setdefault(spell.agent, [0, 0])
            own[0] += spell.duration_ms if spell.state in _BUSY else 0
            own[1] += spell.duration_ms if spell.state == "available" else 0
    return {team: occupancy(_shown(agents, times[_ALL])) for team, agents in times.items()}


def _shown(
    agents: Mapping[str, Sequence[int]], every: Mapping[str, Sequence[int]]
) -> list[tuple[int, int]]:
    """Return the times of a group; none where the others are so few that they could be told."""
    n_others = len(every) - len(agents)
    if 0 < n_others < FEWEST:
        return []
    return [(busy, waiting) for busy, waiting in agents.values()]


def _table(found: Mapping[str, Estimate]) -> Table:
    table = Table("team", "occupancy", "95 %", "agents")
    for team, one in found.items():
        if one.value is None or one.low is None or one.high is None:
            table.add_row(team, "not shown", "fewer than five agents", str(one.n))
        else:
            table.add_row(team, f"{one.value:.0%}", f"{one.low:.0%} to {one.high:.0%}", str(one.n))
    return table
