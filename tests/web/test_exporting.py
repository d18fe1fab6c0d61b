"""Lists that leave as files, and views that are kept: what may be seen, and it is written down."""

import csv
import io
import json

import pytest

from kindline.model.people import RoleName
from kindline.store.erasure import erase_conversation
from kindline.store.exports import exports
from kindline.store.views import views
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, WORD, House


def table(house: House, role: RoleName, **told: str) -> list[dict[str, str]]:
    """Return the rows of a table that a role takes."""
    answer = house.as_role(role).post("/conversations/export", {"form": "csv", **told})
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_table_holds_what_the_list_holds(house: House) -> None:
    """The same rows for the same role and filter; no word; crisis for safeguarding alone."""
    ids = {row["conversation_id"] for row in table(house, "lead")}
    assert ids == {f"{OURS}-mine", f"{OURS}-team"}
    rows = table(house, "analyst", narrowed="need=companionship")
    assert [row["conversation_id"] for row in rows] == [f"{OURS}-mine"]
    assert "crisis" not in rows[0]
    told = {row["conversation_id"]: row for row in table(house, "safeguarding")}
    assert told[f"{OURS}-risk"]["crisis"] == "cue"
    assert WORD not in str(told)


def test_words_leave_as_the_policy_shows_them(house: House) -> None:
    """A line a conversation: no cue for an analyst, nobody's behaviours, nothing of others."""
    browser = house.as_role("analyst")
    answer = browser.post("/conversations/export", {"form": "jsonl"})
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert {one["conversation_id"] for one in told} == {
        f"{OURS}-{name}" for name in ("mine", "team", "elsewhere", "risk")
    }
    assert any(WORD in str(one["turns"]) for one in told)
    assert all("crisis" not in one and "agent" not in one for one in told)
    with house.store.read() as tenancy:
        read = [one for one in views(tenancy) if one.what == "export"]
    assert len(read) == 4


@pytest.mark.parametrize("role", ["agent", "lead", "coach"])
def test_who_opens_some_takes_no_words_of_many(house: House, role: RoleName) -> None:
    """A table of states, and no more."""
    answer = house.as_role(role).post("/conversations/export", {"form": "jsonl"})
    assert answer.status_code == 403


def test_a_receipt_names_the_exports_that_hold_what_was_erased(house: House) -> None:
    """Who took it and when; not those that did not hold it."""
    table(house, "lead")
    table(house, "analyst", narrowed="need=companionship")
    with house.store.begin() as tenancy:
        assert sorted(one.n for one in exports(tenancy)) == [1, 2]
        receipt = erase_conversation(tenancy, f"{OURS}-team", asked_by="d", now=house.clock())
    assert [(one["made_by"], one["form"], one["n"]) for one in receipt.told["exports"]] == [
        (f"lead@{OURS}.test", "csv", 2)
    ]
    with house.store.of(THEIRS).read() as tenancy:
        assert exports(tenancy) == []


def test_no_cell_is_a_formula(house: House) -> None:
    """Whatever a file called its queue."""
    one = conversation("My bill is wrong.", id="=1+1", queue='=HYPERLINK("http://x")')
    keep(house.store, one, house.clock(), policy="eu-consented")
    cells = [cell for row in table(house, "analyst") for cell in row.values()]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_view_is_kept_for_oneself_and_without_words(house: House) -> None:
    """By name; another of that name replaces it; nobody else sees or drops it."""
    analyst = house.as_role("analyst")
    for narrowed in ("need=support", "need=companionship&words=xylophone&queue=billing"):
        analyst.post("/conversations/saved", {"name": "Evenings", "narrowed": narrowed})
    page = analyst.get("/conversations").text
    assert page.count(">Evenings</a>") == 1
    assert "/conversations?need=companionship&amp;queue=billing" in page
    assert "xylophone" not in page
    saved_id = page.split("/conversations/saved/")[1].split("/drop")[0]
    other = house.as_role("safeguarding")
    assert ">Evenings</a>" not in other.get("/conversations").text
    other.post(f"/conversations/saved/{saved_id}/drop")
    assert ">Evenings</a>" in analyst.get("/conversations").text
    analyst.post(f"/conversations/saved/{saved_id}/drop")
    assert ">Evenings</a>" not in analyst.get("/conversations").text
