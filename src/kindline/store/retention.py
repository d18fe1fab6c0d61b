"""
Forgetting on time: words and quotes first, then what agents did, then whose states they were.

How long is the policy's to say (docs/contract.md), shortened by the law of a country and by what
people chose; this runs whenever a store is opened for work.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update

from kindline.countries import keep_days_by_country
from kindline.policy import DEFAULT, Policy, profile, profile_names, shortened
from kindline.records import as_object
from kindline.store.breaks import forget_breaks
from kindline.store.calls import forget_calls
from kindline.store.cases import forget_cases
from kindline.store.conversations import seal_of, sealed
from kindline.store.database import Tenancy
from kindline.store.days import mark
from kindline.store.in_force import choices, in_force
from kindline.store.journeys import forget_journeys
from kindline.store.postings import lock_index, unindex
from kindline.store.rounds import forget_evaluations
from kindline.store.rows import in_utc
from kindline.store.sealing import new_seal
from kindline.store.sounds import forget_sounds
from kindline.store.tables import CONVERSATIONS, KEYS, SEALED

_CHUNK = 500
Left = Callable[[Mapping[str, Any]], dict[str, Any]]


def forget(tenancy: Tenancy, *, now: datetime) -> int:
    """Take away what has been kept long enough, and return how many rows that touched."""
    lock_index(tenancy)  # first, as who indexes does: in one order nobody waits for each other
    n_touched = sum(_forget(tenancy, where, days, now) for where, days in _limits(tenancy, None))
    days = in_force(tenancy, DEFAULT).keep_days["agent_behaviours"]
    before = now - timedelta(days=days)  # when somebody took calls and breaks is what they did
    n_touched += forget_calls(tenancy, before=before)
    n_touched += forget_evaluations(tenancy, before=before)
    known = in_force(tenancy, DEFAULT).keep_days["states"]
    n_touched += forget_journeys(tenancy, before=now - timedelta(days=known))
    return n_touched + forget_breaks(tenancy, before=before)


def due(tenancy: Tenancy, rules: Policy, *, now: datetime) -> dict[str, int]:
    """Return how many conversations would lose what at once, if this policy were in force."""
    n_due = {"findings": 0, "states": 0, "agent_behaviours": 0}
    for where, days in _limits(tenancy, rules.keep_days):
        for what, column in _HELD.items():
            late = where & (CONVERSATIONS.c.stored_at < now - timedelta(days=days[what]))
            query = select(func.count()).select_from(CONVERSATIONS).where(late, column.is_not(None))
            n_due[what] += tenancy.connection.scalar(query) or 0
    return n_due


def _limits(
    tenancy: Tenancy, own: Mapping[str, int] | None
) -> list[tuple[ColumnElement[bool], Mapping[str, int]]]:
    """
    Return how long what is kept: by the policy it was analysed under and by country.

    Days of one's own, chosen or about to be, shorten both.
    """
    columns = CONVERSATIONS.c
    chosen: Mapping[str, int] = own or {}
    if own is None:
        chosen = next((one.keep_days for one in choices(tenancy)), chosen)
    found: list[tuple[ColumnElement[bool], Mapping[str, int]]] = []
    for name in profile_names():
        rules = shortened(profile(name), chosen)
        of_policy = (columns.tenant_id == tenancy.tenant) & (columns.policy == name)
        limited = keep_days_by_country()
        country = func.upper(func.coalesce(columns.country, ""))
        found.append((of_policy & country.not_in(list(limited)), rules.keep_days))
        for code, days in limited.items():
            found.append((of_policy & (country == code), shortened(rules, days).keep_days))
    return found


_HELD = {
    "findings": CONVERSATIONS.c.turns,
    "states": CONVERSATIONS.c.analysis,
    "agent_behaviours": CONVERSATIONS.c.behaviours,
}


def _forget(
    tenancy: Tenancy, where: ColumnElement[bool], days: Mapping[str, int], now: datetime
) -> int:
    is_late = {
        what: where
        & (CONVERSATIONS.c.stored_at < now - timedelta(days=days[what]))
        & column.is_not(None)
        for what, column in _HELD.items()
    }
    n_touched = _make_facts(tenancy, is_late["states"])
    n_touched += _each(tenancy, is_late["agent_behaviours"], _less_behaviours)
    unindex(tenancy, is_late["findings"])
    query = select(CONVERSATIONS.c.conversation_id).where(is_late["findings"])
    forget_sounds(tenancy, list(tenancy.connection.scalars(query)))
    return n_touched + _each(tenancy, is_late["findings"], _less_words)


def _each(tenancy: Tenancy, where: ColumnElement[bool], left: Left) -> int:
    query, n_touched = sealed(tenancy).where(where).limit(_CHUNK), 0
    while rows := tenancy.connection.execute(query).mappings().all():
        for row in rows:
            _reseal(tenancy, row, left)
        n_touched += len(rows)
    return n_touched


def _less_behaviours(held: Mapping[str, Any]) -> dict[str, Any]:
    return {column: content for column, content in held.items() if column != "behaviours"}


def _less_words(held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column: without_findings(held[column])
        for column in ("analysis", "behaviours", "handling")
        if column in held
    }


def _make_facts(tenancy: Tenancy, where: ColumnElement[bool]) -> int:
    """
    Leave of conversations what tells of nobody: states, to the hour, under no id.

    Their keys are destroyed, and what could be searched by is gone.
    """
    columns = CONVERSATIONS.c
    query = select(columns.number, columns.conversation_id, columns.happened_at).where(where)
    unindex(tenancy, where)
    rows = tenancy.connection.execute(query).all()
    ids = [row.conversation_id for row in rows]
    destroy_keys(tenancy, ids)
    forget_cases(tenancy, ids)
    mark(tenancy, [row.happened_at for row in rows])
    for row in rows:
        changed = {
            **dict.fromkeys((*SEALED, "agent_key", "customer_key", "words_key", "started_at")),
            "conversation_id": f"past-{row.number}",
            "content_hash": "",
            "version_key": "",
            "happened_at": in_utc(row.happened_at).replace(minute=0, second=0, microsecond=0),
        }
        tenancy.connection.execute(
            update(CONVERSATIONS).where(columns.number == row.number).values(changed)
        )
    return len(rows)


def destroy_keys(tenancy: Tenancy, ids: Sequence[str]) -> None:
    """Destroy the keys of conversations: no copy of what they sealed opens any more."""
    for start in range(0, len(ids), _CHUNK):
        theirs = KEYS.c.conversation_id.in_(ids[start : start + _CHUNK])
        tenancy.connection.execute(delete(KEYS).where(KEYS.c.tenant_id == tenancy.tenant, theirs))


def _reseal(tenancy: Tenancy, row: RowMapping, left: Left) -> None:
    """
    Keep what is left of a conversation, sealed under a new key.

    The old key goes with what is taken away: what a backup holds of it does not open.
    """
    old, identity = seal_of(tenancy, row), row["conversation_id"]
    held = {name: old.opened(name, row[name]) for name in SEALED if row[name] is not None}
    new = new_seal(tenancy.keyring, tenancy.tenant, identity)
    kept = {name: new.closed(name, content) for name, content in left(held).items()}
    tenancy.connection.execute(
        update(CONVERSATIONS)
        .where(CONVERSATIONS.c.number == row["number"])
        .values(dict.fromkeys(SEALED) | kept)
    )
    tenancy.connection.execute(
        update(KEYS)
        .where(KEYS.c.tenant_id == tenancy.tenant, KEYS.c.conversation_id == identity)
        .values(key_id=new.key_id, wrapped=new.wrapped)
    )


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
