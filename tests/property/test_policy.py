"""The gate: a conversation that is refused yields no inference anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline.analysis import analyse
from kindline.contract import as_json
from kindline.model.conversation import Conversation, ConversationId, LawfulBasis, Turn
from kindline.policy import leave, profile, profile_names
from tests.strategies import conversations, refusals

NOW = datetime(2026, 11, 22, tzinfo=UTC)
IDENTITY = {
    "status",
    "denied_because",
    "conversation_id",
    "source",
    "language",
    "channel",
    "n_turns",
    "policy",
    "basis",
    "versions",
}


def leaves(value: Any) -> list[Any]:
    """Return every value at the bottom of a nested object."""
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@pytest.mark.parametrize("name", profile_names())
@settings(max_examples=25)
@given(data=st.data())
def test_refused_conversation_yields_no_inference(name: str, data: st.DataObject) -> None:
    """Every block says not assessed, and every other value in it is None or empty."""
    refused = data.draw(conversations(basis=refusals))
    told = as_json(analyse(refused, profile(name), declared="consent", now=NOW))
    assert told["status"] == "denied"
    assert told["n_turns"] == len(refused.turns)
    inferred = {key: value for key, value in told.items() if key not in IDENTITY}
    assert set(leaves(inferred)) <= {"not_assessed", None}


@settings(max_examples=25)
@given(conversations())
def test_no_basis_means_no_inference(silent: Conversation) -> None:
    """Where neither conversation nor run states a basis, the strict policy infers nothing."""
    told = as_json(analyse(silent, profile(), now=NOW))
    assert told["status"] == "denied"
    assert told["denied_because"].startswith("no_basis")


def test_hungary_takes_consent_only() -> None:
    """NAIH-85-3/2022: under the strict policy a Hungarian contact needs consent."""
    conversation = Conversation(id="x", source="s", turns=(), language="hu")  # type: ignore[arg-type]
    rules = profile("eu-strict")
    for declared, denial in (("contract", "basis_not_accepted"), ("consent", None)):
        assert leave(conversation, rules, declared=declared, now=NOW).denial == denial


def test_hungarian_found_in_the_words_takes_consent_only() -> None:
    """Stating no language is no back door, and a language that led to a denial is not told."""
    said = "Jó napot kívánok, azt szeretném kérdezni, mikor érkezik meg a csomagom."
    turns = (Turn(role="customer", text=said),)
    conversation = Conversation(id=ConversationId("x"), source="s", turns=turns)
    for declared, status in (("contract", "denied"), ("consent", "analysed")):
        told = as_json(analyse(conversation, profile(), declared=declared, now=NOW))
        assert (told["status"], told["language"]) == (status, None if status == "denied" else "hu")


def test_expired_basis_is_no_basis() -> None:
    """A basis counts until its moment of expiry, not from it on."""
    ends = NOW + timedelta(seconds=1)
    basis = LawfulBasis(name="consent", expires_at=ends)
    conversation = Conversation(id="x", source="s", turns=(), lawful_basis=basis)  # type: ignore[arg-type]
    assert leave(conversation, profile(), declared=None, now=NOW).denial is None
    assert leave(conversation, profile(), declared=None, now=ends).denial == "basis_expired"
