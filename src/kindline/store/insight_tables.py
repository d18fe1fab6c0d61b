"""The tables of journeys through self-service, and of reports that go out by mail."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    String,
    Table,
    UniqueConstraint,
)

from kindline.store.metadata import METADATA, NUMBER

JOURNEYS = Table(
    "journeys",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("session_key", String(32), nullable=False, doc="the log's name for it, blinded"),
    Column("customer_key", String(32), doc="the pseudonym, blinded as that of conversations is"),
    Column("is_known", Boolean, nullable=False, doc="whether a contact could be seen to follow"),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False, doc="a contact after it is no more"),
    Column("surface", String(16), nullable=False),
    Column("reason", String(64)),
    Column("ending", String(16), nullable=False),
    Column("last_step", String(80), nullable=False),
    Column("last_kind", String(8), nullable=False),
    Column("followed_by", BigInteger, doc="number of the contact that followed"),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("session_key", "tenant_id"),
    Index("journeys_by_time", "tenant_id", "ended_at"),
    Index("journeys_by_customer", "tenant_id", "customer_key"),
    Index("journeys_by_contact", "tenant_id", "followed_by"),
)

REPORT_ORDERS = Table(
    "report_orders",
    METADATA,
    Column("order_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False, doc="whose mail it goes to"),
    Column("audience", String(16), nullable=False),
    Column("every", String(8), nullable=False, doc="week or month"),
    Column("last_sent", String(8), doc="the period that went out last"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("user_id", "audience", "every"),
    Index("report_orders_by_tenant", "tenant_id"),
)
