"""
What people settled, as conversations to learn from: the plain format with the corpus's labels.

Only where words are kept, and only labels that two people agree on; "cannot tell" is none.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any

from kindline.store.conversations import by_number, stored
from kindline.store.database import Tenancy
from kindline.store.labels import Judged, Value, settled_by_people
from kindline.store.tables import CONVERSATIONS

_AT_ONCE = 200
_NAMES: Mapping[Judged, str] = {
    "service": "service_problem",
    "companionship": "company",
    "support": "support",
    "crisis": "crisis",
    "abuse": "abuse",
}
_KEPT = ("party", "text", "start_ms", "end_ms")


def write(tenancy: Tenancy, target: Path, *, has_crisis: bool) -> int:
    """Write JSON Lines and return how many conversations; crisis labels only where asked for."""
    with target.open("w", encoding="utf-8") as file:
        n_written = 0
        for one in _conversations(tenancy, has_crisis=has_crisis):
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
            n_written += 1
    return n_written


def _conversations(tenancy: Tenancy, *, has_crisis: bool) -> Iterator[dict[str, Any]]:
    settled = settled_by_people(tenancy)
    numbers, has_words = sorted(settled), CONVERSATIONS.c.turns.is_not(None)
    for start in range(0, len(numbers), _AT_ONCE):
        rows = by_number(tenancy, numbers[start : start + _AT_ONCE], has_words)
        for number in sorted(rows):
            labels = {
                _NAMES[need]: _as_corpus(need, value)
                for need, value in settled[number].items()
                if value != "unsure" and (need != "crisis" or has_crisis)
            }
            one = stored(*rows[number])
            if labels:
                yield {
                    "id": one.analysis["conversation_id"],
                    "language": one.analysis["language"],
                    "channel": one.analysis["channel"],
                    "turns": [
                        {key: turn[key] for key in _KEPT if key in turn} for turn in one.turns or ()
                    ],
                    "labels": labels,
                }


def _as_corpus(need: Judged, value: Value) -> bool | str:
    """Return a label as the corpus writes it (docs/contract.md); of a cue nobody said the level."""
    is_so = value == "present"
    words = {"companionship": ("yes", "no"), "crisis": ("cue", "none")}.get(need)
    return is_so if words is None else words[0 if is_so else 1]
