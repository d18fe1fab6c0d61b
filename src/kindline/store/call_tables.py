"""
The tables of calls that go on: what happened in them, cases, breaks, what a house chose.

A call's words and whom it is with are sealed under a key of its own until it is over; then they
are a conversation like any other, and what is left here is when, how long and how it ended.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kindline.store.metadata import METADATA, NUMBER

CALLS = Table(
    "calls",
    METADATA,
    Column("call_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("name_key", String(32), nullable=False, doc="what the platform calls it, blinded"),
    Column("way", String(16), nullable=False, doc="the protocol it came by"),
    Column("language", Text),
    Column("queue", Text),
    Column("agent_key", String(32), doc="the agent's pseudonym, blinded; none took it yet"),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False, doc="when anything came last"),
    Column("ended_at", DateTime(timezone=True)),
    Column("ending", String(16)),
    Column("stage", String(16), nullable=False, doc="where it was when anything came last"),
    Column("asked_at", DateTime(timezone=True), doc="since when a supervisor is asked for"),
    Column("has_met_risk", Boolean, nullable=False),
    Column("n_events", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False, doc="last frame of a feed that was taken"),
    Column("given_ms", BigInteger, nullable=False, doc="time given on purpose, for company"),
    Column("told", LargeBinary, doc="what the platform said of it, sealed; gone when it is over"),
    Index("calls_by_time", "tenant_id", "begun_at"),
    Index("calls_by_name", "tenant_id", "name_key"),
    Index("calls_by_agent", "tenant_id", "agent_key", "begun_at"),
)

CALL_EVENTS = Table(
    "call_events",
    METADATA,
    Column("call_id", String(32), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("told", LargeBinary, nullable=False, doc="what happened, sealed"),
)

CASES = Table(
    "cases",
    METADATA,
    Column("case_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("call_id", String(32), doc="the call, where it came while one went on"),
    Column("path", String(16), nullable=False, doc="live, or the channel it came by"),
    Column("content_hash", String(32), doc="of the words it was opened for; null while live"),
    Column("language", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("taken_by", Text, doc="name of who looks after it"),
    Column("taken_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("outcome", String(32)),
    UniqueConstraint("tenant_id", "conversation_id"),
    Index("cases_by_time", "tenant_id", "opened_at"),
)

CASE_LOG = Table(
    "case_log",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("tenant_id", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("what", String(32), nullable=False),
    Column("offered", Text, doc="what was offered: a line's name, a supervisor"),
    Column("is_accepted", Boolean),
    Index("case_log_by_case", "case_id", "number"),
    sqlite_autoincrement=True,
)

BREAKS = Table(
    "breaks",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("breaks_by_user", "user_id", "began_at"),
    Index("breaks_by_time", "tenant_id", "began_at"),
    sqlite_autoincrement=True,
)

SELF_REPORTS = Table(
    "self_reports",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("told", LargeBinary, nullable=False, doc="how heavy, sealed under the user's own key"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("self_reports_by_user", "user_id", "made_at"),
    sqlite_autoincrement=True,
)

HOUSE_LINES = Table(
    "house_lines",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("country", String(2), primary_key=True),
    Column("dial", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("needs", Text, nullable=False, doc="joined by |"),
    Column("languages", Text, nullable=False, doc="joined by |"),
    Column("hours", Text, doc="24/7, or mon-fri 09:00-19:00; null where nobody knows"),
    Column("whom", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

DESK_RULES = Table(
    "desk_rules",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("minutes_a_call", Integer, nullable=False),
    Column("minutes_a_shift", Integer, nullable=False),
    Column("may_end", Boolean, nullable=False),
    Column("most_prompts", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("desk_rules_by_tenant", "tenant_id", "number"),
    sqlite_autoincrement=True,
)
