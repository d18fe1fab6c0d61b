"""`kindline tenant`: another house on the same installation, with an administrator of its own."""

from datetime import UTC, datetime
from pathlib import Path
import re
from typing import Annotated

from sqlalchemy.exc import IntegrityError
import typer

from kindline.config import Settings
from kindline.errors import InputError
from kindline.opening import store_of
from kindline.store.people import add_user, ensure_tenant
from kindline.store.sessions import open_link

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def run(
    identity: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    admin: Annotated[str, typer.Option(help="E-mail address of its first administrator.")],
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
) -> None:
    """Make a tenant, whose people and conversations are nobody else's; print a one-time link."""
    if not _ID.fullmatch(identity):
        raise InputError("an id has small letters, digits and hyphens, and begins with no hyphen")
    settings, now = Settings(), datetime.now(UTC)
    try:
        with store_of(settings, out).of(identity).begin() as tenancy:
            ensure_tenant(tenancy, name, now=now)
            made = add_user(tenancy, admin, "Administrator", ["admin"], now=now)
            secret = open_link(tenancy.connection, made.user_id, now=now)
    except IntegrityError:
        raise InputError("somebody signs in with this address already") from None
    typer.echo(f"{settings.address.rstrip('/')}/link/{secret}")
