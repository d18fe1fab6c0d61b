"""An agent's first ten minutes, and a coach's form: as people go, in a real browser."""

from playwright.sync_api import Browser, expect
import pytest

from tests.browser.conftest import Site, page_of
from tests.browser.test_pages import tab_to
from tests.web.conftest import WORD

pytestmark = [
    # Playwright's loop and threads are closed by it, later than the test that used them.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_agents_first_ten_minutes(browser: Browser, site: Site, size: str) -> None:
    """
    What is seen of me; a moment of mine, shared and taken back; a piece; a contact judged; a break.

    Nothing needs an explanation that the pages do not give; all of it goes by links and buttons.
    """
    with page_of(browser, site, "agent", size) as page:
        page.goto(f"{site.address}/")
        page.wait_for_url("**/my-desk")
        page.get_by_role("link", name="What Kindline sees of you, and what not").click()
        page.wait_for_url("**/my-desk/sees")
        expect(page.get_by_text("score or rank agents").first).to_be_visible()
        page.get_by_role("link", name="← My desk").click()
        page.get_by_role("link", name="All moments, and sharing them").click()
        expect(page.get_by_text(WORD).first).to_be_visible()
        page.get_by_role("button", name="Share with my coach").first.click()
        expect(page.get_by_text("Your coach sees this.").first).to_be_visible()
        page.get_by_role("button", name="Take back").first.click()
        page.get_by_role("link", name="← My desk").click()
        page.get_by_role("link", name="Practise now").click()
        if page.locator("select.rank").count():
            for place in range(page.locator("select.rank").count()):
                page.locator(f"#rank{place}").select_option(str(place + 1))
            page.get_by_role("button", name="That is the order").click()
        else:
            page.locator("button.choice").first.click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.goto(f"{site.address}/my-desk")
        page.get_by_role("button", name="Take a break").click()
        expect(page.get_by_text("You are on a break since").first).to_be_visible()
        page.get_by_role("button", name="I am back").click()
        page.get_by_role("button", name="4 of 5").click()
        expect(page.get_by_text(": 4 of 5").first).to_be_visible()
        page.get_by_role("button", name="Forget all of it").click()
        expect(page.get_by_text(": 4 of 5")).to_have_count(0)


def test_a_piece_by_keyboard_alone(browser: Browser, site: Site) -> None:
    """Tab to an answer, Enter, and on to the next: no mouse."""
    with page_of(browser, site, "agent") as page:
        page.goto(f"{site.address}/my-desk")
        tab_to(page, 'a[href="/practice/drills"]')
        page.keyboard.press("Enter")
        page.wait_for_url("**/practice/drills")
        if page.locator("select.rank").count():  # a ladder: each place by its first letter
            for place in range(page.locator("select.rank").count()):
                tab_to(page, f"#rank{place}")
                page.keyboard.type(str(place + 1))
            tab_to(page, "form.card button")
        else:
            tab_to(page, "button.choice")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        tab_to(page, "[role=status] a.button")


def test_a_coach_draws_fills_in_and_an_agent_reads(browser: Browser, site: Site) -> None:
    """From a round to the agent's page, with their own words beside the questions."""
    with page_of(browser, site, "coach") as page:
        page.goto(f"{site.address}/coach")
        page.fill("#name", "November")
        page.get_by_role("button", name="Draw").click()
        page.get_by_role("link", name="Look at the next").click()
        while page.locator("aside fieldset").count():
            for field in page.locator("aside fieldset").all():
                field.locator("input[value=partly]").check()
            page.get_by_role("button", name="Keep, and the next").click()
            page.wait_for_load_state()
        expect(page.get_by_text("Filled in").first).to_be_visible()
    with page_of(browser, site, "agent", "phone") as page:
        page.goto(f"{site.address}/my-desk")
        page.get_by_role("link", name="November").first.click()
        page.fill("#otherwise", "I asked that.")
        page.get_by_role("button", name="Tell my coach").click()
        expect(page.get_by_text("I asked that.").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
