"""Searching in words: what is found may be opened, and what was sought is kept nowhere."""

from datetime import timedelta
import io
import re

import pytest
from sqlalchemy import select
import structlog

from kindline.model.people import RoleName
from kindline.store.postings import index
from kindline.store.tables import VIEWS
from kindline.web import numbers
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, House
from tests.web.test_api import ask, token


@pytest.fixture
def indexed(house: House) -> House:
    """Return the house with every word searchable."""
    for tenant in (OURS, THEIRS):
        with house.store.of(tenant).begin() as tenancy:
            index(tenancy)
    return house


def found(house: House, role: RoleName, words: str, **told: str) -> set[str]:
    """Return the ids that a search shows to a role."""
    answer = house.as_role(role).post("/conversations", {"words": words, **told})
    assert answer.status_code == 200
    return set(re.findall(r'href="/conversations/([\w-]+)"', answer.text))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("agent", set[str]()),
        ("lead", {"own-team"}),
        ("coach", {"own-team"}),
        ("safeguarding", {"own-team", "own-elsewhere"}),
        ("analyst", {"own-team", "own-elsewhere"}),
    ],
)
def test_a_search_finds_what_may_be_opened(
    indexed: House, role: RoleName, expected: set[str]
) -> None:
    """No other team's, no other tenant's; in any form of the word."""
    assert found(indexed, role, "invoices wrong") == expected


def test_the_words_are_shown_with_what_stands_beside_them(indexed: House) -> None:
    """And marked."""
    page = indexed.as_role("analyst").post("/conversations", {"words": "xylophones"}).text
    assert "<mark>xylophone</mark> came broken" in page
    assert "1 with" in page


def test_what_narrows_a_list_narrows_a_search(indexed: House) -> None:
    """And a cue is nothing to narrow by for who may not see cues."""
    assert found(indexed, "analyst", "broken", narrowed="need=companionship") == {"own-mine"}
    assert found(indexed, "analyst", "invoice", narrowed="need=companionship") == set()
    assert found(indexed, "safeguarding", "live", narrowed="need=crisis") == {"own-risk"}
    assert found(indexed, "analyst", "live", narrowed="need=crisis") == set()


def test_every_match_is_on_one_page_and_one_only(indexed: House) -> None:
    """Going through the pages shows each once."""
    for number in range(120):
        one = conversation("The trombone is late.", id=f"t{number:03}")
        keep(indexed.store, one, indexed.clock(), policy="eu-consented")
    with indexed.store.begin() as tenancy:
        index(tenancy)
    browser, before, seen = indexed.as_role("analyst"), "", list[str]()
    for _ in range(5):
        page = browser.post("/conversations", {"words": "trombone", "before": before}).text
        seen += re.findall(r'href="/conversations/(t\d+)"', page)
        more = re.search(r'name="before" value="([^"]+)"', page)
        if more is None:
            break
        before = more[1].replace("&#43;", "+")
    assert (len(seen), len(set(seen))) == (120, 120)


def test_what_was_sought_is_in_no_log_and_no_address(indexed: House) -> None:
    """A search travels in the form; the access log says that words were shown, not which."""
    log = io.StringIO()
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=log))
    browser = indexed.as_role("analyst")
    answer = browser.post("/conversations", {"words": "xylophone"})
    assert "location" not in answer.headers
    ask(
        indexed,
        "/conversations/search",
        token(indexed, "analyst"),
        method="POST",
        json={"words": "xylophone"},
    )
    assert "/conversations" in log.getvalue()
    assert "xylophone" not in log.getvalue()
    with indexed.store.read() as tenancy:
        rows = tenancy.connection.execute(select(VIEWS).where(VIEWS.c.what == "search")).mappings()
        kept = [dict(row) for row in rows]
    assert [row["conversation_id"] for row in kept] == ["own-mine", "own-mine"]
    assert "xylophone" not in str(kept)


def test_programs_search_too(indexed: House) -> None:
    """By the rights of the token."""
    answer = ask(
        indexed,
        "/conversations/search",
        token(indexed, "lead"),
        method="POST",
        json={"words": "invoice", "language": "en"},
    )
    told = answer.json()
    assert [one["conversation_id"] for one in told["conversations"]] == ["own-team"]
    assert "My invoice is wrong." in told["conversations"][0]["snippet"]
    assert (told["n_most"], told["next"]) == (1, None)


@pytest.mark.parametrize("words", ['"', "', DROP TABLE postings; --", "<script>alert(1)</script>"])
def test_whatever_is_typed_is_looked_for_and_no_more(indexed: House, words: str) -> None:
    """It stands on the page as text."""
    answer = indexed.as_role("analyst").post("/conversations", {"words": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_word_that_many_hold_shows_the_latest_that_do(
    indexed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the latest are looked at first or all are gone through, the answer is the same."""
    for number in range(90):
        text = "The trombone is late." if number % 3 else "The parcel is late."
        started_at = (indexed.clock() - timedelta(hours=number)).isoformat()
        one = conversation(text, id=f"t{number:02}", started_at=started_at)
        keep(indexed.store, one, indexed.clock(), policy="eu-consented")
    with indexed.store.begin() as tenancy:
        index(tenancy)
    for words in ("trombone", "late", "parcel late"):
        told: list[list[str]] = []
        for many, latest in ((10**6, 0), (5, 40), (5, 1000)):
            monkeypatch.setattr(numbers, "_MANY", many)
            monkeypatch.setattr(numbers, "_LATEST", latest)
            monkeypatch.setattr(numbers, "MOST_PLACES", 20)
            page = indexed.as_role("analyst").post("/conversations", {"words": words}).text
            told.append(re.findall(r'href="/conversations/(t\d+)"', page))
        assert told[0][:20] == told[1][:20] == told[2][:20]
        assert len(told[0]) >= 20
