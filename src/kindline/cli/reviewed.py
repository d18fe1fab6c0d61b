"""`kindline reviewed`: conversations with the labels that people settled, to learn from."""

from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.export.reviewed import write
from kindline.opening import store_of

_ROLES = ("safeguarding",)


def run(
    target: Annotated[Path, typer.Argument(help="File to write, JSON Lines in the plain format.")],
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
    role: Annotated[
        str | None, typer.Option(help=f"Who will read it: {', '.join(_ROLES)}, for crisis labels.")
    ] = None,
) -> None:
    """Write what two people at least agree on in Review, with the words that are kept."""
    if role not in (None, *_ROLES):
        raise UnknownNameError("role", str(role), _ROLES)
    target.parent.mkdir(parents=True, exist_ok=True)
    with store_of(Settings(), out).read() as tenancy:
        n_written = write(tenancy, target, has_crisis=role is not None)
    typer.echo(f"{n_written} conversations -> {target}", err=True)
