"""
Forgetting on time: words and quotes first, then the states of single conversations.

How long is the policy's to say (docs/contract.md); this runs whenever a store is opened for work.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
import json
from typing import Any
import zlib

from sqlalchemy import Connection, delete, select, update

from kindline.policy import Policy, profile, profile_names
from kindline.records import as_object
from kindline.store.tables import CONVERSATIONS


def forget(connection: Connection, *, now: datetime) -> int:
    """Take away what has been kept long enough, and return how many rows that touched."""
    return sum(_forget(connection, profile(name), now) for name in profile_names())


def _forget(connection: Connection, rules: Policy, now: datetime) -> int:
    columns = CONVERSATIONS.c
    own = columns.policy == rules.name
    states_until = now - timedelta(days=rules.keep_days["states"])
    gone = connection.execute(
        delete(CONVERSATIONS).where(own, columns.stored_at < states_until)
    ).rowcount
    words_until = now - timedelta(days=rules.keep_days["findings"])
    query = select(columns.conversation_id, columns.analysis).where(
        own, columns.stored_at < words_until, columns.turns.is_not(None)
    )
    rows = list(connection.execute(query))
    for identity, analysis in rows:
        content = json.loads(zlib.decompress(analysis).decode("utf-8", "surrogatepass"))
        kept = json.dumps(without_findings(content), ensure_ascii=False).encode("utf-8")
        connection.execute(
            update(CONVERSATIONS)
            .where(columns.conversation_id == identity)
            .values(analysis=zlib.compress(kept, 1), turns=None, carried=None)
        )
    return gone + len(rows)


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
