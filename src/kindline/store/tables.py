"""The tables. A conversation's identity is its id, its content and the versions that judged it."""

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("conversation_id", String(200), primary_key=True),
    Column("content_hash", String(32), nullable=False),
    Column("version_key", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("language", String(16)),
    Column("channel", String(16)),
    Column("country", String(8)),
    Column("queue", String(200)),
    Column("started_at", DateTime(timezone=True)),
    Column("n_turns", Integer, nullable=False),
    Column("service", String(16), nullable=False),
    Column("companionship", String(16), nullable=False),
    Column("support", String(16), nullable=False),
    Column("crisis", String(16), nullable=False),
    Column("abuse", String(16), nullable=False),
    Column("policy", String(32), nullable=False),
    Column("basis", String(32)),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    Column("analysis", LargeBinary, nullable=False, comment="contract JSON, zlib"),
    Column("behaviours", LargeBinary, comment="the agent block, zlib; has a time of its own"),
    Column("turns", LargeBinary, comment="the words, as JSON, zlib; gone when their time is up"),
    Column("carried", LargeBinary, comment="input we have no name for, zlib"),
    Column("words_hash", String(32), comment="of the words alone; the same contact, the same"),
    Column("handling", LargeBinary, comment="what surrounds it: pseudonyms, hold, wrap-up; zlib"),
    Index("conversations_by_need", "companionship", "language"),
    Index("conversations_by_words", "words_hash"),
)

REJECTED = Table(
    "rejected",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("record", String(200), primary_key=True),
    Column("field", String(200), nullable=False),
    Column("found", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
)

TAKEN = Table(
    "taken",
    METADATA,
    Column("name_key", String(32), primary_key=True, comment="hash of a watched file's name"),
    Column("stamp", String(64), nullable=False, comment="hash of its size and time"),
    Column("taken_at", DateTime(timezone=True), nullable=False),
)
