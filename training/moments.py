"""
How often a coaching moment is so, on stories no model learnt from.

    python training/moments.py [test|dev]

Read against what people wrote of the same stories in the corpus: a moment is right where they see
the same at the same place. A stock phrase is what it says it is, and is only counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
import json
from pathlib import Path
import sys
from typing import Any

from kindline.analysis import analyse
from kindline.coaching.moments import MOMENT_KINDS, Moment, moments
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.metrics.share import wilson
from kindline.policy import profile

CORPUS = Path(__file__).parent.parent / "corpus"
MEETS = ("acknowledge", "validate", "reflect", "question_open")


def is_so(one: Moment, told: Mapping[str, Any]) -> bool | None:
    """Return whether people see it too, None where the corpus does not say."""
    gold, did = told["labels"], told["labels"]["agent"]
    places = {(each["label"], each["turn"]) for each in told["evidence"]}
    met = [name for name in MEETS if did[name]]
    if one.kind == "acknowledged_well":
        return bool(met)
    if one.kind in ("company_missed", "advice_too_early"):
        is_needing = gold["company"] in ("yes", "mixed") or bool(gold["support"])
        between = range(one.quotes[0].turn + 1, one.turn + 1)
        is_met_there = any((name, turn) in places for name in MEETS for turn in between)
        is_elsewhere = all(any(label == name for label, _ in places) for name in met)
        return is_needing and not is_met_there and is_elsewhere
    if one.kind == "loop_open":
        return bool(gold["service_problem"]) and gold["resolved_turn"] is None
    if one.kind in ("good_boundary", "warm_close"):
        return bool(did[one.kind.removeprefix("good_")])
    return None


def read(language: str, split: str) -> Iterator[tuple[Moment, bool | None]]:
    """Return the moments of the stories of a language, and whether people see them too."""
    rules, now = profile("eu-consented"), datetime.now(UTC)
    for line in (CORPUS / language / "conversations.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        if told["split"] != split:
            continue
        plain = {name: told[name] for name in ("id", "language", "channel", "turns")}
        one = conversation_from({**plain, "lawful_basis": "consent"}, source="c", record="r")
        analysis = as_json(analyse(one, rules, now=now))
        for moment in moments(analysis, told["turns"]):
            yield moment, is_so(moment, told)


def main() -> None:
    """Print, by kind, how many there are and how many are so."""
    split = sys.argv[1] if len(sys.argv) > 1 else "test"
    found: Counter[tuple[str, str, bool | None]] = Counter()
    for language in codes():
        for moment, so in read(language, split):
            found[moment.kind, language, so] += 1
            found[moment.kind, "all", so] += 1
            if so is False and "-v" in sys.argv:
                print(moment.kind, [(quote.party, quote.text) for quote in moment.quotes])
    for kind in MOMENT_KINDS:
        for where in ("all", *codes()):
            n_right, n_wrong = found[kind, where, True], found[kind, where, False]
            n = n_right + n_wrong
            low, high = wilson(n_right, n) if n else (0.0, 1.0)
            n_open = found[kind, where, None]
            print(
                f"{kind} {where}: {n_right} of {n} so, {low:.2f} to {high:.2f}; {n_open} not judged"
            )


if __name__ == "__main__":
    main()
