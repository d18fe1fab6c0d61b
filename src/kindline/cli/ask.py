"""`kindline ask`: a bounded question of the numbers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.insight.answer import Answer, answer
from kindline.insight.question import Question, question
from kindline.insight.translating import translated
from kindline.insight.where import Scope, Where
from kindline.opening import DATABASE, store_of
from kindline.policy import profile
from kindline.report.period import period
from kindline.report.shown import interval_shown, value_shown
from kindline.running import endpoint_of
from kindline.store.facts import Facts


def run(
    text: Annotated[str, typer.Argument(help="As: share companionship by channel last 13 weeks.")],
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Run what a model made of it without asking.")
    ] = False,
) -> None:
    """Answer with n, interval and link; other words go to the model that is set, if one is."""
    settings = Settings()
    asked = _asked(text, settings, is_sure=yes)
    between = None
    if asked.period is not None:
        told = period(asked.period, settings.timezone)
        between = (told.since, told.until)
    facts = Facts((out or settings.home) / "facts")
    with store_of(settings, out).read() as tenancy:
        facts.refresh(tenancy)
        scope = Scope(facts=facts, tenant=tenancy.tenant, where=Where(zone=settings.timezone))
        found = answer(scope, tenancy, asked, between=between, now=datetime.now(UTC))
    facts.close()
    Console().print(_table(found, settings.address.rstrip("/")))


def _asked(text: str, settings: Settings, *, is_sure: bool) -> Question:
    try:
        return question(text)
    except UnknownNameError:
        endpoint = endpoint_of(settings, profile(settings.policy))
        if endpoint is None:
            raise
    made = translated(text, endpoint)
    typer.echo(f"asked as: {made}", err=True)
    if not is_sure:
        typer.confirm("Run it?", abort=True, err=True)
    return made


def _table(found: Answer, address: str) -> Table:
    table = Table(found.question.by or "", "", "95 %", "n", "unjudged", title=str(found.question))
    table.add_column("opens", overflow="fold")
    for line in found.lines:
        one = line.estimate
        if one is None:
            table.add_row(line.name or "all", "too few to tell", "", "", "", "")
            continue
        table.add_row(
            line.name or "all",
            value_shown(one, found.unit),
            interval_shown(one, found.unit),
            str(one.n),
            str(one.n_unjudged),
            "" if line.link is None else f"{address}{line.link}",
        )
    return table
