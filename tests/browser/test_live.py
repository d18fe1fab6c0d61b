"""
Calls that go on as people meet them: fed through sockets, followed in a browser, by keyboard.

With KINDLINE_SHOTS set to a folder, what is seen is kept there as pictures; with KINDLINE_PACE=1
the telephone call takes as long as it took.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
from threading import Event, Thread
import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
import pytest
from websockets.sync.client import ClientConnection, connect

from kindline.config import Settings
from kindline.live.protocols.twilio import signature
from kindline.store.sessions import add_token
from kindline.web.app import application
from kindline.work.hiring import quick_worker_of
from tests.browser.conftest import Site, page_of
from tests.live.test_heard import streamed
from tests.served import free_port, served
from tests.web.conftest import CRISIS, OURS

TWILIO = "a token of Twilio's"
PACE = float(os.environ.get("KINDLINE_PACE", "0.3"))
SHOTS = os.environ.get("KINDLINE_SHOTS")

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server that is fed, with the worker for what somebody waits for beside it."""
    port, folder = free_port(), tmp_path_factory.mktemp("live")
    made = Site(folder, port, language="en", twilio_token=TWILIO)
    stop = Event()
    worker = quick_worker_of(Settings(home=folder), made.store, lambda *_: None)
    beside = Thread(target=worker.run, args=(stop,))
    beside.start()
    with served(application(made.place), port):
        yield made
    stop.set()
    beside.join()


class Feed:
    """A platform that sends turns."""

    def __init__(self, way: ClientConnection, name: str) -> None:
        self.way, self.seq = way, 0
        told = {"call_id": name, "language": "en", "agent_id": "A-1", "queue": "Deliveries"}
        self.send(event="start", country="GB", **told)

    def send(self, **told: Any) -> None:
        """Send a frame, and wait for the answer."""
        self.seq += 1
        self.way.send(json.dumps({"seq": self.seq, **told}))
        self.way.recv(timeout=20)

    def say(self, party: str, text: str) -> None:
        """Let somebody speak."""
        self.send(event="turn", party=party, text=text)


@pytest.fixture
def socket_of(centre: Site) -> Iterator[ClientConnection]:
    """Return a socket that feeds calls."""
    now = datetime.now(UTC)
    with centre.store.begin() as tenancy:
        user_id = centre.user_ids[OURS, "admin"]
        token = add_token(
            tenancy, user_id, "feeds", frozenset({"feeds"}), now=now, lasts=timedelta(days=1)
        )
    address = centre.address.replace("http", "ws") + "/live/turns"
    with connect(address, additional_headers={"authorization": f"Bearer {token}"}) as way:
        yield way


def look(page: Page, name: str) -> None:
    """Hold the page to what every page is held to, and keep a picture where one is wanted."""
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_cue_from_card_to_debrief(
    browser: Browser, centre: Site, socket_of: ClientConnection
) -> None:
    """The card is there at once, the case in the inbox; closed, ended, a break, a talk."""
    feed = Feed(socket_of, "call-1")
    feed.say("customer", "My parcel came broken, can I send it back?")
    with (
        page_of(browser, centre, "safeguarding") as inbox,
        page_of(browser, centre, "agent", "phone") as desk,
    ):
        inbox.goto(f"{centre.address}/cases")
        expect(inbox.get_by_text("No case is open.")).to_be_visible()
        desk.goto(f"{centre.address}/desk")
        desk.get_by_role("link", name="Deliveries").first.click()
        expect(desk.get_by_text("My parcel came broken").first).to_be_visible()
        feed.say("agent", "I am sorry. I will send you a label.")
        feed.say("customer", CRISIS)
        expect(desk.get_by_role("heading", name="A life may be at risk")).to_be_visible()
        expect(desk.locator(".risk .dial").first).to_have_text("999")
        expect(desk.get_by_role("alert").first).to_contain_text("A life may be at risk")
        expect(inbox.get_by_text("A call that goes on")).to_be_visible()
        look(desk, "cue-desk")
        look(inbox, "cue-inbox")
        inbox.get_by_role("link", name="A call that goes on").click()
        inbox.get_by_role("button", name="I look after it").press("Enter")
        expect(inbox.get_by_text("Taken", exact=True)).to_be_visible()
        desk.get_by_label("What was offered").select_option("999")
        desk.get_by_label("Did they take it?").select_option("yes")
        desk.get_by_label("Outcome").select_option("help_called")
        desk.get_by_role("button", name="Close the cue").press("Enter")
        expect(desk.get_by_role("heading", name="A life may be at risk")).to_be_hidden()
        desk.get_by_role("button", name="The call is over").press("Enter")
        expect(desk.get_by_role("heading", name="The call is over")).to_be_visible()
        look(desk, "cue-over")
        desk.get_by_role("button", name="I would like to talk it over").press("Enter")
        expect(desk.get_by_text("Asked:")).to_be_visible()
        desk.get_by_role("button", name="4 of 5").press("Enter")
        expect(desk.get_by_text("4 of 5")).to_be_visible()
        desk.get_by_role("button", name="Take a break").press("Enter")
        expect(desk.get_by_text("You are on a break since")).to_be_visible()
        inbox.reload()
        for done in (
            "Opened",
            "Offered",
            "Help was called",
            "The agent would like to talk it over",
        ):
            expect(inbox.get_by_text(done).first).to_be_visible()
        look(inbox, "cue-case")


