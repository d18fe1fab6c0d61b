"""Moments: what teaches in a contact, from what was found in it, and nothing where it must not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kindline.analysis import analyse
from kindline.coaching.moments import MOMENT_KINDS, Moment, better, moments, words
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.languages.phrases import RUNGS, phrases
from kindline.policy import profile

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def told(turns: list[tuple[str, str]], language: str = "en") -> tuple[dict[str, Any], list[Any]]:
    """Return a contact as it is stored: its analysis and its turns."""
    said = [{"party": party, "text": text} for party, text in turns]
    plain = {"id": "a", "language": language, "lawful_basis": "consent", "turns": said}
    one = conversation_from(plain, source="s", record="r")
    return as_json(analyse(one, profile("eu-consented"), now=NOW)), said


def block(**changed: Any) -> dict[str, Any]:
    """Return an analysis in which nothing was found but what is given."""
    nothing = {"state": "absent", "probability": 0.0, "findings": []}
    found: dict[str, Any] = {
        "language": "en",
        "needs": {"service": nothing, "companionship": nothing, "support": nothing},
        "crisis": {"state": "no_cue_found"},
        "emotions": {"course": [], "departure": None},
        "resolution": {"state": "unsure"},
        "agent": {"state": "assessed", "findings": []},
    }
    return {**found, **changed}


def disclosed(turn: int, probability: float = 0.97) -> dict[str, Any]:
    """Return needs in which company was asked for in a turn."""
    finding = {"quote": "q", "turn": turn, "weight": 1.0}
    there = {"state": "present", "probability": probability, "findings": [finding]}
    nothing = {"state": "absent", "probability": 0.0, "findings": []}
    return {"service": nothing, "companionship": there, "support": nothing}


TALK = [
    {"party": "customer", "text": "You are the only voice I hear all week."},
    {"party": "agent", "text": "Your parcel comes on Monday."},
    {"party": "customer", "text": "Oh. Good."},
    {"party": "agent", "text": "Goodbye."},
]


def kinds(found: list[Moment]) -> list[str]:
    """Return which kinds there are."""
    return [one.kind for one in found]


def test_a_disclosure_that_nobody_met_is_told_with_both_sides_words() -> None:
    """The caller's words, the answer, and a line of our own phrases to say instead."""
    (one,) = moments(block(needs=disclosed(0)), TALK)
    assert (one.kind, one.epitome) == ("company_missed", "emotional_reaction")
    assert [quote.text for quote in one.quotes] == [TALK[0]["text"], TALK[1]["text"]]
    assert one.better == better("company_missed", "en")


@pytest.mark.parametrize(
    ("did", "epitome"),
    [
        ("acknowledge", "emotional_reaction"),
        ("validate", "emotional_reaction"),
        ("reflect", "interpretation"),
        ("question_open", "exploration"),
    ],
)
def test_how_somebody_was_met_is_a_kind_of_empathy(did: str, epitome: str) -> None:
    """EPITOME's three kinds, from what was heard in the answer (FACTS 6.1)."""
    agent = {"state": "assessed", did: [1], "findings": []}
    (one,) = moments(block(needs=disclosed(0), agent=agent), TALK)
    assert (one.kind, one.epitome, one.better) == ("acknowledged_well", epitome, ())


def test_who_was_met_later_was_not_passed_by() -> None:
    """A miss is told only where nobody was met in all of the contact."""
    talk = [*TALK, {"party": "customer", "text": "x"}, {"party": "agent", "text": "y"}]
    agent = {"state": "assessed", "acknowledge": [5], "findings": []}
    assert moments(block(needs=disclosed(0), agent=agent), talk) == []


def test_an_answer_that_takes_up_their_words_is_no_miss() -> None:
    """Reusing a word of weight is attention, whatever the model heard (FACTS 6.2)."""
    talk = [TALK[0], {"party": "agent", "text": "All week, one voice. That is few voices."}]
    assert (
        moments(block(needs=disclosed(0)), talk) == [] != moments(block(needs=disclosed(0)), TALK)
    )


def test_advice_before_hearing_is_told_as_that() -> None:
    """The same place, another lesson, where the answer begins with advice."""
    talk = [TALK[0], {"party": "agent", "text": "You should join a club."}]
    (one,) = moments(block(needs=disclosed(0)), talk)
    assert (one.kind, one.epitome) == ("advice_too_early", "interpretation")


