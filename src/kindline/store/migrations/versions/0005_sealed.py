"""Tenants; words, findings and pseudonyms sealed under a key per conversation."""

from collections.abc import Iterator, Mapping
import json
from typing import Any
import zlib

from alembic import op
import sqlalchemy as sa

from kindline.store.keyring import Keyring
from kindline.store.rows import EFFORTS, states_of
from kindline.store.sealing import new_seal

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TENANT = "own"
_SEALED = ("analysis", "behaviours", "turns", "carried", "handling")
_STATES = ("service", "companionship", "support", "crisis", "abuse")
_MOVED = (
    *("conversation_id", "content_hash", "version_key", "status"),
    *("country", "queue", "started_at", "policy", "basis", "stored_at"),
)
_LENGTHS = ("customer_talk_ms", "agent_talk_ms", "silence_ms", "hold_ms", "after_call_work_ms")
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the new tables, seal what was stored before, and drop the old ones."""
    for index in ("conversations_by_need", "conversations_by_words"):
        op.drop_index(index, "conversations")
    for table in ("conversations", "rejected", "taken"):
        op.rename_table(table, f"{table}_before")
    _make_tables()
    connection = op.get_bind()
    keyring: Keyring = op.get_context().opts["keyring"]
    before = sa.Table("conversations_before", sa.MetaData(), autoload_with=connection)
    rows = list(connection.execute(sa.select(before)).mappings())
    for table, values in _sealed(rows, keyring):
        connection.execute(_named(table, values), values)
    connection.execute(
        sa.text(
            "INSERT INTO rejected (tenant_id, source, record, field, found, expected, stored_at) "
            "SELECT 'own', source, record, field, found, expected, stored_at FROM rejected_before"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO taken (tenant_id, name_key, stamp, taken_at) "
            "SELECT 'own', name_key, stamp, taken_at FROM taken_before"
        )
    )
    for table in ("conversations", "rejected", "taken"):
        op.drop_table(f"{table}_before")


def _named(table: str, values: Mapping[str, Any]) -> sa.Insert:
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in values]
    return sa.table(table, *columns).insert()


def _sealed(rows: list[sa.RowMapping], keyring: Keyring) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the new rows for each old one: the conversation, then its key."""
    for row in rows:
        identity = row["conversation_id"]
        seal = new_seal(keyring, _TENANT, identity)
        held = {name: _unpacked(row[name]) for name in _SEALED if row[name] is not None}
        handling: dict[str, str | None] = held.get("handling") or {}
        kept = {name: seal.closed(name, value) for name, value in held.items()}

        def blinded(kind: str, value: str | None) -> str | None:
            return None if value is None else keyring.blind(_TENANT, kind, value)

        yield (
            "conversations",
            {
                **{name: row[name] for name in _MOVED},
                **states_of(held["analysis"], handling),
                **dict.fromkeys(_SEALED),
                **kept,
                "tenant_id": _TENANT,
                "denied_because": held["analysis"].get("denied_because"),
                "happened_at": row["started_at"] or row["stored_at"],
                "agent_key": blinded("agent", handling.get("agent_id")),
                "customer_key": blinded("customer", handling.get("customer_id")),
                "words_key": blinded("words", row["words_hash"]),
            },
        )
        told = {"tenant_id": _TENANT, "conversation_id": identity}
        yield "keys", {**told, "key_id": seal.key_id, "wrapped": seal.wrapped}


def _unpacked(raw: bytes) -> Any:
    return json.loads(zlib.decompress(raw).decode("utf-8", "surrogatepass"))


def _make_tables() -> None:
    time = sa.DateTime(timezone=True)
    state = sa.String(16)
    op.create_table(
        "conversations",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("version_key", sa.String(64), nullable=False),
        sa.Column("status", state, nullable=False),
        sa.Column("denied_because", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("channel", state),
        sa.Column("country", sa.Text),
        sa.Column("queue", sa.Text),
        sa.Column("started_at", time),
        sa.Column("happened_at", time, nullable=False),
        sa.Column("n_turns", sa.Integer, nullable=False),
        *(sa.Column(name, state, nullable=False) for name in _STATES),
        sa.Column("swearing", sa.Boolean),
        sa.Column("arrival", state),
        sa.Column("departure", state),
        sa.Column("emotions", sa.Text),
        sa.Column("felt_heard", state),
        *(sa.Column(name, sa.Boolean) for name in EFFORTS),
        sa.Column("resolution", sa.String(24)),
        sa.Column("ms_after_resolution", sa.BigInteger),
        sa.Column("reason", sa.String(64)),
        sa.Column("loyalty", state),
        *(sa.Column(name, sa.BigInteger) for name in _LENGTHS),
        sa.Column("policy", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(32)),
        sa.Column("stored_at", time, nullable=False),
        *(sa.Column(name, sa.String(32)) for name in ("agent_key", "customer_key", "words_key")),
        *(sa.Column(name, sa.LargeBinary) for name in _SEALED),
        sa.UniqueConstraint("conversation_id", "tenant_id"),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("conversations_by_time", ["tenant_id", "happened_at", "number"]),
        ("conversations_by_words", ["tenant_id", "words_key"]),
        ("conversations_by_customer", ["tenant_id", "customer_key"]),
        ("conversations_by_agent", ["tenant_id", "agent_key"]),
        ("conversations_by_age", ["policy", "stored_at"]),
    ):
        op.create_index(name, "conversations", columns)
    op.create_table(
        "keys",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("key_id", state, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "rejected",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("expected", sa.Text, nullable=False),
        sa.Column("stored_at", time, nullable=False),
    )
    op.create_table(
        "taken",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("name_key", sa.String(32), primary_key=True),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("taken_at", time, nullable=False),
    )
