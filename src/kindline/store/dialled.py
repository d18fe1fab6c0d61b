"""Helplines as people of a house found them: dialled and right, or wrong and never shown again."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from kindline.errors import UnknownNameError
from kindline.safeguarding.helplines import Helpline
from kindline.store.database import Tenancy
from kindline.store.house_lines import every_line
from kindline.store.tables import DIALLED
from kindline.store.upsert import upsert


class Dialled(NamedTuple):
    """What a named person heard when they dialled a number, and on which day."""

    is_right: bool
    dialled_on: date
    by_name: str


def note(tenancy: Tenancy, country: str, dial: str, found: Dialled) -> None:
    """Keep what a person found; the last one counts. Raises where our table has no such line."""
    known = tuple(line.dial for line in every_line(tenancy, country))
    if dial not in known:
        raise UnknownNameError("helpline", "given", known)
    row = {"tenant_id": tenancy.tenant, "country": country, "dial": dial, **found._asdict()}
    upsert(tenancy.connection, DIALLED, [row], ("tenant_id", "country", "dial"))


def dialled(tenancy: Tenancy, country: str) -> Mapping[str, Dialled]:
    """Return what people of the house found, by what is dialled."""
    columns = DIALLED.c
    query = select(columns.dial, columns.is_right, columns.dialled_on, columns.by_name).where(
        columns.tenant_id == tenancy.tenant, columns.country == country
    )
    return {dial: Dialled(*found) for dial, *found in tenancy.connection.execute(query)}


def lines_of(tenancy: Tenancy, country: str) -> list[Helpline]:
    """Return our lines as the house found them; those found wrong are left out."""
    found = dialled(tenancy, country)
    return [
        line.verified(found[line.dial].by_name, found[line.dial].dialled_on)
        if line.dial in found
        else line
        for line in every_line(tenancy, country)
        if line.dial not in found or found[line.dial].is_right
    ]
