"""Laws of every analysis, whatever is said: evidence, places, order, and whose words count."""

from dataclasses import replace
from datetime import UTC, datetime
import json
import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline.analysis import analyse, analyse_all
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation, Turn
from kindline.policy import profile
from kindline.text.decision import decision
from tests.strategies import conversations, sentences

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RULES = profile()
DECISIONS = ("service", "companionship", "support", "crisis", "abuse")
SILENT = {"absent", "unsure", "not_assessed", "no_cue_found"}


def told(conversation: Conversation) -> dict[str, Any]:
    """Return the analysis in contract keys."""
    return as_json(analyse(conversation, RULES, declared="evaluation", now=NOW))


def blocks(analysis: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every block that may hold findings, by name."""
    inferred = {key: value for key, value in analysis.items() if isinstance(value, dict)}
    return {
        **analysis["needs"],
        **{key: value for key, value in inferred.items() if "findings" in value},
    }


@settings(max_examples=60)
@given(conversations())
def test_every_quote_stands_where_it_says(conversation: Conversation) -> None:
    """A finding quotes the original turn at its span; structure has a value and no quote."""
    for name, block in blocks(told(conversation)).items():
        for finding in block["findings"]:
            if finding["quote"] is None:
                assert finding["value"] is not None, name
            else:
                text = conversation.turns[finding["turn"]].text
                assert text[finding["start"] : finding["end"]] == finding["quote"]


@settings(max_examples=60)
@given(conversations())
def test_no_finding_no_label(conversation: Conversation) -> None:
    """What is said to be there carries at least one finding that speaks for it."""
    analysis = told(conversation)
    for name in DECISIONS:
        block = blocks(analysis)[name]
        if block["state"] not in SILENT:
            assert any(finding["weight"] > 0 for finding in block["findings"]), name
    for name in ("felt_heard", "loyalty", "resolution", "reason"):
        if analysis[name]["state"] not in SILENT:
            assert analysis[name]["findings"], name


@settings(max_examples=60)
@given(conversations())
def test_probability_is_the_sum_of_its_findings(conversation: Conversation) -> None:
    """A decision comes apart: its base and the weights of its findings give its log-odds."""
    for name in DECISIONS:
        block = blocks(told(conversation))[name]
        if block["probability"] is None:
            continue
        base = decision(name).bases[(conversation.language or "").partition("-")[0]]
        log_odds = base + sum(finding["weight"] for finding in block["findings"])
        assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(block["probability"], abs=0.003)


@settings(max_examples=30)
@given(st.lists(conversations(), min_size=1, max_size=5), st.randoms())
def test_order_and_company_do_not_matter(some: list[Conversation], chance: Any) -> None:
    """A conversation gets the same states whatever is analysed beside it, in any order."""
    alone = {one.id: told(one) for one in some}
    shuffled = list(some)
    chance.shuffle(shuffled)
    for analysis in analyse_all(shuffled, RULES, declared="evaluation", now=NOW):
        beside, single = as_json(analysis), alone[analysis.conversation_id]
        assert {n: b["state"] for n, b in blocks(beside).items()} == {
            n: b["state"] for n, b in blocks(single).items()
        }
        for name in DECISIONS:
            probability = blocks(single)[name]["probability"]
            assert blocks(beside)[name]["probability"] == pytest.approx(probability, abs=1e-3)


@settings(max_examples=60)
@given(conversations(), sentences)
def test_agent_words_reach_no_feeling(conversation: Conversation, other: str) -> None:
    """Emotions, sentiment and abuse are the customer's: other agent words change none."""
    turns = tuple(
        Turn(role="agent", text=other) if turn.role == "agent" else turn
        for turn in conversation.turns
    )
    before, after = told(conversation), told(replace(conversation, turns=turns))
    for name in ("emotions", "abuse", "effort"):
        assert _rounded(before[name]) == _rounded(after[name])


@settings(max_examples=30)
@given(conversations())
def test_gold_label_in_the_input_changes_nothing(conversation: Conversation) -> None:
    """Keys we do not know are carried and never used for inference."""
    plain = {
        "id": conversation.id,
        "language": "en",
        "turns": [{"party": "customer", "text": turn.text} for turn in conversation.turns],
    }
    gold = {"labels": {"company": "yes", "crisis": "imminent"}, "note": "very lonely", "reason": 1}
    both = [
        conversation_from(given, source="s", record="r") for given in (plain, {**plain, **gold})
    ]
    assert told(both[0]) == told(both[1])
    assert json.loads(both[1].carried) == gold


def _rounded(value: Any) -> Any:
    """Return the same with numbers to three digits: batches differ in the last bits of a float."""
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value
