"""An application on a store of its own, with a user of every role in two tenants."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
import re
from threading import Thread

import httpx
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import pytest
from starlette.testclient import TestClient

from kindline import tracing
from kindline.desk.events import HelpAsked, Said
from kindline.model.people import ROLES, RoleName
from kindline.policy import profile
from kindline.store.cases import cases
from kindline.store.database import Store
from kindline.store.facts import Facts
from kindline.store.labels import Wanted, draw, samples
from kindline.store.people import (
    add_team,
    add_user,
    change_user,
    ensure_tenant,
    put_agents,
    put_user_into_team,
)
from kindline.store.sessions import open_session
from kindline.web.app import application
from kindline.web.guard import COOKIE, form_key
from kindline.web.live import Live
from kindline.web.place import Place
from kindline.web.signing_in import Passwords
from tests.calls.lives import live_on
from tests.store.kept import conversation, keep

ADDRESS = "http://kindline.test"
OURS, THEIRS = "own", "other"
CRISIS = "I have made up my mind, I do not want to live any more. Nobody would miss me."
WORD = "xylophone"


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime
    moved: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at + self.moved


@dataclass(slots=True, kw_only=True)
class House:
    """The application, its store, and the users' ids by tenant and role."""

    store: Store
    clock: Clock
    client: TestClient
    user_ids: dict[tuple[str, RoleName], str]
    live: Live
    home: Path

    def as_role(self, role: RoleName, tenant: str = OURS) -> "Browser":
        """Return a browser in which a user of that role is signed in."""
        with self.store.begin() as tenancy:
            secret = open_session(
                tenancy.connection,
                self.user_ids[tenant, role],
                is_complete=True,
                now=self.clock(),
            )
        return Browser(client=self.client, secret=secret)

    def sample_id(self, tenant: str = OURS) -> str:
        """Return the latest sample."""
        with self.store.of(tenant).read() as tenancy:
            return samples(tenancy)[0].sample_id

    def call_id(self, tenant: str = OURS) -> str:
        """Return a call that goes on: agent A-1's, with a cue, who asks for a supervisor."""
        told = {"conversation_id": "live-1", "language": "en", "agent_id": "A-1", "queue": "care"}
        board = self.live.switchboard
        call = board.begin(tenant, "live-1", "plain", told)
        if call.n_events == 0:
            said = Said(at_ms=1_000, role="customer", text=CRISIS)
            board.put(tenant, call.call_id, [said, HelpAsked(at_ms=2_000)]).result()
        return call.call_id

    def case_id(self, tenant: str = OURS) -> str:
        """Return the case of that call."""
        call_id = self.call_id(tenant)
        with self.store.of(tenant).read() as tenancy:
            return next(one.case_id for one in cases(tenancy) if one.call_id == call_id)

    def nobody(self) -> "Browser":
        """Return a browser in which nobody is signed in."""
        return Browser(client=self.client, secret="")


@dataclass(slots=True, kw_only=True)
class Browser:
    """What a browser does: it sends its cookie, and the key that our pages put into forms."""

    client: TestClient
    secret: str

    def get(self, path: str) -> httpx.Response:
        """Open a page, and follow no redirection."""
        self.client.cookies.clear()
        cookies = {COOKIE: self.secret} if self.secret else {}
        return self.client.get(path, headers=_cookie(cookies), follow_redirects=False)

    def post(
        self, path: str, told: dict[str, str | list[str]] | None = None, **more: object
    ) -> httpx.Response:
        """Send a form as our page would."""
        self.client.cookies.clear()
        cookies = {COOKIE: self.secret} if self.secret else {}
        data = {"form_key": form_key(self.secret), **(told or {})}
        return self.client.post(
            path, data=data, headers=_cookie(cookies), follow_redirects=False, **more
        )


def _cookie(cookies: dict[str, str]) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def text_of(answer: httpx.Response) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def house(store: Store, tmp_path: Path, now: datetime) -> Iterator[House]:
    """Return an application with two tenants: users of every role, a team, conversations."""
    clock = Clock(now)
    user_ids: dict[tuple[str, RoleName], str] = {}
    for tenant in (OURS, THEIRS):
        furnish(store.of(tenant), user_ids, now)
    place = Place(
        store=store,
        facts=Facts(tmp_path / "facts"),
        policy=profile("eu-consented"),
        clock=clock,
        passwords=Passwords(),
        address=ADDRESS,
        home=tmp_path,
        live=live_on(store, clock),
    )
    client = TestClient(application(place), base_url=ADDRESS, raise_server_exceptions=False)
    yield House(
        store=store, clock=clock, client=client, user_ids=user_ids, live=place.live, home=tmp_path
    )
    place.live.close()
    place.facts.close()


def furnish(store: Store, user_ids: dict[tuple[str, RoleName], str], now: datetime) -> None:
    """Put users, a team and conversations into a tenant."""
    with store.begin() as tenancy:
        ensure_tenant(tenancy, store.tenant, now=now)
        team = add_team(tenancy, "Evening")
        put_agents(tenancy, {"A-1": team, "A-2": team})
        for role in ROLES:
            made = add_user(tenancy, f"{role}@{store.tenant}.test", role, [role], now=now)
            user_ids[store.tenant, role] = made.user_id
        change_user(tenancy, user_ids[store.tenant, "agent"], agent_id="A-1")
        for role in ("lead", "coach"):
            put_user_into_team(tenancy, user_ids[store.tenant, role], team)
    for identity, agent, text in (
        ("mine", "A-1", f"My {WORD} came broken. You are the only voice I hear all week."),
        ("team", "A-2", "My invoice is wrong."),
        ("elsewhere", "A-9", "My invoice is wrong."),
        ("risk", "A-9", CRISIS),
    ):
        turns = [
            {"party": "customer", "text": text},
            {"party": "agent", "text": "I'm sorry about that. I'll call you back tomorrow."},
        ]
        said = {"turns": turns, "agent_id": agent, "customer_id": f"C-{identity}"}
        one = conversation("", id=f"{store.tenant}-{identity}", **said)
        keep(store, one, now, policy="eu-consented")
    since = now - timedelta(days=365)
    with store.begin() as tenancy:
        by = user_ids[store.tenant, "analyst"]
        draw(tenancy, Wanted("All", "random", None, None, since, 4), by=by, now=now)


@dataclass(slots=True)
class Listener:
    """A server that others run: what it heard, and what it answers next."""

    port: int
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Return what settings call it."""
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Return a server that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            made.heard.append((told, body))
            self.send_response(made.answers.pop(0) if made.answers else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made = Listener(port=server.server_port)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Return what collects the spans."""
    made = InMemorySpanExporter()
    tracing.begin(made)
    yield made
    tracing.end()
