"""The pages of numbers: what is on them, and what is told to whom."""

from datetime import timedelta
import re
from typing import Any

from aiosmtpd.controller import Controller
import pytest
from sqlalchemy import update

from kindline.config import Settings
from kindline.insight.published import OF_CREWS
from kindline.selfservice.journeys import Event, journeys
from kindline.store.journeys import link, save_journeys
from kindline.store.people import add_team, change_user, put_agents
from kindline.store.report_orders import orders
from kindline.store.tables import CONVERSATIONS
from kindline.work.chores import chores, plan_reports
from kindline.work.worker import Worker
from tests.served import free_port
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, House, text_of
from tests.web.test_alerts import Mailbox

PAGES = ("/when", "/self-service", "/channels", "/customers", "/time", "/ask", "/reports")
TRIED = "I tried it in your app first and it did not work, I gave up. My invoice is wrong."


def filled(house: House, n: int = 40, n_agents: int = 5) -> None:
    """Put in contacts with times, each after a session that failed; a team of five took them."""
    events: list[Event] = []
    for number in range(n):
        at = house.clock() - timedelta(days=10 + number % 5, hours=number % 9)
        turns = [
            {"party": "customer", "text": TRIED, "start_ms": 0, "end_ms": 60_000},
            {"party": "agent", "text": "I will mend it.", "start_ms": 60_000, "end_ms": 90_000},
        ]
        said: dict[str, Any] = {
            "id": f"f{number}",
            "turns": turns,
            "started_at": at.isoformat(),
            "customer_id": f"c{number}",
            "agent_id": f"T-{number % n_agents}",
            "queue": "billing",
            "channel": "voice" if number % 3 else "chat",
        }
        keep(house.store, conversation("", **said), house.clock(), policy="eu-consented")
        events.append(session(f"s{number}", f"c{number}", at - timedelta(hours=1), "error"))
        events.append(session(f"d{number}", f"x{number}", at, "completed"))
    with house.store.begin() as tenancy:
        save_journeys(tenancy, journeys(events), now=house.clock())
        link(tenancy)
        team = add_team(tenancy, "Five")
        put_agents(tenancy, {f"T-{number}": team for number in range(5)})


def session(name: str, customer: str, at: Any, outcome: Any) -> Event:
    """Return a session of one step."""
    return Event(
        session=name,
        customer=customer,
        at=at,
        surface="app",
        step="pay invoice",
        outcome=outcome,
        reason=None,
    )


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["analyst", "planner"])
def test_pages_stand_with_little_and_with_more(house: House, path: str, role: str) -> None:
    """Of four contacts as of forty; in the language of who reads."""
    browser = house.as_role(role)  # type: ignore[arg-type]
    assert browser.get(path).status_code == 200
    filled(house)
    browser.post("/account/language", {"language": "nl"})
    page = browser.get(f"{path}?weeks=52&queue=billing&channel=voice")
    assert page.status_code == 200
    assert '<html lang="nl">' in page.text


def test_a_failing_step_is_ranked_and_opens_its_words(house: House) -> None:
    """With contacts caused; the words are for who may open conversations, and that is noted."""
    filled(house)
    page = text_of(house.as_role("analyst").get("/self-service?weeks=52"))
    assert "pay invoice" in page
    assert "Not corrected: too few labels" in page
    step = "/self-service/step?step=pay+invoice&surface=app"
    assert "I tried it in your app first" in text_of(house.as_role("analyst").get(step))
    for role in ("planner", "dpo", "coach"):
        assert "I tried it" not in text_of(house.as_role(role).get(step))  # type: ignore[arg-type]


def test_few_sessions_are_shown_as_no_step(house: House) -> None:
    """FACTS 5.4: a step with fewer than 30 failures or 10 people after them is hidden."""
    filled(house, n=20)
    page = text_of(house.as_role("analyst").get("/self-service?weeks=52"))
    assert "No step has 30 failed sessions" in page


def test_a_team_of_five_is_compared_and_no_agent_is(house: House) -> None:
    """A team of two is counted as hidden; no pseudonym stands on the page."""
    filled(house)
    page = text_of(house.as_role("lead").get("/time?weeks=52&cost=30"))
    assert "Five" in page
    assert "Evening" not in page
    assert not any(f"T-{number}" in page for number in range(5))


def test_an_agent_sees_their_own_time_and_nobody_else_does(house: House) -> None:
    """Beside the centre's, made fair; who is no agent has no such page."""
    filled(house, n_agents=6)
    with house.store.begin() as tenancy:
        change_user(tenancy, house.user_ids[OURS, "agent"], agent_id="T-1")
    page = text_of(house.as_role("agent").get("/my-time"))
    assert "Mine, with the centre's mix" in page.replace("&#39;", "'")
    assert "n 7" in page
    for role in ("lead", "coach", "analyst", "admin"):
        assert house.as_role(role).get("/my-time").status_code in (403, 404)  # type: ignore[arg-type]


def test_ones_own_time_does_not_tell_that_of_four_others(house: House) -> None:
    """The centre's less one's own would be theirs."""
    filled(house, n_agents=5)
    with house.store.begin() as tenancy:
        change_user(tenancy, house.user_ids[OURS, "agent"], agent_id="T-1")
    page = text_of(house.as_role("agent").get("/my-time"))
    assert "Fewer than six agents" in page
    assert "n 8" not in page


def test_a_team_is_not_told_where_that_tells_of_the_others(house: House) -> None:
    """Five beside one in no team: all less the five is the one."""
    filled(house, n_agents=6)
    page = text_of(house.as_role("lead").get("/time?weeks=52"))
    assert "No team has five agents" in page
    assert "Five" not in page


