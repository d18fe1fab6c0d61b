"""A hash of the words alone, by which a contact that two products exported is known."""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index; contacts stored before have none."""
    op.add_column("conversations", sa.Column("words_hash", sa.String(32)))
    op.create_index("conversations_by_words", "conversations", ["words_hash"])
