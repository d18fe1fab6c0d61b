"""Helplines that a person of the house dialled."""

from alembic import op
import sqlalchemy as sa

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "dialled",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("country", sa.String(2), primary_key=True),
        sa.Column("dial", sa.String(16), primary_key=True),
        sa.Column("is_right", sa.Boolean, nullable=False),
        sa.Column("dialled_on", sa.Date, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
    )
