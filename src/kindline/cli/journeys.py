"""`kindline journeys`: take in what self-service logged, to see which steps make people call."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.intake.event_logs import NAMES, mapping, read
from kindline.opening import DATABASE, store_of
from kindline.selfservice.journeys import journeys
from kindline.store.journeys import link, save_journeys


def run(
    files: Annotated[list[Path], typer.Argument(help="Event logs: CSV, JSON Lines or Parquet.")],
    named_by: Annotated[
        str, typer.Option("--mapping", help=f"{', '.join(NAMES)}, or a TOML file of your own.")
    ] = "plain",
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
) -> None:
    """Store the sessions of event logs, and find the contacts that followed them."""
    steps, store, now = mapping(named_by), store_of(Settings(), out), datetime.now(UTC)
    is_rejected = False
    for file in files:
        log = read(file, steps)
        some = journeys(log.events)
        with store.begin() as tenancy:
            save_journeys(tenancy, some, now=now)
        for error in log.rejected:
            typer.echo(f"rejected: {error}", err=True)
        n_events, n_rejected = len(log.events), len(log.rejected)
        typer.echo(
            f"{file.name}: {n_events + n_rejected} rows = {n_events} events in {len(some)} "
            f"sessions + {n_rejected} rejected",
            err=True,
        )
        is_rejected = is_rejected or bool(log.rejected)
    with store.begin() as tenancy:
        n_linked = link(tenancy)
    typer.echo(f"{n_linked} sessions were followed by a contact", err=True)
    raise typer.Exit(1 if is_rejected else 0)
