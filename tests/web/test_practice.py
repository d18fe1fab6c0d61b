"""A practice call on a page: the desk in the browser, with nothing kept on the server."""

from html import unescape
import json
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from kindline.desk.callers import callers
from kindline.languages import codes
from kindline.store.tables import CONVERSATIONS
from tests.web.conftest import House, text_of

_DONE = re.compile(r'name="done" value="([^"]*)"')


def take(house: House, done: str = "[]", **more: Any) -> httpx.Response:
    """Take a call one step on, as an agent."""
    form = {"language": "en", "caller": "meter-reading", "done": done, **more}
    return house.as_role("agent").post("/practice", form)


def carried(answer: httpx.Response) -> str:
    """Return what a page carries of the call so far."""
    found = _DONE.search(answer.text)
    return unescape(found[1]) if found else "[]"


def test_everybody_can_practise_with_every_caller(house: House) -> None:
    """In one's own language first; what it is about is not given away at once."""
    shown = house.as_role("planner").get("/practice")
    for code in codes():
        for one in callers(code).values():
            assert one.name in unescape(text_of(shown))


def test_a_call_goes_on_with_what_the_page_carries(house: House) -> None:
    """Typed or chosen; the same page sent twice shows the same, and nothing is stored."""
    with house.store.read() as tenancy:
        before = tenancy.connection.scalar(select(func.count()).select_from(CONVERSATIONS))
    first = take(house)
    caller = callers("en")["meter-reading"]
    assert caller.talk[0] in unescape(text_of(first))
    second = take(house, say="Let me look at that.")
    assert caller.talk[1] in unescape(text_of(second))
    done = carried(second)
    assert json.loads(done) == [["say", "Let me look at that."]]
    chosen = take(house, done, choose="0")
    assert caller.replies["acknowledge"][0] in unescape(text_of(chosen))
    assert text_of(take(house, done, choose="0")) == text_of(chosen)
    with house.store.read() as tenancy:
        after = tenancy.connection.scalar(select(func.count()).select_from(CONVERSATIONS))
    assert before == after


def test_from_greeting_to_farewell_by_what_is_offered(house: House) -> None:
    """The report at the end names rungs and no mark."""
    answer = take(house, say="Let me look at that.")
    for _ in range(12):
        if "The call is over" in answer.text:
            break
        answer = take(house, carried(answer), choose="0")
    assert "The call is over" in answer.text
    assert "A warm farewell" in answer.text
    assert "name=&#34;choose&#34;" not in answer.text


def test_a_cue_opens_the_card_and_stops_the_way_out(house: House) -> None:
    """The emergency number, a line with its source; the way out is refused until it is closed."""
    at: dict[str, Any] = {"caller": "putting-things-in-order"}
    answer = take(house, say="Of course.", **at)
    for _ in range(3):
        answer = take(house, carried(answer), say="I am listening.", **at)
    told = unescape(text_of(answer))
    for words in (
        "A life may be at risk",
        "Heard:",
        "burden to everyone",
        "999",
        "116123",
        "not yet dialled",
        "It waits until",
    ):
        assert words in told
    refused = take(house, carried(answer), act="end", **at)
    assert "a cue that a life may be at risk is open" in unescape(text_of(refused))
    assert carried(refused) == carried(answer)
    closed = take(house, carried(answer), act="given", **at)
    assert "It waits until" not in unescape(text_of(closed))


@pytest.mark.parametrize(
    "more",
    [
        {"caller": "nobody"},
        {"language": "xx"},
        {"done": "x"},
        {"done": '[["say"]]'},
        {"done": '[["run", "x"]]'},
        {"done": "[" * 10_000},
        {"done": json.dumps([["say", "x"]] * 61)},
    ],
)
def test_what_is_no_call_begins_anew(house: House, more: dict[str, Any]) -> None:
    """A page that somebody made up is told so and breaks nothing."""
    answer = take(house, **more)
    assert answer.status_code == 422
    assert "Begin it again" in answer.text


@pytest.mark.parametrize("step", ["99", "-1", "x", "²"])
def test_a_sentence_that_is_not_there_says_nothing(house: House, step: str) -> None:
    """Nor an act that is none."""
    assert take(house, choose=step).status_code == 200
    assert take(house, act=step).status_code == 200


def test_what_is_typed_is_shown_as_text(house: House) -> None:
    """In the transcript and in what the page carries."""
    answer = take(house, say='<script>alert(1)</script>"')
    assert "<script>alert" not in answer.text
    again = take(house, carried(answer), say="Yes.")
    assert again.status_code == 200
    assert "<script>alert" not in again.text
