"""`kindline load`: a finished batch, put into the store."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.progress import Progress
import typer

from kindline.batch.folder import Folder
from kindline.batch.loading import RECENT, Load
from kindline.config import Settings
from kindline.opening import DATABASE, store_of
from kindline.store.retention import forget


def run(
    batch: Annotated[str, typer.Argument(help="Folder or bucket that `kindline batch` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {DATABASE}; default KINDLINE_HOME.")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Then take the batch away: it holds words.")
    ] = False,
) -> None:
    """Put a finished batch into the store."""
    store, now = store_of(Settings(), out), datetime.now(UTC)
    with store.begin() as tenancy:
        forget(tenancy, now=now)
    load = Load(store=store, target=Folder(address=batch), now=now)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        n_parts = len(load.manifest["parts"])
        for _ in progress.track(load.parts(), total=n_parts, description="Loading"):
            pass
    store.close()
    typer.echo(load.told, err=True)
    if load.told.n_old_cues:
        typer.echo(
            f"{load.told.n_old_cues} crisis cues older than {RECENT.days} days: no case opened",
            err=True,
        )
    if remove:
        load.remove()
    still = "is taken away" if remove else "still holds words: remove it when you need it no more"
    typer.echo(f"{load.target.shown} {still}", err=True)
