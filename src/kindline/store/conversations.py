"""Analysed conversations, saved and loaded. Saving the same thing twice changes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Select, delete, or_, select

from kindline.contract import rejected_as_json
from kindline.errors import InputError
from kindline.model.analysis import Analysis
from kindline.model.conversation import Conversation
from kindline.store.database import Tenancy
from kindline.store.days import mark
from kindline.store.rows import in_utc, row_of
from kindline.store.sealing import Seal, new_seal, stored_seal
from kindline.store.tables import CONVERSATIONS, KEYS, REJECTED, SEALED
from kindline.store.upsert import upsert

_CHUNK = 500  # ids per query; SQLite allows 32,766 parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """
    A stored conversation: its analysis in contract keys, and its words while they are kept.

    `turns` are those of the plain format. `carried` is what the input held and we have no name for.
    """

    analysis: Mapping[str, Any]
    turns: tuple[Mapping[str, Any], ...] | None
    stored_at: datetime
    started_at: datetime | None = None
    country: str | None = None
    queue: str | None = None
    handling: Mapping[str, Any] = field(default_factory=dict[str, Any])
    carried: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Known(NamedTuple):
    """What tells whether a stored conversation would be judged the same again."""

    content_hash: str
    version_key: str
    language: str | None


def save(
    tenancy: Tenancy,
    done: Sequence[tuple[Conversation, Analysis]],
    *,
    now: datetime,
) -> None:
    """Save analyses with their conversations; an earlier one of the same id is replaced."""
    rows: dict[str, dict[str, Any]] = {}
    keys: dict[str, dict[str, Any]] = {}
    for conversation, analysis in done:
        identity = str(analysis.conversation_id)
        seal = new_seal(tenancy.keyring, tenancy.tenant, identity)
        rows[identity] = row_of(tenancy, conversation, analysis, seal, now)
        keys[identity] = {
            "tenant_id": tenancy.tenant,
            "conversation_id": identity,
            "key_id": seal.key_id,
            "wrapped": seal.wrapped,
        }
    mark(tenancy, _moved(tenancy, rows))
    upsert(tenancy.connection, CONVERSATIONS, list(rows.values()), _IDENTITY)
    upsert(tenancy.connection, KEYS, list(keys.values()), _IDENTITY)
    mark(tenancy, [row["happened_at"] for row in rows.values()])


def _moved(tenancy: Tenancy, rows: Mapping[str, dict[str, Any]]) -> list[datetime]:
    """
    Return when conversations stored before were, as their rows are about to be replaced.

    One that tells no start stays where it was: it did not happen again.
    """
    columns, ids = CONVERSATIONS.c, list(rows)
    before: list[datetime] = []
    for start in range(0, len(ids), _CHUNK):
        query = select(columns.conversation_id, columns.happened_at).where(
            columns.tenant_id == tenancy.tenant,
            columns.conversation_id.in_(ids[start : start + _CHUNK]),
        )
        for identity, happened_at in tenancy.connection.execute(query):
            before.append(happened_at)
            if rows[identity]["started_at"] is None:
                rows[identity]["happened_at"] = in_utc(happened_at)
    return before


_IDENTITY = ("tenant_id", "conversation_id")


def save_rejected(
    tenancy: Tenancy, errors: Iterable[tuple[str, InputError]], *, now: datetime
) -> None:
    """Save why records were rejected; the reasons for a source replace its earlier ones."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for source, error in errors:
        told = rejected_as_json(error, source)
        row = {
            key: str(told[key] or "").replace("\0", "\ufffd")  # PostgreSQL keeps no NUL
            for key in ("source", "record", "field", "found", "expected")
        }
        rows[row["source"], row["record"]] = {
            **row,
            "tenant_id": tenancy.tenant,
            "stored_at": now,
        }
    own = REJECTED.c.tenant_id == tenancy.tenant
    for source in {source for source, _ in rows}:
        tenancy.connection.execute(delete(REJECTED).where(own, REJECTED.c.source == source))
    if rows:
        tenancy.connection.execute(REJECTED.insert(), list(rows.values()))


def known(tenancy: Tenancy, ids: Collection[str]) -> dict[str, Known]:
    """Return what is known of those stored already with their words, or denied."""
    columns = CONVERSATIONS.c
    found: dict[str, Known] = {}
    every = list(ids)
    for start in range(0, len(every), _CHUNK):
        query = select(
            columns.conversation_id, columns.content_hash, columns.version_key, columns.language
        ).where(
            columns.tenant_id == tenancy.tenant,
            columns.conversation_id.in_(every[start : start + _CHUNK]),
            or_(columns.turns.is_not(None), columns.status == "denied"),
        )
        for identity, *values in tenancy.connection.execute(query):
            found[identity] = Known(*values)
    return found


def load(tenancy: Tenancy, *where: ColumnElement[bool]) -> Iterator[Stored]:
    """Return the stored conversations in order of id, all or those of which something is true."""
    query = sealed(tenancy).where(*where).order_by(CONVERSATIONS.c.conversation_id)
    for row in tenancy.streamed(query):
        yield stored(row, seal_of(tenancy, row))


def load_one(tenancy: Tenancy, identity: str) -> Stored | None:
    """Return the stored conversation of that id."""
    query = sealed(tenancy).where(CONVERSATIONS.c.conversation_id == identity)
    row = tenancy.connection.execute(query).mappings().first()
    return None if row is None else stored(row, seal_of(tenancy, row))


def sealed(tenancy: Tenancy) -> Select[Any]:
    """Return the query for a tenant's conversations with what opens them."""
    keys = KEYS.c
    is_its_key = (keys.tenant_id == CONVERSATIONS.c.tenant_id) & (
        keys.conversation_id == CONVERSATIONS.c.conversation_id
    )
    query = select(CONVERSATIONS, keys.key_id, keys.wrapped).join(KEYS, is_its_key)
    return query.where(CONVERSATIONS.c.tenant_id == tenancy.tenant)


def seal_of(tenancy: Tenancy, row: RowMapping) -> Seal:
    """Return what opens a row of `sealed`."""
    return stored_seal(
        tenancy.keyring, tenancy.tenant, row["conversation_id"], row["key_id"], row["wrapped"]
    )


def load_rejected(tenancy: Tenancy) -> list[Mapping[str, str]]:
    """Return the rejected records, by source."""
    own = REJECTED.c.tenant_id == tenancy.tenant
    query = select(REJECTED).where(own).order_by(REJECTED.c.source, REJECTED.c.record)
    return [
        {key: str(row[key]) for key in ("source", "record", "field", "found", "expected")}
        for row in tenancy.connection.execute(query).mappings()
    ]


def stored(row: RowMapping, seal: Seal) -> Stored:
    """Return a row of `sealed`, opened."""
    held = {
        column: seal.opened(column, row[column]) for column in SEALED if row[column] is not None
    }
    analysis = held["analysis"]
    if "behaviours" in held:
        analysis["agent"] = held["behaviours"]
    return Stored(
        analysis=analysis,
        turns=tuple(held["turns"]) if "turns" in held else None,
        stored_at=in_utc(row["stored_at"]),
        started_at=row["started_at"] and in_utc(row["started_at"]),
        country=row["country"],
        queue=row["queue"],
        handling=held.get("handling", {}),
        carried=held.get("carried", {}),
    )
