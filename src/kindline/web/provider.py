"""
Signing in at the centre's own identity provider (OpenID Connect Core 1.0, code flow with PKCE).

Who comes back is let in if they are a user here: by the subject they had before, else by an address
that the provider says it verified. Nobody is made a user by signing in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import secrets
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, RowMapping, select, update

from kindline.errors import SignInError, UnavailableError
from kindline.store.tables import USERS

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signed by the provider; never none, never ours
_SCOPE = "openid email profile"
_LEEWAY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where people sign in, and who we are there."""

    issuer: str
    client_id: str
    client_secret: str
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What goes along to the provider and must come back, kept in the browser meanwhile."""

    state: str
    nonce: str
    verifier: str

    def as_cookie(self) -> str:
        """Return it as a cookie's value."""
        return f"{self.state}.{self.nonce}.{self.verifier}"


def journey_of(cookie: str) -> Journey:
    """Return a journey from a cookie; raises SignInError where it is none."""
    parts = cookie.split(".")
    match parts:
        case [state, nonce, verifier] if state and nonce and verifier:
            return Journey(state=state, nonce=nonce, verifier=verifier)
        case _:
            raise SignInError


def depart(provider: Provider) -> tuple[str, Journey]:
    """Return where to send the browser, and the journey to be kept."""
    journey = Journey(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
    )
    with _client(provider) as client:
        endpoint = _described(client, provider)["authorization_endpoint"]
        address, _ = client.create_authorization_url(
            endpoint,
            state=journey.state,
            nonce=journey.nonce,
            code_verifier=journey.verifier,
        )
    return address, journey


def arrive(
    provider: Provider, journey: Journey, *, state: str, code: str, now: datetime
) -> Mapping[str, Any]:
    """Return what the provider says of who came back; raises SignInError where it does not hold."""
    if not secrets.compare_digest(state.encode(), journey.state.encode()):
        raise SignInError
    with _client(provider) as client:
        described = _described(client, provider)
        try:
            token = client.fetch_token(
                described["token_endpoint"], code=code, code_verifier=journey.verifier
            )
        except OAuthError:
            raise SignInError from None
        keys = _got(client, described["jwks_uri"])
    return _checked(provider, token.get("id_token", ""), keys, journey.nonce, now)


def user_of(connection: Connection, told: Mapping[str, Any]) -> RowMapping | None:
    """Return the row of the active user who came back, remembered by subject from then on."""
    subject = f"{told['iss']} {told['sub']}"
    by_subject = select(USERS).where(USERS.c.oidc_subject == subject, USERS.c.is_active)
    row = connection.execute(by_subject).mappings().first()
    if row is not None or told.get("email_verified") is not True:
        return row
    email = str(told.get("email", "")).strip().lower()
    is_new = USERS.c.oidc_subject.is_(None)
    by_email = select(USERS).where(USERS.c.email == email, USERS.c.is_active, is_new)
    row = connection.execute(by_email).mappings().first()
    if row is not None:
        is_it = USERS.c.user_id == row["user_id"]
        connection.execute(update(USERS).where(is_it).values(oidc_subject=subject))
    return row


def _client(provider: Provider) -> Any:
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope=_SCOPE,
        redirect_uri=provider.back,
        code_challenge_method="S256",
        timeout=10,
    )


def _described(client: Any, provider: Provider) -> Mapping[str, Any]:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    told = _got(client, address)
    if told.get("issuer") != provider.issuer:
        raise UnavailableError("the identity provider calls itself another: KINDLINE_OIDC_ISSUER")
    return told


def _got(client: Any, address: str) -> Mapping[str, Any]:
    """Return what lies at an address of the provider; raises UnavailableError."""
    try:
        told: Mapping[str, Any] = client.request("GET", address, withhold_token=True).json()
    except Exception as error:  # whatever the library's client raises is that it does not answer
        raise UnavailableError("the identity provider does not answer") from error
    return told


def _checked(
    provider: Provider, token: str, keys: Any, nonce: str, now: datetime
) -> Mapping[str, Any]:
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        told = decoded.claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(told)
    except (JoseError, ValueError, KeyError):
        raise SignInError from None
    return told
