"""Backups, receipts of erasure, objections, and the days with a stamp for their facts."""

from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "backups",
        sa.Column("backup_id", sa.String(64), primary_key=True),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("made_at", time, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("receipt_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("made_at", time, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
    )
    op.create_index("receipts_by_time", "receipts", ["tenant_id", "made_at"])
    op.create_table(
        "objections",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("customer_key", sa.String(32), primary_key=True),
        sa.Column("made_at", time, nullable=False),
    )
    op.create_table(
        "days",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("stamp", sa.String(32), nullable=False),
    )
