"""
Write src/kindline/text/weights/ from the corpus and the public sets.

    python training/build.py [--data ../shared/data]

Needs `pip install -e .[train]`. Takes some minutes; the result is the same on every run.
"""

import argparse
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np

from kindline.languages import codes
from kindline.text import encoder
from kindline.text.heads import Party
from kindline.training import conversations, corpus, turns
from kindline.training.turns import FittedHeads, HeldOut

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
WEIGHTS = ROOT / "src" / "kindline" / "text" / "weights"
VERSION = "2026-11-23.7"
PARTIES: tuple[Party, ...] = ("customer", "agent")
Fitted = tuple[FittedHeads, HeldOut]


def main() -> None:
    """Fit the heads, then the conversation-level models that stand on them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data: Path = options.parse_args().data
    jobs = [(data, language, party) for party in PARTIES for language in codes()]
    with ProcessPoolExecutor() as pool:
        fitted = dict(zip([job[1:] for job in jobs], pool.map(_fit, jobs), strict=True))
    write_turns(fitted)
    write_conversations(fitted)


def write_turns(fitted: Mapping[tuple[str, Party], Fitted]) -> None:
    """Write the heads of every language, and the calibration they share."""
    WEIGHTS.mkdir(exist_ok=True)
    calibration: dict[str, Any] = {"version": VERSION, "encoder": encoder.VERSION}
    for party in PARTIES:
        parts = [fitted[language, party][1] for language in codes()]
        calibration[party] = turns.calibrate(parts, party)
    for language in codes():
        arrays: dict[str, Any] = {}
        for party in PARTIES:
            arrays |= turns.stored(*fitted[language, party], party)
        np.savez_compressed(WEIGHTS / f"{language}.npz", **arrays)
    _write("turns.json", calibration)


def write_conversations(fitted: Mapping[tuple[str, Party], Fitted]) -> None:
    """Write the models over whole conversations."""
    calibration = json.loads((WEIGHTS / "turns.json").read_text("utf-8"))
    told = []
    for language in codes():
        labelled = corpus.conversations(CORPUS, language, split="train")
        held = {party: fitted[language, party][1] for party in PARTIES}
        told += conversations.stories(labelled, language, held, calibration)
    models = {
        "version": VERSION,
        "n_conversations": len(told),
        "decisions": conversations.fit_decisions(told),
        "choices": conversations.fit_choices(told),
    }
    _write("conversations.json", models)


def _fit(job: tuple[Path, str, Party]) -> Fitted:
    data, language, party = job
    examples = turns.training_examples(CORPUS, data, language, party)
    result = turns.fit_heads(examples, language, party), turns.held_out(examples, language, party)
    sys.stderr.write(f"fitted {language} {party}: {len(examples)} examples\n")
    return result


def _write(name: str, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (WEIGHTS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
