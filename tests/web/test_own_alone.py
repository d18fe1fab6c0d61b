"""
Nobody but the agent reaches moments, load or practice of a person, by any way out that there is.

Everything of an agent's own is put in with words that stand nowhere else. Then every page, program
interface, export and report is asked for as everybody else, and none of these words may come back.
"""

from pathlib import Path
import re

import pytest

from kindline.export import WRITERS
from kindline.export.words import seen_by
from kindline.model.people import ROLES, RoleName
from kindline.store.conversations import load
from kindline.store.own_records import keep_own
from kindline.store.self_reports import note_heavy
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, House
from tests.web.test_coaching import evaluated, number_of, share
from tests.web.test_walk import MAY, OPEN

OTHERS: tuple[RoleName, ...] = tuple(role for role in ROLES if role != "agent")
NOTED, N_CALLS = 5, 43_217
MISSED = "They told you, and it was passed by"
EVALUATION_NOTE = "Please wait for the street name."
TELLING = (str(N_CALLS), MISSED, EVALUATION_NOTE, ": 5 of 5", "Too few days of yours")
PAGES = [path for method, path in {**MAY, **dict.fromkeys(OPEN)} if method == "GET"]


def own_things(house: House) -> str:
    """Put everything of an agent's own in, and return the id of an evaluation on their contact."""
    store = house.store.of(OURS)
    user_id = house.user_ids[OURS, "agent"]
    with store.begin() as tenancy:
        calls = dict.fromkeys(map(str, range(N_CALLS)), "2026-11-01")
        keep_own(tenancy, user_id, "calls", calls)
        note_heavy(tenancy, user_id, NOTED, now=house.clock())
    return evaluated(house)[1]


def addresses(house: House, path: str, evaluation: str, round_id: str) -> str:
    """Return the address of a page with what is there put in."""
    told = {
        "identity:path": f"{OURS}-mine",
        "evaluation_id": evaluation,
        "round_id": round_id,
        "number": str(number_of(house)),
        "sample_id": house.sample_id(),
        "user_id": house.user_ids[OURS, "agent"],
        "name": "2026-10",
        "audience": "head",
        "need": "support",
        "call_id": house.call_id(),
        "case_id": house.case_id(),
    }
    return re.sub(r"{([\w:]+)}", lambda match: told.get(match.group(1), "x"), path)


def test_the_agent_has_all_of_it(house: House) -> None:
    """What is sought on others' pages does stand on the agent's own: the search can find it."""
    evaluation = own_things(house)
    agent = house.as_role("agent")
    mine = ("/my-desk", "/practice/certificate", f"/my-desk/evaluations/{evaluation}")
    shown = "".join(agent.get(path).text for path in mine)
    assert [word for word in TELLING if word not in shown] == []


@pytest.mark.parametrize("role", OTHERS)
def test_no_page_of_anybody_else_has_it(house: House, role: RoleName) -> None:
    """Every page as every other role, by the agent's own ids; a coach's own form aside."""
    evaluation = own_things(house)
    browser = house.as_role(role)
    for path in PAGES:
        if path.endswith("/events"):
            continue  # they never end, and hold no text of pages
        address = addresses(house, path, evaluation, "none")
        told = browser.get(address).text
        own_form = role == "coach" and path.startswith("/coach/evaluations")
        found = [word for word in TELLING if word in told and not own_form]
        assert found == [], (role, path)


def test_programs_have_no_way_to_it(house: House) -> None:
    """Neither a path nor a field of what programs ask is about any of it, for any token."""
    told = house.client.get("/api/v1/openapi.json").text.lower()
    names = ("moment", "drill", "scorecard", "evaluation", "heavy", "load_", "pulse", "recognis")
    assert [name for name in names if name in told] == []


def test_what_is_shared_is_shared_with_coaches_alone(house: House) -> None:
    """With the agent's consent a coach sees that moment; no other role does."""
    own_things(house)
    share(house)
    for role in OTHERS:
        browser = house.as_role(role)
        seen = [
            path
            for path in ("/coach", "/overview", "/conditions")
            if MISSED in browser.get(path).text
        ]
        assert seen == (["/coach"] if role == "coach" else [])


def test_agents_do_not_see_each_other(house: House) -> None:
    """A colleague with an agent of their own finds none of it, also by its address."""
    evaluation = own_things(house)
    other = house.as_role("agent", "other")
    for path in PAGES:
        if "my-desk" in path or "practice" in path:
            told = other.get(addresses(house, path, evaluation, "none"))
            assert EVALUATION_NOTE not in told.text
            assert str(N_CALLS) not in told.text
    assert other.get(f"/my-desk/evaluations/{evaluation}").status_code == 404


def test_no_export_has_what_an_agent_did_or_what_was_said_of_it(
    house: House, tmp_path: Path
) -> None:
    """Every writer, with and without words; and the list of pages as CSV and JSON Lines."""
    own_things(house)
    store = house.store.of(OURS)
    turns = [
        {"party": "customer", "text": "You are the only voice I hear all week."},
        {"party": "agent", "text": "That must be hard for you."},
    ]
    keep(
        store,
        conversation("", id="seen", turns=turns, agent_id="A-1"),
        house.clock(),
        "eu-consented",
    )
    names = ("acknowledge", "warm_close", "felt_by", "scorecard", "evaluation", "moment", "heavy")
    with store.read() as tenancy:
        kept = list(load(tenancy))
    for writer in WRITERS:
        for has_words in (True, False):
            target = tmp_path / f"{writer.NAME}-{has_words}"
            target.mkdir()
            writer.write(
                [seen_by("safeguarding", one) for one in kept], target / "out", has_words=has_words
            )
            for file in target.rglob("*"):
                raw = file.read_bytes() if file.is_file() else b""
                assert [name for name in names if f'"{name}"'.encode() in raw] == [], writer.NAME
                assert EVALUATION_NOTE.encode() not in raw
    for form in ("csv", "jsonl"):
        told = house.as_role("analyst").post("/conversations/export", {"form": form}).text
        assert [name for name in names if f'"{name}"' in told or f",{name}," in told] == []
        assert EVALUATION_NOTE not in told
