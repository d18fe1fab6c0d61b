"""
Who asks, and may they: sessions and tokens, rights, forms that came from our own pages.

Every route names the right it needs (`needs`) or that it needs none; tests walk all of them as
every role (tests/web/test_walk.py).
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
import hmac
from typing import Any, cast, get_args
from urllib.parse import urlsplit

from fastapi import Request
from sqlalchemy import Connection

from kindline.errors import FormError, InputError, RightError, SignInError
from kindline.model.people import Right, User, Viewer
from kindline.policy import Policy
from kindline.store.database import Store, Tenancy
from kindline.store.in_force import in_force
from kindline.store.people import signed_in
from kindline.store.sessions import session, token, touch
from kindline.web.place import Place

COOKIE = "kindline_session"
API = "/api/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of somebody: who it is, and their tenant's store."""

    place: Place
    viewer: Viewer
    secret: str | None

    @property
    def user(self) -> User:
        """Return who asks."""
        return self.viewer.user

    @property
    def store(self) -> Store:
        """Return the store as the tenant of who asks."""
        return self.place.store.of(self.user.tenant)

    def may(self, right: Right) -> bool:
        """Return whether who asks may open that."""
        return self.viewer.may(right)

    def rules(self, tenancy: Tenancy) -> Policy:
        """Return the policy in force for the tenant."""
        return in_force(tenancy, self.place.policy.name)

    @contextmanager
    def read(self) -> Generator[Tenancy]:
        """Open a transaction of the tenant that reads."""
        with self.store.read() as tenancy:
            yield tenancy

    @contextmanager
    def begin(self) -> Generator[Tenancy]:
        """Open a transaction of the tenant that writes."""
        with self.store.begin() as tenancy:
            yield tenancy


def asked(request: Request) -> Asked:
    """Return who asks; raises SignInError where nobody is signed in."""
    place: Place = request.app.state.place
    if request.url.path.startswith(API):  # for programs; pages are for people
        bearer = _bearer(request)
        if bearer is None:
            raise SignInError
        return by_token(place, bearer)
    secret = request.cookies.get(COOKIE)
    if secret is None:
        raise SignInError
    return _by_session(place, secret)


def needs(*rights: Right) -> Callable[[Request], Asked]:
    """Return a dependency: who asks, with one of these rights; for none, anybody signed in."""

    def asked_with_right(request: Request) -> Asked:
        found = asked(request)
        if rights and not any(found.may(right) for right in rights):
            raise RightError
        return found

    return asked_with_right


async def from_our_page(request: Request) -> None:
    """Raise FormError where a form was not made by a page of this session."""
    secret = request.cookies.get(COOKIE) or ""
    form = await request.form()
    if any(isinstance(value, str) and "\0" in value for value in form.values()):
        raise InputError("a field holds a character that no text has")
    told = form.get("form_key")
    if not isinstance(told, str) or not hmac.compare_digest(told, form_key(secret)):
        raise FormError


def is_from_elsewhere(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that another site's page asks to change something."""
    if method in _SAFE or headers.get("authorization"):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def form_key(secret: str) -> str:
    """Return what belongs to a session and cannot be made without it."""
    return hashlib.blake2b(b"form", key=secret.encode()[:64], digest_size=16).hexdigest()


def _bearer(request: Request) -> str | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def by_token(place: Place, secret: str) -> Asked:
    """Return who asks with a token; raises SignInError."""
    with place.store.read() as tenancy:
        found = token(tenancy.connection, secret, now=place.clock())
        user = None if found is None else signed_in(tenancy.connection, found.user_id)
    if found is None or user is None:
        raise SignInError
    known = cast("tuple[Right, ...]", get_args(Right))
    scopes = frozenset[Right](scope for scope in known if scope in found.scopes)
    return Asked(place=place, viewer=Viewer(user=user, scopes=scopes), secret=None)


def _by_session(place: Place, secret: str) -> Asked:
    now = place.clock()
    with place.store.read() as tenancy:
        found = session(tenancy.connection, secret, now=now)
        user = _of(tenancy.connection, found)
    if found is None or user is None:
        raise SignInError
    if found[1]:
        with place.store.begin() as tenancy:
            touch(tenancy.connection, secret, now=now)
    return Asked(place=place, viewer=Viewer(user=user), secret=secret)


def _of(connection: Connection, found: Any) -> User | None:
    if found is None or not found[0].is_complete:
        return None
    return signed_in(connection, found[0].user_id)
