"""Conversations and rejected records."""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first two tables."""
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String(200), primary_key=True),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("version_key", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("channel", sa.String(16)),
        sa.Column("country", sa.String(8)),
        sa.Column("queue", sa.String(200)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("n_turns", sa.Integer, nullable=False),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("companionship", sa.String(16), nullable=False),
        sa.Column("support", sa.String(16), nullable=False),
        sa.Column("crisis", sa.String(16), nullable=False),
        sa.Column("abuse", sa.String(16), nullable=False),
        sa.Column("policy", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(32)),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("analysis", sa.LargeBinary, nullable=False),
        sa.Column("behaviours", sa.LargeBinary),
        sa.Column("turns", sa.LargeBinary),
        sa.Column("carried", sa.LargeBinary),
    )
    op.create_index("conversations_by_need", "conversations", ["companionship", "language"])
    op.create_table(
        "rejected",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("record", sa.String(200), primary_key=True),
        sa.Column("field", sa.String(200), nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("expected", sa.Text, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("rejected")
    op.drop_index("conversations_by_need", "conversations")
    op.drop_table("conversations")
