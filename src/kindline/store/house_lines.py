"""Helplines that a house adds to ours: as any of a weak source, shown once somebody dialled."""

from datetime import datetime
import re
from typing import NamedTuple

from sqlalchemy import RowMapping, delete, select

from kindline.countries import countries
from kindline.errors import PolicyError
from kindline.safeguarding.helplines import HELP_NEEDS, Helpline, HelpNeed, helplines
from kindline.safeguarding.hours import hours_from
from kindline.store.call_tables import HOUSE_LINES
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import DIALLED
from kindline.store.upsert import upsert

_DIAL = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_HOURS = "hours are written 24/7, or mon-fri 09:00-19:00, sat 10:00-16:00"


def every_line(tenancy: Tenancy, country: str) -> list[Helpline]:
    """Return our lines of a country and those of the house, whether they may be shown or not."""
    own = (HOUSE_LINES.c.tenant_id == tenancy.tenant) & (HOUSE_LINES.c.country == country)
    rows = tenancy.connection.execute(select(HOUSE_LINES).where(own)).mappings()
    of_house = [_own_line(row) for row in rows]
    dials = {line.dial for line in of_house}
    return [*of_house, *(line for line in helplines(country) if line.dial not in dials)]


class OwnLine(NamedTuple):
    """A line that a house adds, as somebody typed it."""

    country: str
    dial: str
    name: str
    needs: tuple[str, ...]
    languages: tuple[str, ...]
    hours: str
    whom: str
    url: str


def add_line(tenancy: Tenancy, line: OwnLine, *, by: str, now: datetime) -> None:
    """Keep a line of the house; raises PolicyError that says what is wrong with it."""
    needs = tuple(need for need in HELP_NEEDS if need in line.needs)
    languages = tuple(code for code in line.languages if _LANGUAGE.fullmatch(code))
    if line.country not in countries():
        raise PolicyError("a country that we have an emergency number of")
    if not _DIAL.fullmatch(line.dial):
        raise PolicyError("a number is dialled: digits, and a plus before them where it needs one")
    if not (line.name.strip() and line.whom.strip() and needs and languages):
        raise PolicyError("a name, whom it is for, a need and a language are missing")
    if line.url and not line.url.startswith("https://"):
        raise PolicyError("an address begins with https://")
    try:
        hours_from(line.hours)
    except ValueError:
        raise PolicyError(_HOURS) from None
    row = {
        "tenant_id": tenancy.tenant,
        "country": line.country,
        "dial": line.dial,
        "name": line.name.strip(),
        "needs": "|".join(needs),
        "languages": "|".join(languages),
        "hours": line.hours or None,
        "whom": line.whom.strip(),
        "url": line.url,
        "by_name": by,
        "made_at": now,
    }
    upsert(tenancy.connection, HOUSE_LINES, [row], ("tenant_id", "country", "dial"))
    _forget_dialled(tenancy, line.country, line.dial)


def drop_line(tenancy: Tenancy, country: str, dial: str) -> None:
    """Keep a line of the house no longer; one of ours stays."""
    own = (HOUSE_LINES.c.tenant_id == tenancy.tenant) & (HOUSE_LINES.c.country == country)
    tenancy.connection.execute(delete(HOUSE_LINES).where(own, HOUSE_LINES.c.dial == dial))


def _forget_dialled(tenancy: Tenancy, country: str, dial: str) -> None:
    """Forget who dialled: what they heard was said of another record."""
    own = (DIALLED.c.tenant_id == tenancy.tenant) & (DIALLED.c.country == country)
    tenancy.connection.execute(delete(DIALLED).where(own, DIALLED.c.dial == dial))


def _own_line(row: RowMapping) -> Helpline:
    needs: tuple[HelpNeed, ...] = tuple(one for one in HELP_NEEDS if one in row["needs"].split("|"))
    return Helpline(
        country=row["country"],
        name=row["name"],
        needs=needs,
        languages=tuple(row["languages"].split("|")),
        dial=row["dial"],
        scope="",
        hours=hours_from(row["hours"]),
        whom=row["whom"],
        url=row["url"],
        grade="U",  # until somebody of the house dialled it
        source=f"added by {row['by_name']}",
        source_seen_at=in_utc(row["made_at"]).date(),
    )
