"""Tenants, users, teams, sessions, one-time links, tokens, and who saw what."""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("agent_key", sa.String(32)),
        sa.Column("password", sa.Text),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("oidc_subject", sa.Text, unique=True),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("n_failed", sa.Integer, nullable=False),
        sa.Column("locked_until", _TIME),
        sa.Column("made_at", _TIME, nullable=False),
    )
    op.create_index("users_by_tenant", "users", ["tenant_id", "email"])
    op.create_table(
        "teams",
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("tenant_id", "name"),
    )
    op.create_table(
        "team_agents",
        sa.Column("tenant_id", sa.String(64), primary_key=True),
        sa.Column("agent_key", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(32), nullable=False),
    )
    op.create_index("team_agents_by_team", "team_agents", ["team_id"])
    op.create_table(
        "team_users",
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("user_id", sa.String(32), primary_key=True),
    )
    op.create_index("team_users_by_user", "team_users", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("session_key", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("is_complete", sa.Boolean, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_table(
        "links",
        sa.Column("link_key", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("token_key", sa.String(64), primary_key=True),
        sa.Column("token_id", sa.String(32), nullable=False, unique=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_table(
        "views",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("views_by_time", "views", ["tenant_id", "seen_at"])
    op.create_index("views_by_conversation", "views", ["tenant_id", "conversation_id"])
