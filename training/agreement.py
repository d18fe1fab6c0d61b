"""
Say how far the second reading of the corpus agrees with the first, label by label.

    python training/agreement.py

`corpus/second_reading.jsonl` holds what a second reading gave from the text and the definitions
alone: not native annotators, but the same kind of author. Cohen's kappa; a label that stands fewer
than five times in the two readings together says too little.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any

from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
NEEDS = ("company", "service_problem", "support", "crisis", "abuse")
LEAST = 5


def main() -> None:
    """Print a table of labels with n and kappa."""
    second = [json.loads(line) for line in (CORPUS / "second_reading.jsonl").open(encoding="utf-8")]
    first = {item["id"]: item for item in _items()}
    for kind, labels in (("c", NEEDS), ("u", CUSTOMER_LABELS), ("a", AGENT_LABELS)):
        read = [item for item in second if item["id"].split("-")[1] == kind]
        print(
            f"\n{len(read)} items\n\n| label | first | second | kappa |\n| --- | --- | --- | --- |"
        )
        for label in labels:
            pairs = [(_has(first[item["id"]], label), _has(item, label)) for item in read]
            ones, others = sum(a for a, _ in pairs), sum(b for _, b in pairs)
            if ones + others >= LEAST:
                print(f"| {label} | {ones} | {others} | {kappa(pairs):.2f} |")


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa: agreement beyond what chance gives, 1 at most."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    by_chance = first * second + (1 - first) * (1 - second)
    return 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def _has(item: Mapping[str, Any], label: str) -> bool:
    """Return whether a reading gives the label, in whichever form the item states it."""
    if label not in NEEDS or "labels" not in item or isinstance(item["labels"], list):
        return bool(item[label]) if label in item else label in item["labels"]
    given = item["labels"][label]
    return given not in ("no", "none") if isinstance(given, str) else bool(given)


def _items() -> Iterator[dict[str, Any]]:
    for path in sorted(CORPUS.glob("??/*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


if __name__ == "__main__":
    main()
