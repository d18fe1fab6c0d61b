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
from kindline.store.copying import put
from kindline.store.database import Tenancy
from kindline.store.days import mark
from kindline.store.postings import unindex
from kindline.store.rows import Judged, in_utc, judged_from, row_of
from kindline.store.sealing import Seal, new_seal, stored_seal
from kindline.store.tables import CONVERSATIONS, KEYS, REJECTED, SEALED

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
    save_judged(tenancy, [judged_from(*one) for one in done], now=now)


def save_judged(tenancy: Tenancy, done: Sequence[Judged], *, now: datetime) -> None:
    """Save what was judged, here or elsewhere; an earlier one of the same id is replaced."""
    rows: dict[str, dict[str, Any]] = {}
    keys: dict[str, dict[str, Any]] = {}
    for one in done:
        identity = str(one.told["conversation_id"])
        seal = new_seal(tenancy.keyring, tenancy.tenant, identity)
        rows[identity] = row_of(tenancy, one, seal, now)
        keys[identity] = {
            "tenant_id": tenancy.tenant,
            "conversation_id": identity,
            "key_id": seal.key_id,
            "wrapped": seal.wrapped,
            "is_indexed": False,
        }
    mark(tenancy, _moved(tenancy, rows, keys))
    put(tenancy.connection, CONVERSATIONS, list(rows.values()), _IDENTITY)
    put(tenancy.connection, KEYS, list(keys.values()), _IDENTITY)
    mark(tenancy, [row["happened_at"] for row in rows.values()])


def _moved(
    tenancy: Tenancy, rows: Mapping[str, dict[str, Any]], keys: Mapping[str, dict[str, Any]]
) -> list[datetime]:
    """
    Return when conversations stored before were, as their rows are about to be replaced.

    One that tells no start stays where it was: it did not happen again. One whose words are the
    same stays in the index; of others the old words are taken out.
    """
    before: list[datetime] = []
    changed: list[str] = []
    for one in _stored_before(tenancy, list(rows)):
        before.append(one["happened_at"])
        row = rows[one["conversation_id"]]
        if row["started_at"] is None:
            row["happened_at"] = in_utc(one["happened_at"])
        if one["is_indexed"] and row["turns"] and row["content_hash"] == one["content_hash"]:
            keys[one["conversation_id"]]["is_indexed"] = True
        elif one["is_indexed"]:
            changed.append(one["conversation_id"])
    for start in range(0, len(changed), _CHUNK):
        unindex(tenancy, CONVERSATIONS.c.conversation_id.in_(changed[start : start + _CHUNK]))
    return before


def _stored_before(tenancy: Tenancy, ids: Sequence[str]) -> Iterator[RowMapping]:
    columns = CONVERSATIONS.c
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(
                columns.conversation_id,
                columns.happened_at,
                columns.content_hash,
                KEYS.c.is_indexed,
            )
            .outerjoin(KEYS, _is_its_key())
            .where(
                columns.tenant_id == tenancy.tenant,
                columns.conversation_id.in_(ids[start : start + _CHUNK]),
            )
        )
        yield from tenancy.connection.execute(query).mappings().all()


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
    query = select(CONVERSATIONS, KEYS.c.key_id, KEYS.c.wrapped).join(KEYS, _is_its_key())
    return query.where(CONVERSATIONS.c.tenant_id == tenancy.tenant)


def _is_its_key() -> ColumnElement[bool]:
    return (KEYS.c.tenant_id == CONVERSATIONS.c.tenant_id) & (
        KEYS.c.conversation_id == CONVERSATIONS.c.conversation_id
    )


def by_number(
    tenancy: Tenancy, numbers: Sequence[int], *where: ColumnElement[bool]
) -> dict[int, tuple[RowMapping, Seal]]:
    """
    Return rows of some numbers, each with what opens it.

    Said so that SQLite begins at the numbers: else it goes through all of the tenant's rows.
    """
    own = CONVERSATIONS.c.tenant_id.concat("") == tenancy.tenant  # in no index
    query = select(CONVERSATIONS).where(own, CONVERSATIONS.c.number.in_(numbers), *where)
    rows = tenancy.connection.execute(query).mappings().all()
    ids = [row["conversation_id"] for row in rows]
    theirs = (KEYS.c.tenant_id == tenancy.tenant) & KEYS.c.conversation_id.in_(ids)
    keys = {
        key["conversation_id"]: key
        for key in tenancy.connection.execute(select(KEYS).where(theirs)).mappings()
    }
    found: dict[int, tuple[RowMapping, Seal]] = {}
    for row in rows:
        identity = row["conversation_id"]
        if identity in keys:
            key = keys[identity]
            told = (tenancy.tenant, identity, key["key_id"], key["wrapped"])
            found[row["number"]] = row, stored_seal(tenancy.keyring, *told)
    return found


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