def test_company_is_prompted_and_put_away_by_keyboard(
    browser: Browser, centre: Site, socket_of: ClientConnection
) -> None:
    """The words come in as they are said; the prompt says what was heard; put away it stays so."""
    told = {"conversation_id": "call-2", "language": "en", "agent_id": "A-1"}
    call = centre.place.live.switchboard.begin(OURS, "call-2", "plain", told)
    centre.age(call.call_id, minutes=3)  # nobody is prompted of company in the first minute
    feed = Feed(socket_of, "call-2")
    with page_of(browser, centre, "agent") as desk:
        desk.goto(f"{centre.address}/desk/{call.call_id}")
        feed.say("customer", "My parcel came broken, can I send it back?")
        feed.say("agent", "Of course. I will send you a label today.")
        feed.say(
            "customer",
            "Thank you. You are the only voice I hear all week, you know. Since my husband died "
            "it is so quiet here.",
        )
        seen = desk.get_by_text("They may have called to have somebody to talk to.")
        expect(seen).to_be_visible()
        expect(desk.get_by_text("min left to give")).to_be_visible()
        look(desk, "company-desk")
        desk.set_viewport_size({"width": 320, "height": 640})  # beside a softphone
        look(desk, "company-narrow")
        desk.get_by_role("button", name="Put away").press("Enter")
        expect(seen).to_be_hidden()
        feed.say("customer", "Nobody calls any more. I like to talk to you.")
        expect(desk.get_by_text("Nobody calls any more.").first).to_be_visible()
        expect(seen).to_be_hidden()


def test_a_telephone_call_becomes_words_and_tiles(
    browser: Browser, centre: Site, shared: Path
) -> None:
    """AWS's sample call as Twilio streams it: words appear while it goes on, then it is over."""
    address = f"wss://127.0.0.1:{centre.address.rpartition(':')[2]}/live/twilio"
    told = {"x-twilio-signature": signature(TWILIO, address)}
    way_in = centre.address.replace("http", "ws") + "/live/twilio"
    with page_of(browser, centre, "agent") as desk, connect(way_in, additional_headers=told) as way:
        *frames, stop = streamed(shared)
        began = time.monotonic()
        for number, frame in enumerate(frames):
            way.send(frame)
            due = began + PACE * number / 100  # two sides of twenty milliseconds each
            time.sleep(max(0.0, due - time.monotonic()))
            if number == 200:
                desk.goto(f"{centre.address}/desk")
                desk.get_by_role("button", name="This is my call").first.click()
        expect(desk.get_by_text("lights come on").first).to_be_visible(timeout=90_000)
        expect(desk.locator(".tag").first).to_contain_text("A service matter")
        look(desk, "telephone-desk")
        way.send(stop)
        expect(desk.get_by_role("heading", name="The call is over")).to_be_visible(timeout=90_000)
