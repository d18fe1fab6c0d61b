"""Is the store whole? Every conversation with its key, every seal opening, nothing left over."""

from typing import NamedTuple

from sqlalchemy import func, select, text

from kindline.errors import StoreError
from kindline.store.backup import OF_NOBODY
from kindline.store.conversations import seal_of, sealed, stored
from kindline.store.database import Store, Tenancy, revisions
from kindline.store.tables import CONVERSATIONS, KEYS


class Health(NamedTuple):
    """What was found: revision and newest one, conversations, facts, and what is wrong."""

    revision: str | None
    newest: str | None
    n_conversations: int
    n_facts: int
    problems: tuple[str, ...]


def health(store: Store) -> Health:
    """Return how the store is, having opened every conversation of every tenant in it."""
    at, newest = revisions(store.engine)
    if at != newest:
        behind = f"the database is at {at or 'nothing'}: run kindline db upgrade"
        return Health(at, newest, 0, 0, (behind,))
    with store.read() as tenancy:
        connection = tenancy.connection
        is_fact = CONVERSATIONS.c.analysis.is_(None)
        n_facts = connection.scalar(select(func.count()).select_from(CONVERSATIONS).where(is_fact))
        tenants = list(connection.scalars(select(CONVERSATIONS.c.tenant_id).distinct()))
    n_opened, problems = 0, _file_problems(store)
    for tenant in tenants:
        with store.of(tenant).read() as tenancy:
            n_opened += _opened(tenancy, problems)
            problems += _keys_problems(tenancy)
    return Health(at, newest, n_opened, n_facts or 0, tuple(problems))


def _opened(tenancy: Tenancy, problems: list[str]) -> int:
    """Open every conversation; return how many opened, and note those that did not."""
    n_opened = 0
    for row in tenancy.streamed(sealed(tenancy)):
        try:
            stored(row, seal_of(tenancy, row))
            n_opened += 1
        except StoreError as error:
            problems.append(f"number {row['number']} does not open: {error}")
    return n_opened


def _keys_problems(tenancy: Tenancy) -> list[str]:
    """Return what is wrong between conversations and keys of a tenant."""
    columns, keys = CONVERSATIONS.c, KEYS.c
    is_key = (keys.tenant_id == columns.tenant_id) & (
        keys.conversation_id == columns.conversation_id
    )
    lost = (
        select(func.count())
        .select_from(CONVERSATIONS.outerjoin(KEYS, is_key))
        .where(columns.tenant_id == tenancy.tenant, columns.analysis.is_not(None))
        .where(keys.key_id.is_(None))
    )
    idle = (
        select(func.count())
        .select_from(KEYS.outerjoin(CONVERSATIONS, is_key))
        .where(keys.tenant_id == tenancy.tenant, columns.number.is_(None))
        .where(keys.tenant_id != OF_NOBODY)
    )
    told = {"conversations without a key": lost, "keys of no conversation": idle}
    counts = {what: tenancy.connection.scalar(query) for what, query in told.items()}
    return [f"{tenancy.tenant}: {n} {what}" for what, n in counts.items() if n]


def _file_problems(store: Store) -> list[str]:
    """Return what SQLite finds wrong with its file; PostgreSQL sees to its own."""
    if store.engine.dialect.name != "sqlite":
        return []
    with store.engine.connect() as connection:
        told = list(connection.scalars(text("PRAGMA integrity_check")))
    return [] if told == ["ok"] else [f"the file: {one}" for one in told]
