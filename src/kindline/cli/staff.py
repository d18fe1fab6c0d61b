"""`kindline staff`: who was in which team from when to when, to tell how long people stay."""

from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.intake.staff import read
from kindline.opening import DATABASE, store_of
from kindline.store.staff import replace_staff


def run(
    file: Annotated[
        Path, typer.Argument(help="CSV or JSON Lines: person, team, start, end, reason.")
    ],
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
) -> None:
    """Store a personnel extract in place of the last; told of teams of five or more, of nobody."""
    extract, store = read(file), store_of(Settings(), out)
    with store.begin() as tenancy:
        replace_staff(tenancy, extract.people)
    for error in extract.rejected:
        typer.echo(f"rejected: {error}", err=True)
    n_left = sum(one.ended_on is not None for _, one in extract.people)
    n_rows = len(extract.people) + len(extract.rejected)
    typer.echo(
        f"{n_rows} rows = {len(extract.people)} spells of people ({n_left} ended) "
        f"+ {len(extract.rejected)} rejected",
        err=True,
    )
    raise typer.Exit(1 if extract.rejected else 0)
