"""
Decisions a centre learnt from what its people settled, in place of ours: `kindline learn`.

Turns are read as ever. What is learnt is how much each of their features weighs here, per language
and need; whatever was not learnt stays ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
import json
from pathlib import Path
from typing import Any

from kindline.errors import ModelError
from kindline.text.decision import Decision, conversation_file, decision, decision_of

Decisions = Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Decisions by language and need, and the name results are stamped with."""

    weights: str = field(default_factory=lambda: str(conversation_file()["version"]))
    decisions: Mapping[str, Decisions] = field(default_factory=dict[str, Decisions])

    def of(self, language: str) -> Decisions:
        """Return what was learnt for a language, by need."""
        return self.decisions.get(language, {})


def learnt_in(file: Path) -> Learnt:
    """
    Return what `kindline learn` wrote.

    Raises ModelError where the file is none of that, or was learnt on other weights than ours.
    """
    try:
        raw = file.read_bytes()
        told: Mapping[str, Any] = json.loads(raw)
        decisions = {
            language: {need: _decision(need, one) for need, one in needs.items()}
            for language, needs in told["decisions"].items()
        }
        stands_on = str(told["weights"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = type(error).__name__
        raise ModelError(
            file.as_posix(), found=found, expected="what `kindline learn` writes"
        ) from error
    ours = str(conversation_file()["version"])
    if stands_on != ours:
        raise ModelError(
            file.as_posix(), found=f"weights {stands_on}", expected=f"{ours}: learn again"
        )
    made_by = hashlib.blake2b(raw, digest_size=4).hexdigest()
    return Learnt(weights=f"{ours}+learnt@{made_by}", decisions=decisions)


def _decision(need: str, stored: Mapping[str, Any]) -> Decision:
    """Return a learnt decision; ValueError where ours rests on other features."""
    learnt = decision_of(stored)
    if learnt.weights.keys() != decision(need).weights.keys():
        raise ValueError("learnt on other features than ours")
    return learnt
