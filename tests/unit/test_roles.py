"""Who is the agent, where the file tells voices apart and does not say whose."""

import json
from pathlib import Path
from typing import Any

import pytest

from kindline.languages import codes
from kindline.model.conversation import Conversation, ConversationId, Turn
from kindline.roles import LEAST_CONFIDENCE, told

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def hidden(item: dict[str, Any]) -> Conversation:
    """Return a story of ours as a recogniser would hand it on: two voices, no roles."""
    return Conversation(
        id=ConversationId(item["id"]),
        source="corpus",
        turns=tuple(
            Turn(role="unknown", speaker=f"voice of {turn['party']}", text=turn["text"])
            for turn in item["turns"]
            if turn["party"] in ("agent", "customer")
        ),
    )


@pytest.mark.parametrize("language", codes())
def test_no_side_of_a_held_out_story_is_told_wrongly(language: str) -> None:
    """On stories no word was learnt from, who is told is told rightly, and most are told."""
    lines = (CORPUS / language / "conversations.jsonl").read_text("utf-8").splitlines()
    items = [item for item in map(json.loads, lines) if item["split"] == "test"]
    found = [told(hidden(item), language) for item in items]
    named = [(one, roles) for one, roles in found if roles.told_by == "words"]
    assert len(named) >= 0.6 * len(items)
    wrong = [
        one.id for one, _ in named for turn in one.turns if turn.speaker != f"voice of {turn.role}"
    ]
    assert wrong == []


def test_what_the_file_says_stands() -> None:
    """A file that names a side is not guessed at."""
    turns = (Turn(role="agent", text="mijn lamp zoemt", speaker="a"),)
    given = Conversation(id=ConversationId("1"), source="x", turns=turns)
    same, roles = told(given, "nl")
    assert same is given
    assert roles.told_by == "file"


def test_one_voice_or_two_that_sound_alike_stay_unknown() -> None:
    """Without two sides, or without being sure, nobody becomes the agent."""
    for speakers in (("a", "a"), ("a", "b")):
        turns = tuple(Turn(role="unknown", text="ja", speaker=who) for who in speakers)
        found, roles = told(Conversation(id=ConversationId("1"), source="x", turns=turns), "nl")
        assert {turn.role for turn in found.turns} == {"unknown"}
        assert roles.told_by is None
        assert roles.confidence is None or roles.confidence < LEAST_CONFIDENCE


def test_reasons_quote_the_words() -> None:
    """Every finding is a piece of the turn it names, and weighs for the role it stands for."""
    turns = (
        Turn(role="unknown", speaker="1", text="Goedemorgen, waarmee kan ik u helpen, meneer?"),
        Turn(role="unknown", speaker="2", text="Ik heb mijn rekening nog steeds niet gekregen."),
        Turn(role="unknown", speaker="1", text="Mag ik uw klantnummer, dan kijk ik het na."),
        Turn(role="unknown", speaker="2", text="Ja, ik heb het hier, mijn nummer is 4471."),
    )
    found, roles = told(Conversation(id=ConversationId("1"), source="x", turns=turns), "nl")
    assert [turn.role for turn in found.turns] == ["agent", "customer", "agent", "customer"]
    assert roles.findings
    for finding in roles.findings:
        assert finding.turn is not None
        assert turns[finding.turn].text[finding.start : finding.end] == finding.quote
        assert finding.weight > 0
