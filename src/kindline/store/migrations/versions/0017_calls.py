"""Calls that go on, cases, breaks, own reports, lines and rules of a house."""

from alembic import op
import sqlalchemy as sa

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, and what a user chose of prompts."""
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name_key", sa.String(32), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("queue", sa.Text),
        sa.Column("agent_key", sa.String(32)),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String(16)),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("has_met_risk", sa.Boolean, nullable=False),
        sa.Column("n_events", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("given_ms", sa.BigInteger, nullable=False),
        sa.Column("told", sa.LargeBinary),
    )
    op.create_index("calls_by_time", "calls", ["tenant_id", "begun_at"])
    op.create_index("calls_by_name", "calls", ["tenant_id", "name_key"])
    op.create_index("calls_by_agent", "calls", ["tenant_id", "agent_key", "begun_at"])
    op.create_table(
        "call_events",
        sa.Column("call_id", sa.String(32), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("call_id", sa.String(32)),
        sa.Column("path", sa.String(16), nullable=False),
        sa.Column("content_hash", sa.String(32)),
        sa.Column("language", sa.Text),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(32)),
        sa.UniqueConstraint("tenant_id", "conversation_id"),
    )
    op.create_index("cases_by_time", "cases", ["tenant_id", "opened_at"])
    op.create_table(
        "case_log",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("offered", sa.Text),
        sa.Column("is_accepted", sa.Boolean),
        sqlite_autoincrement=True,
    )
    op.create_index("case_log_by_case", "case_log", ["case_id", "number"])
    op.create_table(
        "breaks",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
    op.create_index("breaks_by_user", "breaks", ["user_id", "began_at"])
    op.create_index("breaks_by_time", "breaks", ["tenant_id", "began_at"])
    op.create_table(
        "self_reports",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("self_reports_by_user", "self_reports", ["user_id", "made_at"])
    op.create_table(
        "house_lines",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("country", sa.String(2), primary_key=True),
        sa.Column("dial", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("needs", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("hours", sa.Text),
        sa.Column("whom", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "desk_rules",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("minutes_a_call", sa.Integer, nullable=False),
        sa.Column("minutes_a_shift", sa.Integer, nullable=False),
        sa.Column("may_end", sa.Boolean, nullable=False),
        sa.Column("most_prompts", sa.Integer, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("desk_rules_by_tenant", "desk_rules", ["tenant_id", "number"])
    has_prompts = sa.Column("has_prompts", sa.Boolean, nullable=False, server_default=sa.true())
    op.add_column("users", has_prompts)
