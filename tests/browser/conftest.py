"""A real server and a real browser. Chromium comes from Debian; CI has it, elsewhere tests skip."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil

from playwright.sync_api import Browser, Page, sync_playwright
import pytest

from kindline.model.people import RoleName
from kindline.policy import profile
from kindline.speech.silencing import playable
from kindline.store.call_tables import CALLS
from kindline.store.calls import calls, change_call
from kindline.store.database import opened
from kindline.store.facts import Facts
from kindline.store.labels import samples
from kindline.store.people import change_user
from kindline.store.postings import index
from kindline.store.sessions import open_session
from kindline.store.sounds import keep_sound
from kindline.web.app import application
from kindline.web.guard import COOKIE
from kindline.web.place import Place
from kindline.web.signing_in import Passwords
from tests.calls.lives import live_on
from tests.served import free_port, served
from tests.sound import tone, write
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, furnish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"desktop": (1180, 800), "phone": (400, 800)}
NOW = datetime.now(UTC)


class Site:
    """A server on a store with every role and some conversations."""

    def __init__(self, folder: Path, port: int, **live: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.store = opened(folder / "kindline.db")
        self.user_ids: dict[tuple[str, RoleName], str] = {}
        furnish(self.store, self.user_ids, NOW)
        for number in range(60):
            started_at = (NOW - timedelta(days=number)).isoformat()
            said = {"id": f"n{number}", "started_at": started_at, "queue": "billing"}
            text = "You are the only voice I hear all week." if number % 3 else "My bill is wrong."
            keep(self.store, conversation(text, **said), NOW, policy="eu-consented")
        self._furnish_more(folder)
        self.place = Place(
            store=self.store,
            facts=Facts(folder / "facts"),
            policy=profile("eu-consented"),
            clock=lambda: datetime.now(UTC),
            passwords=Passwords(),
            address=self.address,
            home=folder,
            live=live_on(self.store, lambda: datetime.now(UTC), **live),
        )

    def _furnish_more(self, folder: Path) -> None:
        """Put in a call with its sound, a sample, and the index of words."""
        turns = [
            {"party": "agent", "text": "Good evening.", "start_ms": 0, "end_ms": 900},
            {"party": "customer", "text": "My trombone is late.", "start_ms": 1000, "end_ms": 2900},
        ]
        call = conversation("", id="call", language="en", turns=turns, channel="voice")
        keep(self.store, call, NOW, policy="eu-consented")
        path = write(folder / "call.wav", tone(3))
        raw, length_ms = playable([path], [], source="call")
        with self.store.begin() as tenancy:
            keep_sound(tenancy, folder, "call", raw, length_ms, NOW)
            while index(tenancy):
                pass
            self.sample_id = samples(tenancy)[0].sample_id

    def session(self, role: RoleName, language: str = "en") -> str:
        """Return the secret of a session of that role."""
        with self.store.begin() as tenancy:
            user_id = self.user_ids[OURS, role]
            change_user(tenancy, user_id, language=language)
            return open_session(
                tenancy.connection, user_id, is_complete=True, now=datetime.now(UTC)
            )

    def age(self, call_id: str, *, minutes: int) -> None:
        """Let a call have begun earlier."""
        with self.store.begin() as tenancy:
            (call,) = calls(tenancy, CALLS.c.call_id == call_id)
            begun_at = call.begun_at - timedelta(minutes=minutes)
            change_call(tenancy, call_id, {"begun_at": begun_at})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser, or skip where there is none; CI has one and must not skip."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI has a chromium: apt-get install chromium")
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server that answers."""
    port = free_port()
    made = Site(tmp_path_factory.mktemp("site"), port)
    with served(application(made.place), port):
        yield made


@contextmanager
def page_of(
    browser: Browser, site: Site, role: RoleName | None, size: str = "desktop", **more: str
) -> Iterator[Page]:
    """Open a page as a role; whatever the page complains of fails the test."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=more.get("scheme", "light")
    )
    if role is not None:
        secret = site.session(role, more.get("language", "en"))
        context.add_cookies([{"name": COOKIE, "value": secret, "url": site.address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: complaints.append(told.text) if told.type == "error" else None,
    )
    yield page
    context.close()
    assert complaints == []
