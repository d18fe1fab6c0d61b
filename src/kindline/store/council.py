"""What a works council decided: each decision is kept, with who and when; the last is in force."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import insert, select

from kindline.store.care_tables import COUNCIL_RULES
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc

CoachSees = Literal["nothing", "shared", "all"]


class Council(NamedTuple):
    """
    What is switched on. `coach_sees` bounds what a policy allows and never widens it.

    `made_by` is None where nobody decided: then all is on, and a coach sees what agents share.
    """

    has_moments: bool = True
    has_load: bool = True
    has_evaluations: bool = True
    coach_sees: CoachSees = "shared"
    made_by: str | None = None
    made_at: datetime | None = None


def council(tenancy: Tenancy) -> Council:
    """Return what is in force."""
    return next(iter(decisions(tenancy)), Council())


def decisions(tenancy: Tenancy) -> list[Council]:
    """Return every decision, the latest first."""
    own = COUNCIL_RULES.c.tenant_id == tenancy.tenant
    query = select(COUNCIL_RULES).where(own).order_by(COUNCIL_RULES.c.number.desc())
    rows = tenancy.connection.execute(query).mappings()
    return [
        Council(
            has_moments=row["has_moments"],
            has_load=row["has_load"],
            has_evaluations=row["has_evaluations"],
            coach_sees=row["coach_sees"],
            made_by=row["made_by"],
            made_at=in_utc(row["made_at"]),
        )
        for row in rows
    ]


def decide(tenancy: Tenancy, told: Council, *, by: str, now: datetime) -> None:
    """Put a decision in force."""
    row = {**told._asdict(), "tenant_id": tenancy.tenant, "made_by": by, "made_at": now}
    tenancy.connection.execute(insert(COUNCIL_RULES), [row])


def coach_sees(seen_by: tuple[str, ...], told: Council) -> CoachSees:
    """Return what a coach sees of what an agent did: what policy and council both allow."""
    by_policy: CoachSees = "nothing"
    if "coach" in seen_by:
        by_policy = "all"
    elif "coach-when-shared" in seen_by:
        by_policy = "shared"
    both = {by_policy, told.coach_sees}
    if "nothing" in both:
        return "nothing"
    return "shared" if "shared" in both else "all"
