"""Coaching and looking after people: what is one's own, rounds, rules, staff, a pulse."""

from alembic import op
import sqlalchemy as sa

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "own_records",
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("what", sa.String(16), primary_key=True),
        sa.Column("told", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "shared_moments",
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("shared_moments_by_number", "shared_moments", ["tenant_id", "number"])
    op.create_table(
        "rounds",
        sa.Column("round_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scorecard", sa.String(32), nullable=False),
        sa.Column("n_each", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("rounds_by_tenant", "rounds", ["tenant_id", "made_at"])
    op.create_table(
        "round_contacts",
        sa.Column("round_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("round_contacts_by_number", "round_contacts", ["tenant_id", "number"])
    op.create_table(
        "evaluations",
        sa.Column("evaluation_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("round_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("agent_key", sa.String(32)),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disputed_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("round_id", "number", "user_id"),
    )
    op.create_index("evaluations_by_agent", "evaluations", ["tenant_id", "agent_key", "made_at"])
    op.create_index("evaluations_by_number", "evaluations", ["tenant_id", "number"])
    op.create_table(
        "team_material",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("need", sa.String(16), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "break_offers",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("user_id", "since"),
        sqlite_autoincrement=True,
    )
    op.create_index("break_offers_by_time", "break_offers", ["tenant_id", "offered_at"])
    op.create_table(
        "council_rules",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("has_moments", sa.Boolean, nullable=False),
        sa.Column("has_load", sa.Boolean, nullable=False),
        sa.Column("has_evaluations", sa.Boolean, nullable=False),
        sa.Column("coach_sees", sa.String(16), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("council_rules_by_tenant", "council_rules", ["tenant_id", "number"])
    op.create_table(
        "load_rules",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("load_rules_by_tenant", "load_rules", ["tenant_id", "number"])
    op.create_table(
        "staff",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("staff_key", sa.String(32), primary_key=True),
        sa.Column("started_on", sa.Date, primary_key=True),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.String(24)),
    )
    op.create_index("staff_by_team", "staff", ["tenant_id", "team"])
    op.create_table(
        "pulses",
        sa.Column("pulse_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("quarter", sa.String(8), nullable=False),
        sa.Column("team", sa.Text),
        sa.Column("told", sa.Text, nullable=False),
    )
    op.create_index("pulses_by_quarter", "pulses", ["tenant_id", "quarter"])
    op.create_table(
        "pulse_given",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("quarter", sa.String(8), primary_key=True),
        sa.Column("giver_key", sa.String(32), primary_key=True),
    )
    op.create_table(
        "team_occupancy",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("month", sa.String(8), primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
    )
