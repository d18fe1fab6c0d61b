"""How long a contact took; journeys through self-service; reports that go out by mail."""

from alembic import op
import sqlalchemy as sa

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the column and the tables; a customer's contacts are found in order."""
    op.add_column("conversations", sa.Column("length_ms", sa.BigInteger))
    op.drop_index("conversations_by_customer", "conversations")
    op.create_index(
        "conversations_by_customer", "conversations", ["tenant_id", "customer_key", "happened_at"]
    )
    op.create_table(
        "journeys",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("session_key", sa.String(32), nullable=False),
        sa.Column("customer_key", sa.String(32)),
        sa.Column("is_known", sa.Boolean, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("surface", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64)),
        sa.Column("ending", sa.String(16), nullable=False),
        sa.Column("last_step", sa.String(80), nullable=False),
        sa.Column("last_kind", sa.String(8), nullable=False),
        sa.Column("followed_by", sa.BigInteger),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("session_key", "tenant_id"),
    )
    op.create_index("journeys_by_time", "journeys", ["tenant_id", "ended_at"])
    op.create_index("journeys_by_customer", "journeys", ["tenant_id", "customer_key"])
    op.create_index("journeys_by_contact", "journeys", ["tenant_id", "followed_by"])
    op.create_table(
        "report_orders",
        sa.Column("order_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("every", sa.String(8), nullable=False),
        sa.Column("last_sent", sa.String(8)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("user_id", "audience", "every"),
    )
    op.create_index("report_orders_by_tenant", "report_orders", ["tenant_id"])
