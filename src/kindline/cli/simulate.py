"""`kindline simulate`: a centre that does not exist, whose truth is known."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from kindline.errors import StoreError
from kindline.intake.event_logs import mapping, read
from kindline.opening import DATABASE
from kindline.selfservice.journeys import journeys
from kindline.simulation.drawing import Drawing
from kindline.simulation.writing import EVENTS, TRUTH, write
from kindline.store.database import opened
from kindline.store.journeys import link, save_journeys


def run(
    folder: Annotated[Path, typer.Argument(help="New folder for its database, log and truth.")],
    contacts: Annotated[int, typer.Option(help="How many contacts.", min=100)] = 100_000,
    seed: Annotated[int, typer.Option(help="Another number, another centre.")] = 1,
) -> None:
    """Write a simulated centre: `kindline serve` and every report work on it as on a real one."""
    if (folder / DATABASE).exists():
        raise StoreError(str(folder), "a database", "a folder without one")
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    store = opened(folder / DATABASE)
    drawing = Drawing(random=Random(seed), until=now)  # noqa: S311 -- no secret
    truth = write(store, folder, drawing, n_contacts=contacts)
    log = read(folder / EVENTS, mapping("plain"))
    some = journeys(log.events)
    with store.begin() as tenancy:
        save_journeys(tenancy, some, now=now)
        n_linked = link(tenancy)
    store.close()
    typer.echo(
        f"{truth.n_contacts} contacts, {len(some)} sessions, {n_linked} of them followed by a "
        f"contact; what is planted: {folder / TRUTH}",
        err=True,
    )
    typer.echo(f"KINDLINE_HOME={folder} kindline serve", err=True)
