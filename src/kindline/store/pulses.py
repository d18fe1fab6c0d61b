"""
A quarter's pulse: that somebody answered, and apart from it what was answered.

An answer has a team and a quarter, and no key, time or order of anybody.
"""

from collections.abc import Mapping
from datetime import datetime
import json
import secrets

from sqlalchemy import delete, insert, select

from kindline.errors import PolicyError
from kindline.store.care_tables import PULSE_GIVEN, PULSES
from kindline.store.database import Tenancy

_MONTHS_A_QUARTER = 3


def quarter_of(at: datetime) -> str:
    """Return the quarter of a time, as 2026-Q4."""
    return f"{at.year}-Q{(at.month - 1) // _MONTHS_A_QUARTER + 1}"


def has_answered(tenancy: Tenancy, user_id: str, quarter: str) -> bool:
    """Return whether somebody answered the pulse of a quarter; what, nothing can tell."""
    columns = PULSE_GIVEN.c
    is_it = (columns.quarter == quarter) & (columns.giver_key == tenancy.blind("pulse", user_id))
    own = columns.tenant_id == tenancy.tenant
    return tenancy.connection.scalar(select(columns.quarter).where(own, is_it)) is not None


def answer_pulse(
    tenancy: Tenancy, user_id: str, answers: Mapping[str, int], *, team: str | None, now: datetime
) -> None:
    """Keep answers without who gave them; raises PolicyError where they answered this quarter."""
    quarter = quarter_of(now)
    if has_answered(tenancy, user_id, quarter):
        raise PolicyError("the pulse of this quarter is answered, and nobody can find the answer")
    own = {"tenant_id": tenancy.tenant, "quarter": quarter}
    giver = {**own, "giver_key": tenancy.blind("pulse", user_id)}
    tenancy.connection.execute(insert(PULSE_GIVEN), [giver])
    _mixed_in(tenancy, quarter, {"team": team, "told": json.dumps(dict(answers))})


def _mixed_in(tenancy: Tenancy, quarter: str, answer: Mapping[str, str | None]) -> None:
    """
    Put an answer among the others of its quarter, all written anew in an order by chance.

    A database remembers which rows were written together, and in which order: so it remembers this
    of none, and who last answered is all that the last change tells.
    """
    columns = PULSES.c
    theirs = (columns.tenant_id == tenancy.tenant) & (columns.quarter == quarter)
    query = select(columns.team, columns.told).where(theirs)
    every = [*(dict(row) for row in tenancy.connection.execute(query).mappings()), answer]
    secrets.SystemRandom().shuffle(every)
    tenancy.connection.execute(delete(PULSES).where(theirs))
    own = {"tenant_id": tenancy.tenant, "quarter": quarter}
    rows = [{**own, **one, "pulse_id": secrets.token_hex(16)} for one in every]
    tenancy.connection.execute(insert(PULSES), rows)


def pulse_answers(tenancy: Tenancy, quarter: str) -> dict[str | None, list[dict[str, int]]]:
    """Return the answers of a quarter by team, in no order that tells who was when."""
    columns = PULSES.c
    own = (columns.tenant_id == tenancy.tenant) & (columns.quarter == quarter)
    found: dict[str | None, list[dict[str, int]]] = {}
    for row in tenancy.connection.execute(select(PULSES).where(own).order_by(columns.pulse_id)):
        found.setdefault(row.team, []).append(json.loads(row.told))
    return found
