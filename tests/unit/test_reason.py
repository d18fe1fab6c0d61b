"""Why the contact was made: a matter that is named, and company only where it was found."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kindline.analysis import analyse, analyse_all
from kindline.contract import as_json
from kindline.ingest import read_file
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from kindline.model.finding import Finding
from kindline.policy import profile
from kindline.signals.reason import CODES
from kindline.text.decision import choice
from kindline.text.verdicts import speak_for

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PLAIN = (
    ("en", "My parcel still hasn't arrived, where is my order?", "order"),
    ("nl", "Ik heb al twee dagen geen internet, er is een storing.", "outage"),
    ("fr", "Je suis prélevée deux fois sur ma facture, je veux être remboursée.", "billing"),
    ("hu", "Nem jött meg a csomagom, hol van a rendelésem?", "order"),
)


def told(language: str, *said: tuple[str, str]) -> dict[str, Any]:
    """Return the analysis of a few lines."""
    turns = [{"party": party, "text": text} for party, text in said]
    given = {"id": "c1", "language": language, "turns": turns, "lawful_basis": "consent"}
    conversation = conversation_from(given, source="test", record="1")
    return as_json(analyse(conversation, profile(), declared="evaluation", now=NOW))


@pytest.mark.parametrize(("language", "text", "code"), PLAIN, ids=[row[0] for row in PLAIN])
def test_a_plain_matter_is_named(language: str, text: str, code: str) -> None:
    """What is said in so many words is the primary reason, with the words that show it."""
    reason = told(language, ("customer", text), ("agent", "OK."))["reason"]
    assert reason["primary"] == code
    assert any(finding["quote"] for finding in reason["findings"])


def test_conversation_is_no_reason_without_company() -> None:
    """Nobody is said to have wanted a talk only because no matter was heard."""
    found = told("en", ("customer", "Hello there."), ("agent", "Hi."), ("customer", "Bye then."))
    assert found["needs"]["companionship"]["state"] != "present"
    assert found["reason"]["primary"] != "conversation"


def test_a_reason_rests_on_words_for_it_and_none_of_a_crisis() -> None:
    """What speaks against other codes names none; crisis quotes are for the safeguarding role."""
    found = [one for one in read_file("examples/en.jsonl") if isinstance(one, Conversation)]
    analysed = [as_json(one) for one in analyse_all(found, profile(), now=NOW)]
    reasons = [one["reason"] for one in analysed if one["reason"]["state"] == "assessed"]
    assert len(reasons) > 10
    for reason in reasons:
        assert any(finding["weight"] > 0 for finding in reason["findings"])
        assert not any("crisis" in finding["signal"] for finding in reason["findings"])


def test_nothing_is_named_by_what_speaks_against_it() -> None:
    """A finding against a state is no evidence for it, however sure the rest makes the model."""
    against = Finding(signal="reason.order", weight=-2.0, value=0.9)
    assert not speak_for((against,))
    assert speak_for((against, Finding(signal="reason.billing", weight=0.4, value=0.9)))


def test_states_are_codes_and_their_chances_add_up() -> None:
    """The model names codes of the contract, and its probabilities are a whole."""
    model = choice("reason")
    assert set(model.states) <= set(CODES)
    assert model.probabilities(model.values([{}])).sum() == pytest.approx(1.0)
