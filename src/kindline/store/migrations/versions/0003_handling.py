"""What surrounds a contact: agent and customer pseudonym, hold, wrap-up, transfers, survey."""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; contacts stored before have none."""
    op.add_column("conversations", sa.Column("handling", sa.LargeBinary))
