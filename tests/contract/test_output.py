"""The keys and states of docs/contract.md, against golden files."""

from datetime import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from kindline.analysis import analyse
from kindline.contract import as_json, rejected_as_json
from kindline.errors import MalformedInputError
from kindline.ingest.plain import conversation_from
from kindline.model import analysis as states
from kindline.policy import profile
from kindline.signals.reason import CODES

GOLDEN = Path(__file__).parents[1] / "golden"
SAID: dict[str, Any] = {
    "id": "golden-1",
    "language": "en",
    "channel": "voice",
    "turns": [
        {"party": "agent", "text": "Good morning, how can I help?", "start_ms": 0, "end_ms": 1500},
        {
            "party": "customer",
            "text": "My invoice is wrong again. I already tried the app. I feel so lonely.",
            "start_ms": 1600,
            "end_ms": 6000,
        },
    ],
}
FOR_EACH_CASE = {
    "analysed": {"lawful_basis": "consent"},
    "denied": {"lawful_basis": "denied"},
    "without-basis": {},
    "unsupported-language": {"lawful_basis": "consent", "language": "sw"},
}


def told(case: str, now: datetime) -> Any:
    """Return what is said of the conversation, as it goes out."""
    given = conversation_from({**SAID, **FOR_EACH_CASE[case]}, source="golden", record="line 1")
    return json.loads(json.dumps(as_json(analyse(given, profile(), now=now))))


def keys(value: Any) -> Any:
    """Return the tree of keys of an object, without its values."""
    return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else None


@pytest.mark.parametrize("case", FOR_EACH_CASE)
def test_output_is_the_golden_one(case: str, now: datetime) -> None:
    """Keys and their order are fixed, and without inference values are: renew on purpose only."""
    golden = json.loads((GOLDEN / f"{case}.json").read_text("utf-8"))
    found = told(case, now)
    found["versions"] = sorted(found["versions"])
    if case == "analysed":
        found = keys(found)
    assert json.dumps(found) == json.dumps(golden)


def test_finding_has_the_keys_of_the_contract(now: datetime) -> None:
    """Evidence of every block is written in the same eight keys."""
    found = told("analysed", now)
    findings = [*found["needs"]["service"]["findings"], *found["effort"]["findings"]]
    assert findings
    for finding in findings:
        named = ["signal", "turn", "start", "end", "quote", "value", "weight", "confidence"]
        assert list(finding) == named


def test_rejected_record_has_the_keys_of_the_contract() -> None:
    """A rejected record says where and what, in six keys."""
    error = MalformedInputError("a.jsonl", "line 3", "turns", "text", "a list")
    assert rejected_as_json(error, "a.jsonl") == {
        "status": "rejected",
        "source": "a.jsonl",
        "record": "line 3",
        "field": "turns",
        "found": "text",
        "expected": "a list",
    }


def test_states_are_those_of_the_contract() -> None:
    """The words for states, in the order the contract gives them."""
    contract = (Path(__file__).parents[2] / "docs" / "contract.md").read_text("utf-8")
    for names in (
        states.Presence,
        states.Assessed,
        states.CrisisState,
        states.CrisisLevel,
        states.HeardState,
        states.ResolutionState,
        states.LoyaltyState,
    ):
        assert f"{'|'.join(names.__args__)}" in contract
    for names in (states.MOODS, states.EMOTIONS, states.BEHAVIOURS, CODES):
        assert all(name in contract for name in names)
