"""What rests on words a recogniser was not sure of is not stated as if it had been said."""

from dataclasses import replace
from datetime import datetime

import pytest

from kindline.analysis import analyse
from kindline.ingest.plain import conversation_from
from kindline.model.analysis import Analysis
from kindline.model.conversation import Conversation, HeardWord
from kindline.policy import profile
from kindline.speech.moonshine import _heard_twice

LONELY = (
    "I have nobody left to talk to since my sister moved away, the days are so long.",
    "You are the first person I have spoken to since Sunday, it is lovely to hear a voice.",
)
DESPAIR = ("I do not want to live any more, I am going to end it tonight.",)


def heard(texts: tuple[str, ...], confidence: float | None) -> Conversation:
    """Return a contact whose customer says these, each word heard so surely."""
    turns = [
        {"party": role, "text": text}
        for said in texts
        for role, text in (("agent", "How can I help?"), ("customer", said))
    ]
    content = {"id": "heard", "language": "en", "lawful_basis": "consent", "turns": turns}
    told = conversation_from(content, source="test", record="line 1")
    if confidence is None:
        return told
    return replace(
        told,
        turns=tuple(
            replace(turn, words=(HeardWord(start=0, end=len(turn.text), confidence=confidence),))
            for turn in told.turns
        ),
    )


def judged(texts: tuple[str, ...], confidence: float | None, now: datetime) -> Analysis:
    """Return what is found in it."""
    return analyse(heard(texts, confidence), profile(), now=now)


@pytest.mark.parametrize("confidence", [None, 0.93])
def test_sure_words_count_as_typed_ones_do(confidence: float | None, now: datetime) -> None:
    """A recogniser that is sure changes no label, and says how sure it was."""
    found = judged(LONELY, confidence, now).companionship
    assert found.state == "present"
    quoted = [finding for finding in found.findings if finding.quote]
    assert {finding.confidence for finding in quoted} == {confidence}


def test_label_on_shaky_words_is_unsure(now: datetime) -> None:
    """Half-heard words make nobody lonely: the label abstains, and says why."""
    found = judged(LONELY, 0.3, now).companionship
    assert found.state == "unsure"
    assert "shaky_words" in found.reasons


def test_crisis_on_shaky_words_stays_a_cue(now: datetime) -> None:
    """Nobody in danger is missed because of a bad line; the cue says that it was a bad line."""
    clear, shaky = (judged(DESPAIR, sure, now).crisis for sure in (0.93, 0.3))
    assert (clear.state, shaky.state) == ("cue", "cue")
    assert "shaky_words" not in clear.reasons
    assert "shaky_words" in shaky.reasons
    assert all(finding.confidence == 0.3 for finding in shaky.findings if finding.quote)


def test_absence_is_not_made_unsure(now: datetime) -> None:
    """A bad line adds no need where none was found."""
    found = judged(("My invoice is wrong, please correct it.",), 0.3, now).companionship
    assert found.state == "absent"


def test_words_heard_in_both_hearings_are_sure() -> None:
    """Case and marks aside, words in the same order are the same; the rest was heard once."""
    first, second = (
        ["Yeah,", "my", "name", "is", "Susanne.", "I", "left."],
        ["yeah", "my", "name", "was", "Suzanne", "I"],
    )
    assert _heard_twice(first, second) == [True, True, True, False, False, True, False]
    assert _heard_twice([], second) == []
