"""Signing in at an identity provider: a real one, small, on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
import socket
from threading import Thread
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form
from joserfc import jwt
from joserfc.jwk import RSAKey
import pytest
from starlette.testclient import TestClient
import uvicorn

from kindline.store.people import change_user
from kindline.web.app import application
from kindline.web.guard import COOKIE
from kindline.web.provider import Provider
from tests.web.conftest import ADDRESS, OURS, House


@dataclass
class Local:
    """An identity provider that knows one person; a test may let it say what is not so."""

    address: str
    person: dict[str, Any]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    lies: dict[str, Any] = field(default_factory=dict)
    signed_by: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Return it as an application."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def described() -> dict[str, str]:
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        def token(code: str = Form(), code_verifier: str = Form()) -> dict[str, Any]:
            challenge = create_s256_code_challenge(code_verifier)
            if code != "good" or challenge != self.asked["code_challenge"]:
                return {"error": "invalid_grant"}
            now = int(time.time())
            claims = {
                "iss": self.address,
                "aud": "kindline",
                "exp": now + 300,
                "iat": now,
                "nonce": self.asked["nonce"],
                **self.person,
                **self.lies,
            }
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signed_by or self.key)
            return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

        return app


@pytest.fixture
def local() -> Iterator[Local]:
    """Return a provider that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    person = {"sub": "77", "email": f"Analyst@{OURS}.test", "email_verified": True}
    made = Local(f"http://127.0.0.1:{port}", person)
    config = uvicorn.Config(made.app(), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield made
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(house: House, local: Local) -> TestClient:
    """Return a browser at a house whose people sign in there; its clock is the real one."""
    place = replace(
        house.client.app.state.place,  # type: ignore[attr-defined]
        provider=Provider(
            issuer=local.address,
            client_id="kindline",
            client_secret="s",  # noqa: S106 -- of a provider that lives for a test
            back=f"{ADDRESS}/sign-in/provider/back",
        ),
        clock=lambda: datetime.now(UTC),
    )
    return TestClient(application(place), base_url=ADDRESS, raise_server_exceptions=False)


def travel(client: TestClient, local: Local, **changed: str) -> Any:
    """Go to the provider and come back, as a browser does; return the last answer."""
    left = client.get("/sign-in/provider", follow_redirects=False)
    query = parse_qs(urlsplit(left.headers["location"]).query)
    local.asked = {name: values[0] for name, values in query.items()}
    assert local.asked["redirect_uri"] == f"{ADDRESS}/sign-in/provider/back"
    told = {"state": local.asked["state"], "code": "good"} | changed
    return client.get(f"/sign-in/provider/back?{urlencode(told)}", follow_redirects=False)


def test_a_user_comes_back_signed_in(client: TestClient, local: Local, house: House) -> None:
    """By the address at first, by the subject from then on, even under another address."""
    assert "/sign-in/provider" in client.get("/sign-in").text
    assert travel(client, local).headers["location"] == "/"
    assert client.get("/overview").status_code == 200
    with house.store.begin() as tenancy:
        change_user(tenancy, house.user_ids[OURS, "analyst"], email="moved@own.test")
    client.cookies.clear()
    assert travel(client, local).status_code == 303
    assert client.get("/overview").status_code == 200


def test_nobody_becomes_a_user_by_signing_in(client: TestClient, local: Local) -> None:
    """Neither a stranger nor somebody whose address the provider did not verify."""
    local.person = {"sub": "88", "email": "stranger@own.test", "email_verified": True}
    assert travel(client, local).status_code == 403
    local.person = {"sub": "88", "email": f"admin@{OURS}.test", "email_verified": False}
    assert travel(client, local).status_code == 403
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1_000_000_000},
    ],
    ids=["nonce", "audience", "issuer", "over"],
)
def test_what_the_provider_did_not_say_to_us_now_does_not_hold(
    client: TestClient, local: Local, lie: dict[str, Any]
) -> None:
    """A token of another session, client, provider or day opens nothing."""
    local.lies = lie
    answer = travel(client, local)
    assert answer.headers["location"] == "/sign-in"
    assert COOKIE not in client.cookies


def test_what_another_signed_or_brought_does_not_hold(client: TestClient, local: Local) -> None:
    """Another key, another state, a code that is none, a return nobody left for."""
    local.signed_by = RSAKey.generate_key(2048, {"kid": "1"})
    assert travel(client, local).headers["location"] == "/sign-in"
    local.signed_by = None
    assert travel(client, local, state="forged").headers["location"] == "/sign-in"
    assert travel(client, local, code="bad").headers["location"] == "/sign-in"
    client.cookies.clear()
    lost = client.get("/sign-in/provider/back?state=x&code=good", follow_redirects=False)
    assert lost.headers["location"] == "/sign-in"


def test_without_a_provider_there_is_no_such_page(house: House) -> None:
    """And the form does not speak of one."""
    assert house.nobody().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in house.nobody().get("/sign-in").text
