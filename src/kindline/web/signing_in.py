"""
Signing in: a password, then a second factor where there is one.

Wrong tries are counted per user and lock for a while; who is unknown takes as long and hears the
same as who is wrong. Passwords are argon2id with the library's parameters (RFC 9106 4, low memory).
"""

from datetime import datetime, timedelta
from functools import cache
import hmac
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pyotp import random_base32
from pyotp.totp import TOTP
import segno
from sqlalchemy import Connection, RowMapping, select, update

from kindline.errors import PolicyError
from kindline.store.database import Store, Tenancy
from kindline.store.people import OF_NOBODY, key_name
from kindline.store.rows import in_utc
from kindline.store.sealing import new_seal, stored_seal
from kindline.store.sessions import close_sessions
from kindline.store.tables import KEYS, USERS
from kindline.store.upsert import upsert

MOST_FAILED = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST, LONGEST = 12, 256  # NIST SP 800-63B 3.1.1.2 asks for 15 alone or 8 with a second factor
_STEP_S = 30  # RFC 6238 5.2
Refused = Literal["wrong", "locked"]


class Passwords:
    """What hashes passwords, and refuses those that are too easy to guess."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hashed(self, password: str, *, email: str) -> str:
        """Return what is stored of a password; raises PolicyError where it is too weak."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise PolicyError(f"a password has {SHORTEST} to {LONGEST} characters")
        if len(set(password)) < SHORTEST // 2:
            raise PolicyError("a password does not repeat a few characters")
        if email.partition("@")[0] in password.lower():
            raise PolicyError("a password does not hold one's own address")
        return self._hasher.hash(password)

    def is_right(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the stored one, taking as long where none is stored."""
        try:
            right = self._hasher.verify(stored or self._of_nobody(), password[:LONGEST])
        except (VerifyMismatchError, InvalidHashError):
            return False
        return right and stored is not None

    @cache  # noqa: B019 -- one for the process
    def _of_nobody(self) -> str:
        return self._hasher.hash("nobody has this password")


def sign_in(
    store: Store, passwords: Passwords, email: str, password: str, *, now: datetime
) -> RowMapping | Refused:
    """Return the row of the user who signed in, or why nobody did; no lock is held meanwhile."""
    query = select(USERS).where(USERS.c.email == email.strip().lower(), USERS.c.is_active)
    with store.read() as tenancy:
        row = tenancy.connection.execute(query).mappings().first()
    is_right = passwords.is_right(password, None if row is None else row["password"])
    with store.begin() as tenancy:
        row = tenancy.connection.execute(query).mappings().first()
        if row is None:
            return "wrong"
        if is_locked(row, now):
            return "locked"
        count(tenancy.connection, row, is_right=is_right, now=now)
    return row if is_right else "wrong"


def is_locked(row: RowMapping, now: datetime) -> bool:
    """Return whether too many wrong tries were made of late."""
    return row["locked_until"] is not None and in_utc(row["locked_until"]) > now


def count(connection: Connection, row: RowMapping, *, is_right: bool, now: datetime) -> None:
    """Count a try; a right one begins anew, the last wrong one that is allowed locks."""
    n_failed = 0 if is_right else row["n_failed"] + 1
    is_last = n_failed >= MOST_FAILED
    changed = {
        "n_failed": 0 if is_last else n_failed,
        "locked_until": now + LOCKED_FOR if is_last else None,
    }
    connection.execute(update(USERS).where(USERS.c.user_id == row["user_id"]).values(changed))


def set_password(connection: Connection, user_id: str, hashed: str) -> None:
    """Give a user a password, and end every session they had."""
    changed = {"password": hashed, "n_failed": 0, "locked_until": None}
    connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(changed))
    close_sessions(connection, user_id)


def new_factor() -> str:
    """Return the secret of a second factor, to be shown once and kept when a code proves it."""
    return random_base32()


def factor_address(secret: str, email: str) -> str:
    """Return what an authenticator app reads from a picture."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name="Kindline")


def proves(secret: str, code: str, *, now: datetime) -> bool:
    """Return whether a code is of this secret, now or a step away (RFC 6238 6)."""
    return _step(secret, code, now) is not None


def picture(address: str) -> str:
    """Return an address as a picture that a telephone reads, to be put into a page."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2)


def keep_factor(tenancy: Tenancy, user_id: str, secret: str) -> None:
    """Keep a user's second factor, sealed under a key of the user's own."""
    seal = new_seal(tenancy.keyring, OF_NOBODY, key_name(user_id))
    key = {"tenant_id": OF_NOBODY, "conversation_id": key_name(user_id)}
    row = {**key, "key_id": seal.key_id, "wrapped": seal.wrapped}
    upsert(tenancy.connection, KEYS, [row], ("tenant_id", "conversation_id"))
    changed = {"totp": seal.closed("totp", secret), "totp_step": None}
    tenancy.connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(changed))


def drop_factor(tenancy: Tenancy, user_id: str) -> None:
    """Take a user's second factor away: their telephone is lost."""
    changed = {"totp": None, "totp_step": None}
    tenancy.connection.execute(update(USERS).where(USERS.c.user_id == user_id).values(changed))


def is_second_factor(tenancy: Tenancy, row: RowMapping, code: str, *, now: datetime) -> bool:
    """Return whether a code is the user's, and was not used before; count the try."""
    if is_locked(row, now):
        return False
    named = (KEYS.c.tenant_id == OF_NOBODY) & (KEYS.c.conversation_id == key_name(row["user_id"]))
    key = tenancy.connection.execute(select(KEYS).where(named)).mappings().one()
    seal = stored_seal(
        tenancy.keyring, OF_NOBODY, key_name(row["user_id"]), key["key_id"], key["wrapped"]
    )
    step = _step(seal.opened("totp", row["totp"]), code, now)
    is_right = step is not None and step > (row["totp_step"] or 0)
    count(tenancy.connection, row, is_right=is_right, now=now)
    if is_right:
        used = update(USERS).where(USERS.c.user_id == row["user_id"]).values(totp_step=step)
        tenancy.connection.execute(used)
    return is_right


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step a code is of, None where it is of none around now."""
    current = int(now.timestamp()) // _STEP_S
    told = code.replace(" ", "")
    totp = TOTP(secret)
    return next(
        (step for step in (current, current - 1, current + 1) if _is_same(totp, step, told)), None
    )


def _is_same(totp: TOTP, step: int, told: str) -> bool:
    return hmac.compare_digest(totp.generate_otp(step).encode(), told.encode())
