"""The privacy desk: what is asked for is done everywhere, and seen to be done."""

from datetime import timedelta

from sqlalchemy import update

from kindline.store.conversations import load_one
from kindline.store.retention import forget
from kindline.store.tables import CONVERSATIONS
from tests.web.conftest import CRISIS, OURS, WORD, House, text_of


def test_erasing_shows_a_receipt_and_leaves_nothing(house: House) -> None:
    """The page, the list, the numbers and the access log forget the conversation."""
    house.as_role("analyst").get(f"/conversations/{OURS}-mine")
    officer = house.as_role("dpo")
    told = officer.post("/privacy/erase", {"identity": "C-mine", "what": "customer"})
    assert "1 conversations" in text_of(told)
    assert "C-mine" not in told.text
    analyst = house.as_role("analyst")
    assert analyst.get(f"/conversations/{OURS}-mine").status_code == 404
    assert f"{OURS}-mine" not in analyst.get("/conversations").text
    assert "3 conversations" in text_of(analyst.get("/overview"))
    log = text_of(officer.get("/privacy"))
    assert f"{OURS}-mine" not in log
    assert "erased" in log


def test_an_objection_is_noted_and_withdrawn(house: House) -> None:
    """And the page says which."""
    officer = house.as_role("dpo")
    noted = officer.post("/privacy/objection", {"customer_id": "C-1", "what": "note"})
    assert "objection noted" in noted.text
    withdrawn = officer.post("/privacy/objection", {"customer_id": "C-1", "what": "withdraw"})
    assert "objection withdrawn" in withdrawn.text
    none = officer.post("/privacy/objection", {"customer_id": "C-1", "what": "withdraw"})
    assert "there was no objection" in none.text


def test_who_reads_words_is_written_down_and_who_lists_is_not(house: House) -> None:
    """Lists hold no words; each reading of a conversation is a line."""
    analyst = house.as_role("analyst")
    analyst.get("/conversations")
    analyst.get("/overview")
    officer = house.as_role("dpo")
    assert "Nobody read anything yet." in officer.get("/privacy").text
    analyst.get(f"/conversations/{OURS}-mine")
    house.as_role("safeguarding").get(f"/conversations/{OURS}-risk")
    told = text_of(officer.get("/privacy"))
    assert f"analyst@{OURS}.test its words {OURS}-mine" in told
    assert f"safeguarding@{OURS}.test a crisis cue {OURS}-risk" in told
    one = officer.post("/privacy/views", {"conversation_id": f"{OURS}-risk"})
    assert f"analyst@{OURS}.test" not in text_of(one)


def test_moods_of_few_are_told_to_nobody_who_reads_no_conversation(house: House) -> None:
    """A planner sees that there are too few; an analyst, who may open all four, sees them."""
    with house.store.begin() as tenancy:  # nobody knows who took them, so they tell of no agent
        tenancy.connection.execute(update(CONVERSATIONS).values(agent_key=None))
    assert "cheerful" not in text_of(house.as_role("planner").get("/overview"))
    assert "cheerful" in text_of(house.as_role("analyst").get("/overview"))


def test_a_crisis_is_marked_for_safeguarding_alone(house: House) -> None:
    """The words are the same for both; that they are a cue is not."""
    officer, analyst = house.as_role("safeguarding"), house.as_role("analyst")
    path = f"/conversations/{OURS}-risk"
    assert '<mark class="crisis' in officer.get(path).text
    page = analyst.get(path)
    assert CRISIS.split(",")[0] in text_of(page)
    assert "crisis" not in page.text.replace("Crisis cues are shown to the safeguarding role", "")


def test_what_an_agent_did_is_shown_to_that_agent(house: House) -> None:
    """Their lead reads the same words and no list of what was done well or badly."""
    path = f"/conversations/{OURS}-mine"
    assert "you: ownership" in text_of(house.as_role("agent").get(path))
    page = text_of(house.as_role("lead").get(path))
    assert "ownership" not in page
    assert WORD in page


def test_what_may_be_kept_no_longer_is_a_number_only(house: House) -> None:
    """The list says that those whose time is over are numbers, and they count."""
    with house.store.begin() as tenancy:
        forget(tenancy, now=house.clock() + timedelta(days=500))
        assert load_one(tenancy, f"{OURS}-mine") is None
    analyst = house.as_role("analyst")
    assert "kept as numbers only" in analyst.get("/conversations").text
    assert "4 conversations" in text_of(analyst.get("/overview"))
