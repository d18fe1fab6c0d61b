"""`kindline staffing`: how many people a queue takes when some callers come for company."""

from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.staffing.scenarios import PREDICTED, Question, Scenario, scenario

_SHARES = (0.0, 0.02, 0.05, 0.1)
_PERCENT = 100.0


def run(
    calls: Annotated[float, typer.Option(help="Calls an hour.", min=1, max=20_000)],
    handle: Annotated[float, typer.Option(help="Mean handle time of a matter, seconds.", min=1)],
    company: Annotated[
        float, typer.Option(help="Mean handle time of a caller who came for company, seconds.")
    ] = 900.0,
    give: Annotated[
        float | None, typer.Option(help="Minutes the house gives to each of them on purpose.")
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="Percent of callers who come for company.", min=0, max=100)
    ] = None,
    cost: Annotated[float | None, typer.Option(help="Cost of a person an hour.")] = None,
) -> None:
    """Tell agents, people to schedule and service level for shares of callers who want company."""
    question = Question(
        calls_an_hour=calls,
        service_s=handle,
        company_s=company,
        given_s=None if give is None else give * 60,
        cost_an_hour=cost,
    )
    shares = _SHARES if share is None else (0.0, share / _PERCENT)
    table = Table("Company", "Agents", "Scheduled", "In time (95 %)", "Occupancy", "Cost an hour")
    for one in [scenario(question, part) for part in (*shares, PREDICTED)]:
        table.add_row(*_row(one))
    console = Console()
    console.print(table)
    console.print(
        f"{PREDICTED:.0%}: Gartner's prediction of 2021 for 2026, without a published method; no "
        "measurement. Simulated, for 80 % within 20 seconds; a ceiling of 85 % occupancy, 5 % "
        "breaks and 25 % shrinkage are ours, without evidence.",
        soft_wrap=True,
    )


def _row(one: Scenario) -> tuple[str, ...]:
    told = one.played
    interval = f"{told.service_level_low:.0%} to {told.service_level_high:.0%}"
    return (
        f"{one.share:.0%}",
        str(one.agents),
        str(one.scheduled),
        f"{told.service_level:.0%} ({interval})",
        f"{told.occupancy:.0%}",
        "-" if one.cost is None else f"{one.cost:,.0f}",
    )
