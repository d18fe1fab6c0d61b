"""What a works council decided, and what weighs how much in load: each with who and when."""

from datetime import datetime
import json
from typing import Literal, NamedTuple

from sqlalchemy import insert, select

from kindline.errors import InputError
from kindline.store.care_tables import COUNCIL_RULES, LOAD_RULES
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.wellbeing.exposure import Weights, weights, weights_from

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


class ChosenWeights(NamedTuple):
    """The weights in force, and who chose them; None where they are ours."""

    weights: Weights
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


def weights_in_force(tenancy: Tenancy) -> ChosenWeights:
    """Return what weighs how much in this house; ours where nobody chose."""
    own = LOAD_RULES.c.tenant_id == tenancy.tenant
    query = select(LOAD_RULES).where(own).order_by(LOAD_RULES.c.number.desc()).limit(1)
    row = tenancy.connection.execute(query).mappings().first()
    if row is None:
        return ChosenWeights(weights())
    try:
        chosen = weights_from(json.loads(row["told"]))
    except (InputError, KeyError):
        return ChosenWeights(weights())
    return ChosenWeights(chosen, row["made_by"], in_utc(row["made_at"]))


def choose_weights(tenancy: Tenancy, chosen: Weights, *, by: str, now: datetime) -> None:
    """Put weights in force."""
    row = {
        "tenant_id": tenancy.tenant,
        "told": json.dumps(chosen.as_told()),
        "made_by": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(LOAD_RULES), [row])
