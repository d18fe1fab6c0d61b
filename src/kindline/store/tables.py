"""
The tables. A conversation's identity is its tenant and id, its content and what judged it.

In the clear stand what is counted and filtered by: states, times, queue, language. What anybody
said, every finding and every pseudonym is sealed under the conversation's own key (`KEYS`).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from kindline.store.call_tables import CALL_EVENTS
from kindline.store.metadata import METADATA, NUMBER

STATES = (
    Column("n_turns", Integer, nullable=False),
    Column("service", String(16), nullable=False),
    Column("companionship", String(16), nullable=False),
    Column("support", String(16), nullable=False),
    Column("crisis", String(16), nullable=False),
    Column("abuse", String(16), nullable=False),
    Column("swearing", Boolean),
    Column("arrival", String(16)),
    Column("departure", String(16)),
    Column("emotions", Text, doc="those present, joined by |; null where not assessed"),
    Column("felt_heard", String(16)),
    Column("tried_self_service", Boolean),
    Column("other_channels", Boolean),
    Column("repeat_contact", Boolean),
    Column("resolution", String(24)),
    Column("ms_after_resolution", BigInteger),
    Column("reason", String(64)),
    Column("loyalty", String(16)),
    Column("customer_talk_ms", BigInteger),
    Column("agent_talk_ms", BigInteger),
    Column("silence_ms", BigInteger),
    Column("hold_ms", BigInteger),
    Column("after_call_work_ms", BigInteger),
)

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("number", NUMBER, primary_key=True, doc="in order of arrival"),
    Column("tenant_id", String(64), nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("content_hash", String(32), nullable=False),
    Column("version_key", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("denied_because", Text),
    Column("language", Text),
    Column("channel", String(16)),
    Column("country", Text),
    Column("queue", Text),
    Column("started_at", DateTime(timezone=True)),
    Column("happened_at", DateTime(timezone=True), nullable=False, doc="start, else when stored"),
    Column("length_ms", BigInteger, doc="from its start to its end; null where it has no times"),
    *STATES,
    Column("policy", String(32), nullable=False),
    Column("basis", String(32)),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    Column("agent_key", String(32), doc="the agent's pseudonym, blinded"),
    Column("customer_key", String(32), doc="the customer's pseudonym, blinded"),
    Column("words_key", String(32), doc="the words alone, blinded; the same contact, the same"),
    Column("analysis", LargeBinary, doc="contract JSON, sealed; gone with the states' time"),
    Column("behaviours", LargeBinary, doc="the agent block, sealed; has a time of its own"),
    Column("turns", LargeBinary, doc="the words, sealed; gone when their time is up"),
    Column("carried", LargeBinary, doc="input we have no name for, sealed"),
    Column("handling", LargeBinary, doc="pseudonyms, hold, wrap-up; sealed"),
    UniqueConstraint("conversation_id", "tenant_id"),
    Index("conversations_by_time", "tenant_id", "happened_at", "number"),
    Index("conversations_by_words", "tenant_id", "words_key"),
    Index("conversations_by_customer", "tenant_id", "customer_key", "happened_at"),
    Index("conversations_by_agent", "tenant_id", "agent_key"),
    Index("conversations_by_age", "policy", "stored_at"),
    sqlite_autoincrement=True,
)

SEALED = ("analysis", "behaviours", "turns", "carried", "handling")

KEYS = Table(
    "keys",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("key_id", String(16), nullable=False, doc="which key of the key file wrapped it"),
    Column("wrapped", LargeBinary, nullable=False),
    Column(
        "is_indexed",
        Boolean,
        nullable=False,
        server_default=false(),
        doc="whether its words can be searched",
    ),
    Index(
        "keys_to_index",
        "tenant_id",
        "conversation_id",
        sqlite_where=text("NOT is_indexed"),
        postgresql_where=text("NOT is_indexed"),
    ),
)

POSTINGS = Table(
    "postings",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("word_key", BigInteger, primary_key=True, autoincrement=False, doc="word, blinded"),
    Column("chunk", Integer, primary_key=True, autoincrement=False, doc="number // 65,536"),
    Column("numbers", LargeBinary, nullable=False, doc="bitmap of numbers within the chunk"),
)

REJECTED = Table(
    "rejected",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("field", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
)

TAKEN = Table(
    "taken",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("name_key", String(32), primary_key=True, doc="hash of a watched file's name"),
    Column("stamp", String(64), nullable=False, doc="hash of its size and time"),
    Column("taken_at", DateTime(timezone=True), nullable=False),
)

BACKUPS = Table(
    "backups",
    METADATA,
    Column("backup_id", String(64), primary_key=True),
    Column("folder", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("receipt_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Text, nullable=False, doc="who carried it out"),
    Column("told", Text, nullable=False, doc="what was erased where, as JSON; no id of anybody"),
    Index("receipts_by_time", "tenant_id", "made_at"),
)

OBJECTIONS = Table(
    "objections",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("customer_key", String(32), primary_key=True, doc="the pseudonym, blinded"),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

DAYS = Table(
    "days",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("day", String(10), primary_key=True, doc="UTC, as 2026-11-26"),
    Column("stamp", String(32), nullable=False, doc="new with every change of the day"),
)


TENANTS = Table(
    "tenants",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

USERS = Table(
    "users",
    METADATA,
    Column("user_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("email", String(254), nullable=False, unique=True, doc="lower case"),
    Column("name", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("roles", Text, nullable=False, doc="joined by |"),
    Column("agent_key", String(32), doc="the agent's pseudonym, blinded"),
    Column("password", Text, doc="argon2id; none until the first link was used"),
    Column("totp", LargeBinary, doc="secret of the second factor, sealed under the user's key"),
    Column("totp_step", BigInteger, doc="last step that was used: none is used twice"),
    Column("oidc_subject", Text, unique=True, doc="issuer and subject"),
    Column("is_active", Boolean, nullable=False),
    Column(
        "has_prompts",
        Boolean,
        nullable=False,
        server_default=true(),
        doc="whether a desk prompts them; theirs to choose, shown to nobody",
    ),
    Column("n_failed", Integer, nullable=False, doc="wrong passwords in a row"),
    Column("locked_until", DateTime(timezone=True)),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("users_by_tenant", "tenant_id", "email"),
)

TEAMS = Table(
    "teams",
    METADATA,
    Column("team_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("tenant_id", "name"),
)

TEAM_AGENTS = Table(
    "team_agents",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("agent_key", String(32), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Index("team_agents_by_team", "team_id"),
)

TEAM_USERS = Table(
    "team_users",
    METADATA,
    Column("team_id", String(32), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Index("team_users_by_user", "user_id"),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("session_key", String(64), primary_key=True, doc="hash of what the browser holds"),
    Column("user_id", String(32), nullable=False),
    Column("is_complete", Boolean, nullable=False, doc="false until the second factor"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Index("sessions_by_user", "user_id"),
)

LINKS = Table(
    "links",
    METADATA,
    Column("link_key", String(64), primary_key=True, doc="hash of what the link holds"),
    Column("user_id", String(32), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

TOKENS = Table(
    "tokens",
    METADATA,
    Column("token_key", String(64), primary_key=True, doc="hash of the token"),
    Column("token_id", String(32), nullable=False, unique=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False, doc="joined by |"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

VIEWS = Table(
    "views",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("what", String(32), nullable=False, doc="words, crisis, own"),
    Column("conversation_id", Text, nullable=False),
    Index("views_by_time", "tenant_id", "seen_at"),
    Index("views_by_conversation", "tenant_id", "conversation_id"),
    sqlite_autoincrement=True,
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("job_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("told", Text, nullable=False, doc="what it is about, as JSON: ids and numbers"),
    Column("state", String(16), nullable=False, doc="waiting, running, done or dead"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("lease", String(32), doc="new with every take; who has another has lost the job"),
    Column("lease_until", DateTime(timezone=True)),
    Column("n_tries", Integer, nullable=False),
    Column("once", String(128), unique=True, doc="two jobs of one name are one"),
    Column("progress", Text, doc="as JSON: numbers"),
    Column("problem", Text, doc="why the last try failed: a kind of error and its place"),
    Column("asked_by", String(32), doc="user"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("jobs_by_state", "state", "due_at"),
    Index("jobs_by_tenant", "tenant_id", "made_at"),
)

SAMPLES = Table(
    "samples",
    METADATA,
    Column("sample_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("design", String(16), nullable=False, doc="random or stratified"),
    Column("need", String(16), doc="whose states are the strata"),
    Column("language", Text, doc="null for all"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("n_frame", Integer, nullable=False, doc="conversations it was drawn from"),
    Column("made_by", String(32), nullable=False, doc="user"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("samples_by_tenant", "tenant_id", "made_at"),
)

SAMPLED = Table(
    "sampled",
    METADATA,
    Column("sample_id", String(32), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="conversation"),
    Column("tenant_id", String(64), nullable=False),
    Column("weight", Float, nullable=False, doc="conversations it stands for"),
    Column("states", Text, nullable=False, doc="what Kindline found when it was drawn, as JSON"),
    Index("sampled_by_number", "tenant_id", "number"),
)

LABELS = Table(
    "labels",
    METADATA,
    Column("sample_id", String(32), primary_key=True, doc="empty for one that disputes"),
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="conversation"),
    Column("user_id", String(32), primary_key=True),
    Column("need", String(16), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("value", String(16), nullable=False, doc="present, absent or unsure"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("labels_by_number", "tenant_id", "number"),
)

SAVED = Table(
    "saved",
    METADATA,
    Column("saved_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("narrowed", Text, nullable=False, doc="what narrows a list, as a query; no words"),
    UniqueConstraint("user_id", "name"),
)

DIALLED = Table(
    "dialled",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("country", String(2), primary_key=True),
    Column("dial", String(16), primary_key=True),
    Column("is_right", Boolean, nullable=False),
    Column("dialled_on", Date, nullable=False),
    Column("by_name", Text, nullable=False, doc="who dialled, of the house"),
)

PHRASES = Table(
    "phrases",
    METADATA,
    Column("phrase_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("use", String(32), nullable=False, doc="a rung, a step of the abuse ladder"),
    Column("form", String(16), nullable=False),
    Column("only_if", String(32)),
    Column("text", Text, nullable=False, doc="a sentence for agents; nobody's words"),
    Column("by_name", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

EXPORTS = Table(
    "exports",
    METADATA,
    Column("export_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("form", String(32), nullable=False),
    Column("has_words", Boolean, nullable=False),
    Column("numbers", LargeBinary, nullable=False, doc="which conversations, packed"),
    Index("exports_by_time", "tenant_id", "made_at"),
)

CHOICES = Table(
    "choices",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("profile", String(32), nullable=False),
    Column("keep_days", Text, nullable=False, doc="fewer days than the profile's, as JSON"),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("choices_by_tenant", "tenant_id", "number"),
    sqlite_autoincrement=True,
)

HOOKS = Table(
    "hooks",
    METADATA,
    Column("hook_id", String(32), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("address", Text, nullable=False),
    Column("events", Text, nullable=False, doc="joined by |"),
    Column("secret", LargeBinary, nullable=False, doc="sealed under a key of its own"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("hooks_by_tenant", "tenant_id", "made_at"),
)

SOUNDS = Table(
    "sounds",
    METADATA,
    Column("tenant_id", String(64), primary_key=True),
    Column("conversation_id", Text, primary_key=True),
    Column("sound_id", String(32), nullable=False, unique=True, doc="the sealed file's name"),
    Column("length_ms", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

LEFT_OUT = frozenset(  # of backups
    {"keys", "days", "postings", "sessions", "links", "sounds", CALL_EVENTS.name}
)
