"""Long work, a row each."""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("lease_until", _TIME),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.Column("once", sa.String(128), unique=True),
        sa.Column("progress", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("asked_by", sa.String(32)),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "due_at"])
    op.create_index("jobs_by_tenant", "jobs", ["tenant_id", "made_at"])
