"""
Whole English service contacts by other hands, which nobody trains on: what is flagged in them?

HarperValleyBank's calls, Microsoft's contact-centre transcripts, and MultiDoGO's test part, of
which the customer's turns are at hand (licences: docs/data.md). They are about accounts, orders and
computers: none was made for company, in need or in danger.
"""

from collections.abc import Iterable
import csv
from dataclasses import dataclass
from datetime import datetime
import json
from pathlib import Path
import re
from typing import Any

from kindline.analysis import analyse_all
from kindline.contract import as_json
from kindline.ingest import read_file
from kindline.ingest.plain import conversation_from
from kindline.metrics.share import share
from kindline.model.conversation import Conversation
from kindline.model.estimate import Estimate
from kindline.policy import profile
from kindline.text.scoring import TurnModel

NEVER = ("companionship", "support", "crisis", "abuse")
_SAID = re.compile(r"\*\*(Agent|Customer):\*\*\s*([^*]+)")
_FOUND = ("present", "cue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """The share of the contacts of a set in which a need was found that none of them has."""

    source: str
    need: str
    share: Estimate


def flagged(data: Path, now: datetime, model: TurnModel | None = None) -> list[Flagged]:
    """Return how often company, support, crisis or abuse is found; unsure is not found."""
    results = []
    for source, contacts in sets(data).items():
        told = [
            as_json(one)
            for one in analyse_all(contacts, profile(), declared="evaluation", now=now, model=model)
        ]
        for need in NEVER:
            states = ("present" if _is_found(one, need) else "absent" for one in told)
            results.append(Flagged(source=source, need=need, share=share(states)))
    return results


def sets(data: Path) -> dict[str, list[Conversation]]:
    """Return the contacts of each set, by its name."""
    return {
        "HarperValleyBank": _harper_valley(data),
        "Microsoft samples": _microsoft(data),
        "MultiDoGO test, customers": _multidogo(data),
    }


def _is_found(analysis: dict[str, Any], need: str) -> bool:
    block = analysis["needs"].get(need) or analysis[need]
    return block["state"] in _FOUND


def _harper_valley(data: Path) -> list[Conversation]:
    read = read_file(data / "harper_valley" / "calls_compact.json")
    return [one for one in read if isinstance(one, Conversation)]


def _microsoft(data: Path) -> list[Conversation]:
    """Return the distinct transcripts, processed and raw: most of them say the same."""
    folder = data / "ms_contactcenter_synth" / "data" / "ContactCenter_usecase"
    calls = json.loads((folder / "sample_processed_data.json").read_text("utf-8"))
    raw = sorted((data.parent / "samples" / "ckm_microsoft").glob("convo_*.json"))
    calls += [json.loads(path.read_text("utf-8")) for path in raw]
    distinct = {tuple(_SAID.findall(call["Content"])) for call in calls}
    return [
        _contact([(role.lower(), words.strip()) for role, words in said])
        for said in sorted(distinct)
    ]


def _multidogo(data: Path) -> list[Conversation]:
    root = data / "multidogo" / "data" / "paper_splits" / "splits_annotated_at_turn_level"
    by_contact: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(root.glob("*/test.tsv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["utterance"]:
                    said = ("customer", row["utterance"])
                    by_contact.setdefault(row["conversationId"], []).append(said)
    return [_contact(said) for said in by_contact.values()]


def _contact(said: Iterable[tuple[str, str]]) -> Conversation:
    turns = [{"party": party, "text": text} for party, text in said]
    return conversation_from(
        {"language": "en", "turns": turns}, source="public set", record="contact"
    )
