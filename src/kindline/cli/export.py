"""`kindline export`: what is stored, in a format of others."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.export import BY_NAME
from kindline.export.words import seen_by
from kindline.opening import DATABASE, store_of
from kindline.store.conversations import load
from kindline.store.retention import forget

_ROLES = ("safeguarding",)


def run(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{', '.join(BY_NAME)}.")],
    target: Annotated[Path, typer.Argument(help="File to write; a folder for vCons.")],
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
    role: Annotated[
        str | None,
        typer.Option(help=f"Who will read it, where the policy asks: {', '.join(_ROLES)}."),
    ] = None,
    no_words: Annotated[
        bool, typer.Option("--no-words", help="Leave out what people said: places stay, empty.")
    ] = False,
) -> None:
    """Write what was stored as JSON Lines, CSV, Parquet or vCon."""
    if form not in BY_NAME:
        raise UnknownNameError("format", form, tuple(BY_NAME))
    if role not in (None, *_ROLES):
        raise UnknownNameError("role", str(role), _ROLES)
    target.parent.mkdir(parents=True, exist_ok=True)
    with store_of(Settings(), out).begin() as tenancy:
        forget(tenancy, now=datetime.now(UTC))
        seen = (seen_by(role, one) for one in load(tenancy))
        n_written = BY_NAME[form].write(seen, target, has_words=not no_words)
    typer.echo(f"{n_written} conversations -> {target}", err=True)