def test_a_part_is_not_told_where_that_tells_of_the_rest(house: House) -> None:
    """Five in one queue beside those few of the house: all less the five are the few."""
    filled(house)
    browser = house.as_role("analyst")
    for path in ("/customers", "/time", "/channels"):
        assert "Fewer than five" in text_of(browser.get(f"{path}?weeks=52&queue=billing")), path
        assert "Fewer than five" not in text_of(browser.get(f"{path}?weeks=52")), path


def test_published_figures_stand_beside_none_of_a_small_crew(house: House) -> None:
    """Of four agents nobody is told how their customers left; of nobody's contacts it is told."""
    filled(house, n_agents=1)  # beside three of the house
    told = text_of(house.as_role("analyst").get("/published")).count("too few to tell")
    with house.store.begin() as tenancy:
        tenancy.connection.execute(update(CONVERSATIONS).values(agent_key=None))
    unknown = text_of(house.as_role("analyst").get("/published")).count("too few to tell")
    assert told - unknown == len(OF_CREWS)


@pytest.mark.parametrize("role", ["analyst", "lead", "planner"])
def test_what_would_tell_of_an_agent_is_told_to_nobody(house: House, role: str) -> None:
    """Of a queue that four agents have: no being heard, no loyalty, no time, no FCR."""
    filled(house, n_agents=4)
    browser = house.as_role(role)  # type: ignore[arg-type]
    for path in ("/customers", "/time", "/channels"):
        page = text_of(browser.get(f"{path}?weeks=52&queue=billing"))
        assert "Fewer than five agents took these contacts" in page, path
        assert "Minutes each" not in page
        assert "Settled at the first contact" not in page
        assert "Were heard" not in page
    assert "How they came, how they left too few to tell" in text_of(
        browser.get("/overview?weeks=52&queue=billing")
    )
    for what in ("heard", "soothed", "losing", "handle time", "first contact"):
        page = text_of(browser.get(f"/ask?q={what.replace(' ', '+')}+by+queue"))
        assert "too few to tell" in page
        assert "· n" not in page
    assert "40" in text_of(browser.get("/ask?q=contacts+by+queue"))


def test_a_question_is_answered_or_told_what_may_be_asked(house: House) -> None:
    """Few are told to nobody who opens no conversation; another form is refused in words."""
    filled(house)
    asked = "/ask?q=share+service+by+queue"
    answered = text_of(house.as_role("analyst").get(asked))
    assert re.search(r"billing \d+(\.\d)? % \d+", answered)
    planner = house.as_role("planner")
    refused = planner.post("/ask", {"q": "did Mrs Jansen call for company by agent?"})
    assert refused.status_code == 200
    assert "known: share NEED" in text_of(refused)
    moved = planner.post("/ask", {"q": "Share of COMPANY by channel?"})
    assert moved.headers["location"] == "/ask?q=share+companionship+by+channel"
    assert "known: week, month" in text_of(planner.get("/ask?q=share+company+by+agent"))


def test_a_report_is_a_page_of_its_own_and_a_pdf(house: House) -> None:
    """Under a policy that lets it have its style, and nothing else."""
    filled(house)
    name = (house.clock() - timedelta(days=10)).strftime("%Y-%m")
    page = house.as_role("planner").get(f"/reports/{name}/head.html")
    assert page.status_code == 200
    assert (
        page.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    )
    told = house.as_role("dpo").get(f"/reports/{name}/works-council.pdf")
    assert told.content.startswith(b"%PDF-")
    assert house.as_role("planner").get("/reports/2026-99/head.html").status_code == 422
    assert house.as_role("planner").get("/reports/2026-10/board.html").status_code == 422


def worker(house: House, server: str) -> tuple[Settings, Worker]:
    """Return settings with a mail server, and the worker that sends."""
    settings = Settings(smtp=server, home=house.home, address="https://kindline.example")
    every = chores(settings, house.clock)
    made = Worker(
        store=house.store,
        chores={"report": every["report"]},
        plan=lambda *_: None,
        clock=house.clock,
        report=lambda *_: None,
    )
    return settings, made


def test_a_report_that_is_ordered_goes_out_once_when_its_period_is_over(house: House) -> None:
    """As PDF, to who ordered it, while they may see numbers; never twice, and not at once."""
    filled(house)
    planner = house.as_role("planner")
    planner.post("/reports/orders", {"audience": "head", "every": "week"})
    assert "each week" in text_of(planner.get("/reports"))
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings, sender = worker(house, f"smtp://127.0.0.1:{port}")
    try:
        for days in (0, 8, 0):
            house.clock.moved += timedelta(days=days)
            plan_reports(house.store, settings, house.clock())
            while sender.step():
                pass
    finally:
        controller.stop()
    (mail,) = box.mails
    assert mail["To"] == f"planner@{OURS}.test"
    parts = [part.get_content_type() for part in mail.walk()]
    assert "application/pdf" in parts
    assert "tried it" not in str(mail)


def test_an_order_is_taken_back(house: House) -> None:
    """By who made it, and by nobody else."""
    planner = house.as_role("planner")
    planner.post("/reports/orders", {"audience": "lead", "every": "month"})
    with house.store.read() as tenancy:
        (order,) = orders(tenancy)
    house.as_role("dpo").post(f"/reports/orders/{order.order_id}/cancel")
    with house.store.read() as tenancy:
        assert len(orders(tenancy)) == 1
    planner.post(f"/reports/orders/{order.order_id}/cancel")
    with house.store.read() as tenancy:
        assert orders(tenancy) == []
