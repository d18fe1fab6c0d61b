"""
People of a personnel extract, how full teams were, and a quarter's pulse: all of teams, of nobody.

A person's pseudonym is blinded apart from agents' (`staff`): no contact can be joined to it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
import json
import secrets

from sqlalchemy import delete, insert, select

from kindline.errors import PolicyError
from kindline.model.estimate import Estimate
from kindline.store.care_tables import PULSE_GIVEN, PULSES, STAFF, TEAM_OCCUPANCY
from kindline.store.database import Tenancy
from kindline.store.upsert import upsert
from kindline.wellbeing.attrition import Person

_METHOD = "ratio over agents, 95 % by linearisation"
_MONTHS_A_QUARTER = 3


def replace_staff(tenancy: Tenancy, people: Iterable[tuple[str, Person]]) -> None:
    """Put an extract in place of the last one: it is whole, and who is not in it is not kept."""
    own = STAFF.c.tenant_id == tenancy.tenant
    tenancy.connection.execute(delete(STAFF).where(own))
    rows = {
        (tenancy.blind("staff", told), one.started_on): {
            "tenant_id": tenancy.tenant,
            "staff_key": tenancy.blind("staff", told),
            "team": one.team,
            "started_on": one.started_on,
            "ended_on": one.ended_on,
            "reason": one.reason,
        }
        for told, one in people
    }
    if rows:
        tenancy.connection.execute(insert(STAFF), list(rows.values()))


def staff(tenancy: Tenancy) -> list[Person]:
    """Return the people of the last extract, in no order that tells who they are."""
    columns = STAFF.c
    query = select(columns.team, columns.started_on, columns.ended_on, columns.reason)
    own = columns.tenant_id == tenancy.tenant
    rows = tenancy.connection.execute(query.where(own).order_by(columns.staff_key)).mappings()
    return [Person(**row) for row in rows]


def keep_occupancy(tenancy: Tenancy, month: str, by_team: Mapping[str, Estimate]) -> int:
    """Keep how full teams were in a month, those that have a value; return how many."""
    rows = [
        {
            "tenant_id": tenancy.tenant,
            "team": team,
            "month": month,
            **{name: getattr(one, name) for name in ("value", "low", "high", "n")},
        }
        for team, one in by_team.items()
        if one.value is not None
    ]
    upsert(tenancy.connection, TEAM_OCCUPANCY, rows, ("tenant_id", "team", "month"))
    return len(rows)


def occupancies(tenancy: Tenancy) -> dict[str, Estimate]:
    """Return how full each team was in the last month that is known of it."""
    own = TEAM_OCCUPANCY.c.tenant_id == tenancy.tenant
    query = select(TEAM_OCCUPANCY).where(own).order_by(TEAM_OCCUPANCY.c.month)
    return {
        row["team"]: Estimate(
            **{name: row[name] for name in ("value", "low", "high", "n")},
            n_unjudged=0,
            method=_METHOD,
        )
        for row in tenancy.connection.execute(query).mappings()
    }


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
    row = {
        **own,
        "pulse_id": secrets.token_hex(16),
        "team": team,
        "told": json.dumps(dict(answers)),
    }
    tenancy.connection.execute(insert(PULSES), [row])


def pulse_answers(tenancy: Tenancy, quarter: str) -> dict[str | None, list[dict[str, int]]]:
    """Return the answers of a quarter by team, in no order that tells who was when."""
    columns = PULSES.c
    own = (columns.tenant_id == tenancy.tenant) & (columns.quarter == quarter)
    found: dict[str | None, list[dict[str, int]]] = {}
    for row in tenancy.connection.execute(select(PULSES).where(own).order_by(columns.pulse_id)):
        found.setdefault(row.team, []).append(json.loads(row.told))
    return found
