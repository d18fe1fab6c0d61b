"""Samples that people label, and what they said."""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "samples",
        sa.Column("sample_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("design", sa.String(16), nullable=False),
        sa.Column("need", sa.String(16)),
        sa.Column("language", sa.Text),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("n_frame", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
    )
    op.create_index("samples_by_tenant", "samples", ["tenant_id", "made_at"])
    op.create_table(
        "sampled",
        sa.Column("sample_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("states", sa.Text, nullable=False),
    )
    op.create_index("sampled_by_number", "sampled", ["tenant_id", "number"])
    op.create_table(
        "labels",
        sa.Column("sample_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("need", sa.String(16), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("value", sa.String(16), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
    )
    op.create_index("labels_by_number", "labels", ["tenant_id", "number"])
