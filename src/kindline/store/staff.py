"""
People of a personnel extract, and how full teams were: told of teams, of nobody.

A person's pseudonym is blinded apart from agents' (`staff`): no contact can be joined to it.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from kindline.model.estimate import Estimate
from kindline.store.care_tables import STAFF, TEAM_OCCUPANCY
from kindline.store.database import Tenancy
from kindline.store.upsert import upsert
from kindline.wellbeing.attrition import Person

_METHOD = "ratio over agents, 95 % by linearisation"


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
