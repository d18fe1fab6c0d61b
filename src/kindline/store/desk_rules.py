"""What a house chose for its desks: minutes to give, the right to end, how many prompts."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from kindline.desk.session import Rules
from kindline.live.budget import Budget
from kindline.live.prompts import MOST
from kindline.store.call_tables import DESK_RULES
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc


class ChosenRules(NamedTuple):
    """The rules, and who chose them when."""

    rules: Rules
    made_by: str
    made_at: datetime


def choose_rules(tenancy: Tenancy, rules: Rules, *, by: str, now: datetime) -> None:
    """Put rules in force for every call from now on."""
    row = {
        "tenant_id": tenancy.tenant,
        "minutes_a_call": rules.budget.minutes_a_call,
        "minutes_a_shift": rules.budget.minutes_a_shift,
        "may_end": rules.may_end,
        "most_prompts": min(rules.most_prompts, MOST),
        "made_by": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(DESK_RULES), [row])


def chosen_rules(tenancy: Tenancy) -> ChosenRules | None:
    """Return the rules chosen last, None where nobody chose any."""
    own = DESK_RULES.c.tenant_id == tenancy.tenant
    query = select(DESK_RULES).where(own).order_by(DESK_RULES.c.number.desc()).limit(1)
    row = tenancy.connection.execute(query).mappings().first()
    if row is None:
        return None
    minutes = {name: row[name] for name in ("minutes_a_call", "minutes_a_shift")}
    rules = Rules(
        budget=Budget(**minutes), may_end=row["may_end"], most_prompts=row["most_prompts"]
    )
    return ChosenRules(rules, row["made_by"], in_utc(row["made_at"]))


def rules_in_force(tenancy: Tenancy) -> Rules:
    """Return the rules of a house, ours where nobody chose any."""
    chosen = chosen_rules(tenancy)
    return Rules() if chosen is None else chosen.rules
