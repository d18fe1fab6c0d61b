"""`kindline export`: what is stored, in a format of others."""

from datetime import UTC, datetime
import getpass
from pathlib import Path
from typing import Annotated

from sqlalchemy import select
import typer

from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.export import BY_NAME
from kindline.export.words import seen_by
from kindline.opening import DATABASE, store_of
from kindline.store.conversations import load
from kindline.store.exports import note_export
from kindline.store.retention import forget
from kindline.store.tables import CONVERSATIONS

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
        now = datetime.now(UTC)
        forget(tenancy, now=now)
        own = CONVERSATIONS.c.tenant_id == tenancy.tenant
        numbers = list(tenancy.connection.scalars(select(CONVERSATIONS.c.number).where(own)))
        by = getpass.getuser()
        note_export(tenancy, numbers, form, has_words=not no_words, by=by, now=now)
        seen = (seen_by(role, one) for one in load(tenancy))
        n_written = BY_NAME[form].write(seen, target, has_words=not no_words)
    typer.echo(f"{n_written} conversations -> {target}", err=True)
