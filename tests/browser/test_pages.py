"""
Pages as people meet them: a real server, a real browser, every page of every role.

Chromium comes from Debian (`apt-get install chromium`); CI has it. Elsewhere these tests skip.
"""

from datetime import UTC, datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
import pytest
from sqlalchemy import update

from kindline.model.people import RIGHTS_OF, ROLES, RoleName
from kindline.store.sessions import open_link
from kindline.store.tables import JOBS
from kindline.web.pages import INSIGHT, NAVIGATION
from tests.browser.conftest import SIZES, Site, page_of
from tests.web.conftest import OURS

SAMPLE = "SAMPLE"
OWN = [  # an agent's, beneath what their navigation has
    "/my-time",
    "/my-desk/moments",
    "/my-desk/sees",
    "/my-desk/recognise",
    "/practice/drills",
    "/practice/certificate",
    "/practice/team",
]

pytestmark = [
    # Playwright's loop and threads are closed by it, later than the test that used them.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def pages_of(role: RoleName) -> list[str]:
    """Return the pages in a role's navigation, its account, and a conversation it may open."""
    found = [address for address, _, rights in NAVIGATION if not rights or rights & RIGHTS_OF[role]]
    readers = ("agent", "lead", "coach", "safeguarding", "analyst")
    opened_too = [f"/conversations/{OURS}-mine"] if role in readers else []
    if "review" in RIGHTS_OF[role]:
        opened_too += [f"/review/{SAMPLE}", f"/review/{SAMPLE}/next", "/conversations/call"]
    if role in ("analyst", "planner"):  # what is beneath the overview is alike for who sees numbers
        opened_too += [address for address, _ in INSIGHT if address not in found]
        opened_too += ["/ask?q=share+service+by+queue", "/reports/2026-10/head.html"]
    return [*found, *opened_too, *(OWN if role == "agent" else []), "/account"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_accessible_and_fits(
    browser: Browser, site: Site, role: RoleName, size: str
) -> None:
    """No axe violation, nothing wider than the screen, one heading, a title; at both widths."""
    with page_of(browser, site, role, size) as page:
        for path in pages_of(role):
            page.goto(site.address + path.replace(SAMPLE, site.sample_id))
            page.wait_for_selector("[aria-busy]", state="detached")
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.locator("h1").count() == 1
            assert page.title().endswith("· Kindline")


@pytest.mark.parametrize("language", ["nl", "fr", "hu"])
@pytest.mark.parametrize("role", ["analyst", "agent", "coach", "council"])
def test_pages_fit_in_every_language(
    browser: Browser, site: Site, language: str, role: RoleName
) -> None:
    """Longer words push nothing off a telephone; and it is dark where one wants it so."""
    with page_of(browser, site, role, "phone", language=language, scheme="dark") as page:
        for path in pages_of(role):
            page.goto(site.address + path.replace(SAMPLE, site.sample_id))
            page.wait_for_selector("[aria-busy]", state="detached")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_first_visit_by_keyboard_alone(browser: Browser, site: Site) -> None:
    """A link, a password, signing in, a number, its conversations, one of them: no mouse."""
    with site.store.begin() as tenancy:
        user_id = site.user_ids[OURS, "analyst"]
        secret = open_link(tenancy.connection, user_id, now=datetime.now(UTC))
    with page_of(browser, site, None) as page:
        page.goto(f"{site.address}/link/{secret}")
        page.wait_for_selector("[name=password]:focus")
        page.keyboard.type("lampion rivier kwartje")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in")
        page.wait_for_selector("[name=email]:focus")  # put there after the page has loaded
        page.keyboard.type(f"analyst@{OURS}.test")
        page.keyboard.press("Tab")
        page.keyboard.type("lampion rivier kwartje")
        page.keyboard.press("Enter")
        page.wait_for_url("**/overview")
        tab_to(page, ".tile.companionship a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/conversations?need=companionship*")
        tab_to(page, "tbody th a")
        page.keyboard.press("Enter")
        page.wait_for_selector("ol.turns mark.companionship")
        tab_to(page, ".why a")
        page.keyboard.press("Enter")
        assert "#turn-" in page.url


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is where a person would go; it must be seen when it is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_charts_open_their_conversations(browser: Browser, site: Site) -> None:
    """A point of a trend is a link to that week's conversations."""
    with page_of(browser, site, "analyst") as page:
        page.goto(f"{site.address}/overview")
        page.wait_for_selector("figure.companionship svg a")
        page.locator("figure.companionship svg a").last.click()
        page.wait_for_url("**/conversations?week=*&need=companionship")
        assert page.locator("tbody tr").count() >= 1


def test_a_file_is_handed_in_and_its_progress_seen(browser: Browser, site: Site) -> None:
    """The list says that it waits; nothing is reloaded by hand."""
    with page_of(browser, site, "analyst") as page:
        page.goto(f"{site.address}/imports")
        page.set_input_files(
            "#files", {"name": "a.jsonl", "mimeType": "text/plain", "buffer": b'{"id": "x"}'}
        )
        page.select_option("#basis", "consent")
        page.get_by_role("button", name="Hand in").click()
        page.wait_for_selector("td:has-text('waiting')")
        with site.store.begin() as tenancy:  # a worker takes it
            changed = update(JOBS).where(JOBS.c.kind == "take_in").values(state="done")
            tenancy.connection.execute(changed)
        page.wait_for_selector("td:has-text('taken in')")


def test_words_are_searched_by_keyboard(browser: Browser, site: Site) -> None:
    """The words stand on the page and in no address; what is found is accessible and opens."""
    with page_of(browser, site, "analyst", "phone") as page:
        page.goto(f"{site.address}/conversations")
        tab_to(page, "#words")
        page.keyboard.type("trombones")
        page.keyboard.press("Enter")
        page.wait_for_selector("p.snippet mark:has-text('trombone')")
        assert "trombone" not in page.url
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tab_to(page, "tbody th a")
        page.keyboard.press("Enter")
        page.wait_for_selector("ol.turns")
        assert page.url.endswith("/conversations/call")


def test_a_sound_is_played_beside_its_words(browser: Browser, site: Site) -> None:
    """A time leads to its place, and the turn that is heard is marked."""
    with page_of(browser, site, "analyst") as page:
        page.goto(f"{site.address}/conversations/call")
        page.wait_for_function("document.getElementById('sound').duration > 2.5")
        tab_to(page, "[data-at='1000'] button.at")
        page.keyboard.press("Enter")
        page.wait_for_selector("#turn-1[data-heard]")
        assert page.evaluate("document.getElementById('sound').currentTime") >= 1


def test_consequences_are_read_before_a_policy_changes(browser: Browser, site: Site) -> None:
    """The preview is accessible, at both widths, and leaves things as they are."""
    for size in SIZES:
        with page_of(browser, site, "dpo", size) as page:
            page.goto(f"{site.address}/policy")
            page.fill("#findings", "5")
            page.get_by_role("button", name="Show what would change").click()
            page.wait_for_selector("#then")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.get_by_role("link", name="Leave as it is").click()
            page.wait_for_selector("#then", state="detached")


def test_a_sample_is_judged_by_keyboard(browser: Browser, site: Site) -> None:
    """An answer for each need, then the next conversation."""
    with page_of(browser, site, "analyst") as page:
        page.goto(f"{site.address}/review/{site.sample_id}/next")
        before = page.locator("form.card").get_attribute("action")
        for need in ("service", "companionship", "support", "abuse"):
            tab_to(page, f"[name={need}]")
            page.keyboard.press("ArrowRight")  # chooses the second: no
        tab_to(page, "form.card button")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "was => document.querySelector('form.card')?.getAttribute('action') !== was", arg=before
        )


@pytest.mark.parametrize(("width", "language"), [(320, "nl"), (1180, "hu")])
def test_a_practice_call_by_keyboard_from_greeting_to_farewell(
    browser: Browser, site: Site, width: int, language: str
) -> None:
    """Beside a softphone as on a desktop: type, take what is offered, read the end."""
    with page_of(browser, site, "agent", "phone", language=language) as page:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site.address}/practice")
        page.locator(".caller button").first.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.locator("#say").focus()
        page.keyboard.type("Ok.")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        for _ in range(12):
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if not page.locator("#say").count():
                break
            page.locator(".sentence button").first.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
        assert page.locator(".said li").count() >= 6


@pytest.mark.parametrize("size", SIZES)
def test_the_card_is_announced_and_readable(browser: Browser, site: Site, size: str) -> None:
    """When a cue comes up: first on the page for a screen reader, number and source to read."""
    with page_of(browser, site, "agent", size) as page:
        page.goto(f"{site.address}/practice")
        form = page.locator("form.caller", has_text="Mr Hargreaves")
        form.locator("button").click()
        while not page.locator(".risk").count():
            page.locator("#say").fill("I am listening.")
            page.locator("form.card button", has_text="Say it").click()
            page.wait_for_load_state()
        assert page.locator("[aria-live=assertive] .risk").count() == 1
        assert "999" in page.locator(".risk").inner_text()
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="close the cue").click()
        assert page.locator(".risk").count() == 0
