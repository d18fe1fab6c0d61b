"""JSON Lines: every conversation in the plain format, with its analysis; can be read again."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from typing import Any

from kindline.export.words import basis_of, words_of
from kindline.store.conversations import Stored

NAME = "jsonl"
PURPOSE = "One conversation a line, in the plain format, with its whole analysis."


def write(stored: Iterable[Stored], target: Path, *, has_words: bool) -> int:
    """Write them all and return how many there were."""
    n_written = 0
    with target.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
        for one in stored:
            out.write(json.dumps(_line(one, has_words=has_words), ensure_ascii=False) + "\n")
            n_written += 1
    return n_written


def _line(one: Stored, *, has_words: bool) -> Mapping[str, Any]:
    analysis, turns = words_of(one, has_words=has_words)
    return {
        "id": analysis["conversation_id"],
        "language": analysis["language"],
        "channel": analysis["channel"],
        "started_at": one.started_at and one.started_at.isoformat(),
        "country": one.country,
        "queue": one.queue,
        "lawful_basis": basis_of(one),
        "turns": turns,
        "analysis": analysis,
    }