def test_thanks_want_no_comfort() -> None:
    """A turn that is glad is no disclosure, also where a finding lies in it."""
    course = [{"turn": 0, "labels": {"gratitude": 0.9}}]
    emotions = {"course": course, "departure": None}
    assert moments(block(needs=disclosed(0), emotions=emotions), TALK) == []


def test_a_need_that_is_not_sure_teaches_nothing() -> None:
    """Below the least probability an agent is told nothing of their own contact."""
    assert moments(block(needs=disclosed(0, probability=0.8)), TALK) == []


def test_a_matter_left_open_is_told_where_the_caller_left_upset() -> None:
    """Open alone may be a pause; taken on by somebody it is not left open."""
    upset = {"course": [], "departure": "irritated"}
    state = {"resolution": {"state": "open"}, "emotions": upset}
    assert kinds(moments(block(**state), TALK)) == ["loop_open"]
    calm = {**state, "emotions": {"course": [], "departure": "calm"}}
    assert moments(block(**calm), TALK) == []
    agent = {"state": "assessed", "ownership": [3], "findings": []}
    assert moments(block(**state, agent=agent), TALK) == []


def test_a_boundary_is_good_after_hearing_and_a_farewell_where_it_is_sure() -> None:
    """A boundary alone is none to show; weak evidence of either is not told."""
    sure = [
        {"signal": "agent.boundary", "turn": 3, "weight": 0.9},
        {"signal": "agent.warm_close", "turn": 3, "weight": 0.9},
    ]
    agent = {"state": "assessed", "boundary": [3], "warm_close": [3], "findings": sure}
    assert kinds(moments(block(agent=agent), TALK)) == ["warm_close"]
    heard = {**agent, "acknowledge": [1]}
    assert kinds(moments(block(agent=heard), TALK)) == ["good_boundary", "warm_close"]
    weak = {**heard, "findings": [{**one, "weight": 0.1} for one in sure]}
    assert moments(block(agent=weak), TALK) == []


@pytest.mark.parametrize("language", codes())
def test_stock_phrases_are_known_in_every_language(language: str) -> None:
    """Each phrase of a language is found where an agent says it, and not where a customer does."""
    for phrase in words(language).stock:
        talk = [
            {"party": "customer", "text": phrase},
            {"party": "agent", "text": f"Ja. {phrase.capitalize()}."},
        ]
        (one,) = moments(block(language=language), talk)
        assert (one.kind, one.turn) == ("stock_phrase", 1)


def test_a_contact_with_a_cue_teaches_nothing() -> None:
    """Those are talked over with people; no moment hints that there was one (FACTS 6.3)."""
    assert moments(block(needs=disclosed(0), crisis={"state": "cue"}), TALK) == []


def test_what_was_not_assessed_teaches_nothing() -> None:
    """Unknown is no miss."""
    agent = {"state": "not_assessed", "findings": []}
    assert moments(block(needs=disclosed(0), agent=agent), TALK) == []
    assert moments(block(needs=disclosed(0), language="de"), TALK) == []


@pytest.mark.parametrize("language", codes())
def test_better_lines_are_our_own_phrases(language: str) -> None:
    """Every better line is a phrase of that language, true without a condition."""
    ours = phrases(language).by_use
    for kind in MOMENT_KINDS:
        for line in better(kind, language):
            start = line.partition("…")[0]
            assert any(
                one.text.startswith(start) and one.only_if is None
                for rung in RUNGS
                for one in ours[rung]
            )


def test_a_whole_contact_teaches_by_its_own_words() -> None:
    """From words to moment, by the models as they are."""
    analysis, turns = told(
        [
            ("agent", "Good afternoon, this is Ben."),
            ("customer", "I only wanted to check my appointment. I have it written down, really."),
            ("agent", "It is Monday at ten."),
            ("customer", "You are the only voice I hear all week. Nobody visits since he passed."),
            ("agent", "The engineer has your address."),
            ("customer", "It's so quiet here in the evenings, I talk to the walls."),
        ]
    )
    assert kinds(moments(analysis, turns)) == ["company_missed"]
