"""
Sessions, one-time links and tokens: secrets that others hold, and we know only by their hash.

A secret is 256 random bits, so a plain hash of it cannot be searched through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import hashlib
import secrets

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from kindline.model.people import Right
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import LINKS, SESSIONS, TOKENS

IDLE = timedelta(minutes=30)  # a screen left open in a shared room
LONGEST = timedelta(hours=12)  # a shift
LINK_LASTS = timedelta(hours=24)
TOKEN_PREFIX = "kindline_"  # noqa: S105 -- what scanners for leaked secrets look for
_BYTES = 32
_TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that signed in; `is_complete` once it gave the second factor, if there is one."""

    user_id: str
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token: never the token."""

    token_id: str
    user_id: str
    name: str
    scopes: frozenset[str]
    made_at: datetime
    expires_at: datetime


def key_of(secret: str) -> str:
    """Return what a secret is known by."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(connection: Connection, user_id: str, *, is_complete: bool, now: datetime) -> str:
    """Return the secret of a new session, for the browser alone."""
    secret = secrets.token_urlsafe(_BYTES)
    row = {
        "session_key": key_of(secret),
        "user_id": user_id,
        "is_complete": is_complete,
        "made_at": now,
        "seen_at": now,
    }
    connection.execute(insert(SESSIONS), [row])
    return secret


def session(connection: Connection, secret: str, *, now: datetime) -> tuple[Session, bool] | None:
    """Return the session of a secret and whether it is due to be touched; None once it is over."""
    query = select(SESSIONS).where(SESSIONS.c.session_key == key_of(secret))
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    idle, age = now - in_utc(row["seen_at"]), now - in_utc(row["made_at"])
    if idle > IDLE or age > LONGEST:
        return None
    found = Session(user_id=row["user_id"], is_complete=row["is_complete"])
    return found, idle > _TOUCHED_EVERY


def touch(connection: Connection, secret: str, *, now: datetime) -> None:
    """Remember that a session was in use."""
    is_it = SESSIONS.c.session_key == key_of(secret)
    connection.execute(update(SESSIONS).where(is_it).values(seen_at=now))


def close_session(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.session_key == key_of(secret)))


def close_sessions(connection: Connection, user_id: str) -> None:
    """End all sessions of a user, wherever they are open."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user_id))


def open_link(connection: Connection, user_id: str, *, now: datetime) -> str:
    """Return the secret of a new one-time link of a user; earlier ones open nothing any more."""
    connection.execute(delete(LINKS).where(LINKS.c.user_id == user_id))
    secret = secrets.token_urlsafe(_BYTES)
    row = {"link_key": key_of(secret), "user_id": user_id, "expires_at": now + LINK_LASTS}
    connection.execute(insert(LINKS), [row])
    return secret


def user_of_link(connection: Connection, secret: str, *, now: datetime) -> str | None:
    """Return whose link it is, None where it is over or none."""
    query = select(LINKS.c.user_id).where(LINKS.c.link_key == key_of(secret))
    return connection.scalar(query.where(LINKS.c.expires_at > now))


def use_link(connection: Connection, secret: str, *, now: datetime) -> str | None:
    """Use a link up and return whose it was; of two who use it at once, one gets None."""
    is_it = (LINKS.c.link_key == key_of(secret)) & (LINKS.c.expires_at > now)
    return connection.scalar(delete(LINKS).where(is_it).returning(LINKS.c.user_id))


def add_token(
    tenancy: Tenancy,
    user_id: str,
    name: str,
    scopes: frozenset[Right],
    *,
    now: datetime,
    lasts: timedelta,
) -> str:
    """Return a new token, shown once."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(_BYTES)
    row = {
        "token_key": key_of(secret),
        "token_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        "user_id": user_id,
        "name": name,
        "scopes": "|".join(sorted(scopes)),
        "made_at": now,
        "expires_at": now + lasts,
    }
    tenancy.connection.execute(insert(TOKENS), [row])
    return secret


def token(connection: Connection, secret: str, *, now: datetime) -> Token | None:
    """Return what a token is, None where it is none or over."""
    query = select(TOKENS).where(TOKENS.c.token_key == key_of(secret), TOKENS.c.expires_at > now)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return _token(row)


def tokens(tenancy: Tenancy, user_id: str) -> list[Token]:
    """Return the tokens of a user, the newest first."""
    own = (TOKENS.c.tenant_id == tenancy.tenant) & (TOKENS.c.user_id == user_id)
    query = select(TOKENS).where(own).order_by(TOKENS.c.made_at.desc())
    return [_token(row) for row in tenancy.connection.execute(query).mappings()]


def _token(row: RowMapping) -> Token:
    return Token(
        token_id=row["token_id"],
        user_id=row["user_id"],
        name=row["name"],
        scopes=frozenset(row["scopes"].split("|")) if row["scopes"] else frozenset(),
        made_at=in_utc(row["made_at"]),
        expires_at=in_utc(row["expires_at"]),
    )


def revoke_token(tenancy: Tenancy, user_id: str, token_id: str) -> bool:
    """Take a token back; return whether the user had it."""
    own = (TOKENS.c.tenant_id == tenancy.tenant) & (TOKENS.c.user_id == user_id)
    is_it = own & (TOKENS.c.token_id == token_id)
    return tenancy.connection.execute(delete(TOKENS).where(is_it)).rowcount > 0


def forget_over(connection: Connection, *, now: datetime) -> None:
    """Delete sessions, links and tokens that are over."""
    is_old = (SESSIONS.c.seen_at < now - IDLE) | (SESSIONS.c.made_at < now - LONGEST)
    connection.execute(delete(SESSIONS).where(is_old))
    connection.execute(delete(LINKS).where(LINKS.c.expires_at <= now))
    connection.execute(delete(TOKENS).where(TOKENS.c.expires_at <= now))
