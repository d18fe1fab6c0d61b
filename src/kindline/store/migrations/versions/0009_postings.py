"""An index of words, blinded; and which conversations are in it."""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "postings",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("word_key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
    )
    op.add_column(
        "keys", sa.Column("is_indexed", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_index(
        "keys_to_index",
        "keys",
        ["tenant_id", "conversation_id"],
        sqlite_where=sa.text("NOT is_indexed"),
        postgresql_where=sa.text("NOT is_indexed"),
    )
