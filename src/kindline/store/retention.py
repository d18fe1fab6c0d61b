"""
Forgetting on time: words and quotes first, then what agents did, then the states of conversations.

How long is the policy's to say (docs/contract.md); this runs whenever a store is opened for work.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from kindline.policy import Policy, profile, profile_names
from kindline.records import as_object
from kindline.store.conversations import packed, unpacked
from kindline.store.tables import CONVERSATIONS


def forget(connection: Connection, *, now: datetime) -> int:
    """Take away what has been kept long enough, and return how many rows that touched."""
    return sum(_forget(connection, profile(name), now) for name in profile_names())


def _forget(connection: Connection, rules: Policy, now: datetime) -> int:
    columns = CONVERSATIONS.c
    until = {what: now - timedelta(days=days) for what, days in rules.keep_days.items()}
    own = columns.policy == rules.name
    states = delete(CONVERSATIONS).where(own, columns.stored_at < until["states"])
    behaviours = (
        update(CONVERSATIONS)
        .where(own, columns.stored_at < until["agent_behaviours"], columns.behaviours.is_not(None))
        .values(behaviours=None)
    )
    n_touched = sum(connection.execute(change).rowcount for change in (states, behaviours))
    words = select(columns.conversation_id, columns.analysis, columns.behaviours).where(
        own, columns.stored_at < until["findings"], columns.turns.is_not(None)
    )
    rows = list(connection.execute(words))
    for identity, analysis, agent in rows:
        connection.execute(
            update(CONVERSATIONS)
            .where(columns.conversation_id == identity)
            .values(
                analysis=packed(without_findings(unpacked(analysis))),
                behaviours=agent and packed(without_findings(unpacked(agent))),
                turns=None,
                carried=None,
            )
        )
    return n_touched + len(rows)


def without_findings(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contract object with every list of findings and every course emptied."""
    kept: dict[str, Any] = {}
    for key, value in content.items():
        inner = as_object(value)
        if key in ("findings", "course"):
            kept[key] = []
        else:
            kept[key] = value if inner is None else without_findings(inner)
    return kept
