"""
The policy that people chose for an installation: a profile, and shorter times than it allows.

Every choice is kept, with who made it; the latest is in force. Without one, settings decide.
"""

from collections.abc import Mapping
from datetime import datetime
import json
from typing import NamedTuple

from sqlalchemy import insert, select

from kindline.policy import Policy, profile, shortened
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import CHOICES


class Choice(NamedTuple):
    """What somebody chose: a profile, and days to keep, where fewer than the profile's."""

    profile: str
    keep_days: Mapping[str, int]
    made_by: str
    made_at: datetime


def choose(
    tenancy: Tenancy, name: str, keep_days: Mapping[str, int], *, by: str, now: datetime
) -> None:
    """Put a profile in force; raises UnknownNameError where there is none of that name."""
    rules = profile(name)
    told = {what: days for what, days in keep_days.items() if days < rules.keep_days[what]}
    row = {
        "tenant_id": tenancy.tenant,
        "profile": name,
        "keep_days": json.dumps(told),
        "made_by": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(CHOICES), [row])


def choices(tenancy: Tenancy) -> list[Choice]:
    """Return what was chosen, the latest first."""
    query = (
        select(CHOICES)
        .where(CHOICES.c.tenant_id == tenancy.tenant)
        .order_by(CHOICES.c.number.desc())
    )
    return [
        Choice(row.profile, json.loads(row.keep_days), row.made_by, in_utc(row.made_at))
        for row in tenancy.connection.execute(query)
    ]


def in_force(tenancy: Tenancy, otherwise: str) -> Policy:
    """Return the policy in force: the one chosen last, else the profile of that name."""
    every = choices(tenancy)
    if not every:
        return profile(otherwise)
    return shortened(profile(every[0].profile), every[0].keep_days)
