"""
Append single utterances written in blocks to the corpus.

    python training/write_utterances.py nl customer lines.txt

A block begins with the label its lines share; a line may add more, and `none` is a look-alike:

    # sadness
    Ze zou morgen tachtig zijn geworden.
    +disappointment Ze hebben mij niet uitgenodigd.
    # none
    Alleen op vrijdag, de andere dagen niet.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

from kindline.languages import codes
from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS
from kindline.text.heads import Party
from kindline.training.corpus import last_number, split_of

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FILES = {"customer": "utterances.jsonl", "agent": "agent_utterances.jsonl"}
KNOWN = {"customer": CUSTOMER_LABELS, "agent": AGENT_LABELS}
_MORE = re.compile(r"\+(\w+) ")


def main() -> None:
    """Append every line of a file, numbered on from those that are there; known ones are left."""
    language, party, source = sys.argv[1:]
    if language not in codes() or party not in FILES:
        sys.exit(f"{language}, {party}: no language or party of ours")
    target = CORPUS / language / FILES[party]
    there = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    known = {item["text"] for item in there}
    told = utterances(
        Path(source).read_text("utf-8"), "customer" if party == "customer" else "agent"
    )
    fresh = [(text, labels) for text, labels in told if text not in known]
    with target.open("a", encoding="utf-8") as out:
        for number, (text, labels) in enumerate(fresh, last_number(there) + 1):
            item = item_of(f"{language}-{party_letter(party)}-{number:03}", language, text, labels)
            out.write(json.dumps(item, ensure_ascii=False) + "\n")
    print(f"{len(fresh)} utterances appended to {target.name}")


def utterances(lines: str, party: Party) -> Iterator[tuple[str, list[str]]]:
    """Return text and labels of every line."""
    shared = ""
    for line in filter(None, lines.split("\n")):
        if line.startswith("# "):
            shared = line[2:]
            continue
        text = _MORE.sub("", line)
        labels = [shared, *_MORE.findall(line)]
        unknown = set(labels) - {*KNOWN[party], "none"}
        if unknown:
            sys.exit(f"{text}: {', '.join(sorted(unknown))} is no label of the {party}")
        yield text, labels


def item_of(identity: str, language: str, text: str, labels: list[str]) -> dict[str, Any]:
    """Return the corpus item of an utterance; its words decide its split."""
    split = split_of(text)
    return {"id": identity, "language": language, "text": text, "labels": labels, "split": split}


def party_letter(party: str) -> str:
    """Return the letter that stands for a party in an id."""
    return "u" if party == "customer" else "a"


if __name__ == "__main__":
    main()
