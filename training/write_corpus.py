"""
Append conversations written in the short form to the corpus.

    python training/write_corpus.py nl stories.txt

The short form is for hands: a head, then one line a turn. Evidence stands in the text itself, as
{label|words}; a star marks the turn that settles the matter. Stories are parted by empty lines.

    situation=night_porter sector=parking channel=voice country=NL company=yes service=no support=no
    crisis=none arrival=calm departure=cheerful heard=yes loyalty=kept reason=conversation
    note: asks what he can read on the ticket
    A: Parkeerservice, goedenavond.
    C: Goedenavond. {company_disclosure|U bent de eerste die vanavond iets terugzegt.}

Left out of a head: asr (no), channel (voice), support, company (no), service (yes), crisis (none).
The test split, less its labels, becomes `examples/`, which the demo shows.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

from kindline.languages import codes
from kindline.model.analysis import BEHAVIOURS, EMOTIONS
from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS
from kindline.training.corpus import last_number, split_of

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
SHOWN = ("id", "language", "channel", "country", "lawful_basis", "turns")
PARTIES = {"A": "agent", "C": "customer", "B": "bot"}
DEFAULTS = {
    "asr": "no",
    "channel": "voice",
    "company": "no",
    "service": "yes",
    "support": "no",
    "crisis": "none",
}
_EVIDENCE = re.compile(r"\{(\w+)\|([^{}]*)\}")


def main() -> None:
    """Append every story of a file, numbered on from those that are there."""
    language, source = sys.argv[1], Path(sys.argv[2])
    if language not in codes():
        sys.exit(f"{language}: no language of ours")
    target = CORPUS / language / "conversations.jsonl"
    there = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    taken = {item["situation"] for item in there}
    items = []
    for number, (head, note, turns) in enumerate(
        stories(source.read_text("utf-8")), last_number(there) + 1
    ):
        if head["situation"] in taken:
            sys.exit(f"{head['situation']}: told already")
        taken.add(head["situation"])
        items.append(item_of(f"{language}-c-{number:03}", language, head, note, turns))
    write(target, [*there, *items])
    held = [item for item in (*there, *items) if item["split"] == "test"]
    shown = [{key: item[key] for key in SHOWN} for item in held]
    write(ROOT / "examples" / f"{language}.jsonl", shown)
    print(f"{len(items)} stories appended to {target.name}")


def write(path: Path, items: list[dict[str, Any]]) -> None:
    """Write one item a line."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def stories(text: str) -> Iterator[tuple[dict[str, str], str, list[str]]]:
    """Return head, note and lines of every story."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        is_turn = [bool(re.match(r"[ACB]\*?: ", line)) for line in lines]
        first = is_turn.index(True)
        head = " ".join(line for line in lines[:first] if not line.startswith("note: "))
        notes = [line[len("note: ") :] for line in lines[:first] if line.startswith("note: ")]
        told = DEFAULTS | dict(pair.split("=") for pair in head.split())
        if not all(is_turn[first:]):
            sys.exit(f"{told['situation']}: a line that is no turn")
        yield told, " ".join(notes), lines[first:]


def item_of(
    identity: str, language: str, head: dict[str, str], note: str, lines: list[str]
) -> dict[str, Any]:
    """Return the corpus item a story stands for."""
    turns: list[dict[str, str]] = []
    evidence: list[dict[str, Any]] = []
    resolved = None
    for number, line in enumerate(lines):
        mark, _, marked = line.partition(": ")
        party = PARTIES[mark[0]]
        known = CUSTOMER_LABELS if party == "customer" else AGENT_LABELS
        for label, words in _EVIDENCE.findall(marked):
            if label not in known:
                sys.exit(f"{identity}, turn {number}: {label} is no label of the {party}")
            evidence.append({"label": label, "turn": number, "quote": words})
        text = _EVIDENCE.sub(lambda match: match.group(2), marked)
        if {"{", "}", "|"} & set(text):
            sys.exit(f"{identity}, turn {number}: a mark that is not closed")
        turns.append({"party": party, "text": text})
        if mark.endswith("*"):
            resolved = number
    shown = {found["label"] for found in evidence}
    return {
        "id": identity,
        "language": language,
        "channel": head["channel"],
        "country": head["country"],
        "lawful_basis": "consent",
        "turns": turns,
        "labels": labels_of(head, shown, resolved),
        "evidence": evidence,
        "situation": head["situation"],
        "sector": head["sector"],
        "spoken_like_asr": head["asr"] == "yes",
        "note": note,
        "split": split_of(head["situation"]),
    }


def labels_of(head: dict[str, str], shown: set[str], resolved: int | None) -> dict[str, Any]:
    """Return the labels: from the head, and from the evidence where that says it."""
    return {
        "company": head["company"],
        "service_problem": head["service"] == "yes",
        "support": head["support"] == "yes",
        "resolved_turn": resolved,
        "crisis": head["crisis"],
        "abuse": "abuse" in shown,
        "swearing": "swearing" in shown,
        "arrival": head["arrival"],
        "departure": head["departure"],
        "emotions": [name for name in EMOTIONS if name in shown],
        "tried_self_service": "tried_self_service" in shown,
        "other_channels": "other_channels" in shown,
        "repeat_contact": "repeat_contact" in shown,
        "agent": {name: name in shown for name in BEHAVIOURS},
        "felt_heard": head["heard"],
        "loyalty": head["loyalty"],
        "reason": head["reason"],
    }


if __name__ == "__main__":
    main()
