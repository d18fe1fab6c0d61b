"""What a house chose to weigh how much in load: each choice is kept, with who and when."""

from datetime import datetime
import json
from typing import NamedTuple

from sqlalchemy import insert, select

from kindline.errors import InputError
from kindline.store.care_tables import LOAD_RULES
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.wellbeing.exposure import Weights, weights, weights_from


class ChosenWeights(NamedTuple):
    """The weights in force, and who chose them; None where they are ours."""

    weights: Weights
    made_by: str | None = None
    made_at: datetime | None = None


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
