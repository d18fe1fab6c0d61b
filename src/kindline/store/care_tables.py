"""
The tables of coaching and of looking after people.

What is one's own is sealed under one's own key (`OWN_RECORDS`). An evaluation is sealed under a key
of its own. Answers to a pulse and people of a personnel extract bear no key that a contact, a user
or an agent has, so that they cannot be joined with any.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kindline.store.metadata import METADATA, NUMBER

OWN_RECORDS = Table(
    "own_records",
    METADATA,
    Column("user_id", String(32), primary_key=True),
    Column("what", String(16), primary_key=True, doc="drills, calls, recognised"),
    Column("told", LargeBinary, nullable=False, doc="sealed under the user's own key"),
)

SHARED_MOMENTS = Table(
    "shared_moments",
    METADATA,
    Column("user_id", String(32), primary_key=True, doc="the agent who shares it"),
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="conversation"),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(24), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("shared_at", DateTime(timezone=True), nullable=False),
    Index("shared_moments_by_number", "tenant_id", "number"),
)

ROUNDS = Table(
    "rounds",
    METADATA,
    Column("round_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False, doc="plan or calibration"),
    Column("name", Text, nullable=False),
    Column("scorecard", String(32), nullable=False),
    Column("n_each", Integer, nullable=False, doc="of each agent; in a calibration, in all"),
    Column("seed", BigInteger, nullable=False, doc="draws the same again"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("made_by", String(32), nullable=False, doc="user"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("rounds_by_tenant", "tenant_id", "made_at"),
)

ROUND_CONTACTS = Table(
    "round_contacts",
    METADATA,
    Column("round_id", String(32), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="conversation"),
    Column("tenant_id", String(64), nullable=False),
    Column("place", Integer, nullable=False, doc="in the order drawn, which tells no agent"),
    Index("round_contacts_by_number", "tenant_id", "number"),
)

EVALUATIONS = Table(
    "evaluations",
    METADATA,
    Column("evaluation_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("round_id", String(32), nullable=False),
    Column("number", BigInteger, nullable=False, doc="conversation"),
    Column("user_id", String(32), nullable=False, doc="who filled it in"),
    Column("agent_key", String(32), doc="whose contact; null in a calibration, which is of nobody"),
    Column("told", LargeBinary, nullable=False, doc="answers and what was said to them, sealed"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("disputed_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    UniqueConstraint("round_id", "number", "user_id"),
    Index("evaluations_by_agent", "tenant_id", "agent_key", "made_at"),
    Index("evaluations_by_number", "tenant_id", "number"),
)

TEAM_MATERIAL = Table(
    "team_material",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="conversation"),
    Column(
        "user_id", String(32), nullable=False, doc="the agent who gave it, and may take it back"
    ),
    Column("need", String(16), nullable=False, doc="what the agent says the caller needed"),
    Column("given_at", DateTime(timezone=True), nullable=False),
)

BREAK_OFFERS = Table(
    "break_offers",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, doc="end of the contact it came from"),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("taken_at", DateTime(timezone=True)),
    UniqueConstraint("user_id", "since"),
    Index("break_offers_by_time", "tenant_id", "offered_at"),
    sqlite_autoincrement=True,
)

COUNCIL_RULES = Table(
    "council_rules",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("has_moments", Boolean, nullable=False),
    Column("has_load", Boolean, nullable=False),
    Column("has_evaluations", Boolean, nullable=False),
    Column("coach_sees", String(16), nullable=False, doc="nothing, shared or all"),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("council_rules_by_tenant", "tenant_id", "number"),
    sqlite_autoincrement=True,
)

LOAD_RULES = Table(
    "load_rules",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("told", Text, nullable=False, doc="weights by name, as JSON"),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("load_rules_by_tenant", "tenant_id", "number"),
    sqlite_autoincrement=True,
)

STAFF = Table(
    "staff",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("staff_key", String(32), primary_key=True, doc="blinded as nothing else is"),
    Column("started_on", Date, primary_key=True),
    Column("team", Text, nullable=False),
    Column("ended_on", Date),
    Column("reason", String(24)),
    Index("staff_by_team", "tenant_id", "team"),
)

PULSES = Table(
    "pulses",
    METADATA,
    Column("pulse_id", String(32), primary_key=True, doc="random: no order tells who was when"),
    Column("tenant_id", String(64), nullable=False),
    Column("quarter", String(8), nullable=False, doc="as 2026-Q4; no day and no hour"),
    Column("team", Text),
    Column("told", Text, nullable=False, doc="answers by statement, as JSON"),
    Index("pulses_by_quarter", "tenant_id", "quarter"),
)

PULSE_GIVEN = Table(
    "pulse_given",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("quarter", String(8), primary_key=True),
    Column("giver_key", String(32), primary_key=True, doc="who answered, blinded; not what"),
)

TEAM_OCCUPANCY = Table(
    "team_occupancy",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("team", Text, primary_key=True),
    Column("month", String(8), primary_key=True, doc="as 2026-11"),
    Column("value", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("n", Integer, nullable=False, doc="agents"),
)
