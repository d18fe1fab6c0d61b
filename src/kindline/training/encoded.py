"""Heads on a sentence encoder of others: fitted to our turns, calibrated on held-out ones."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any
import warnings

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from kindline.text.encoded import FILE, PARTIES
from kindline.text.heads import Party, weight_of_length
from kindline.text.pretrained import SentenceEncoder
from kindline.text.scoring import word_counts
from kindline.training import corpus
from kindline.training.corpus import LABELS, Example
from kindline.training.turns import (
    N_FOLDS,
    Floats,
    HeldOut,
    calibrate,
    cue_counts,
    fold_of,
)

_STRENGTH = 1.0
_SCALE = 2.0  # length of a centred vector, so that the penalty fits any encoder; docs/measured.md


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The turns of one party in all languages given, with what the encoder makes of them."""

    examples: tuple[Example, ...]
    languages: npt.NDArray[np.str_]
    folds: npt.NDArray[np.int64]
    vectors: Floats
    centre: Floats
    scale: float


def train(
    root: Path, languages: Sequence[str], encoder: SentenceEncoder, folder: Path, out: Path
) -> dict[str, int]:
    """Write heads for some languages to `out`; return how many turns each was fitted to."""
    n_turns: dict[str, int] = {}
    heads: dict[str, Any] = {}
    for party in PARTIES:
        turns = turns_of(root, languages, encoder, party)
        for language, head in fitted(turns, party).items():
            n_turns[f"{language} {party}"] = int((turns.languages == language).sum())
            heads[f"{language} {party}"] = head
    out.mkdir(parents=True, exist_ok=True)
    told = {"encoder": encoder.name, "folder": folder.resolve().as_posix(), "heads": heads}
    (out / FILE).write_text(json.dumps(told), "utf-8")
    return n_turns


def turns_of(root: Path, languages: Sequence[str], encoder: SentenceEncoder, party: Party) -> Turns:
    """Return the training turns of a party, encoded."""
    examples: list[Example] = []
    owners: list[str] = []
    for language in languages:
        own = corpus.examples(root, language, party, split="train")
        examples += own
        owners += [language] * len(own)
    vectors = encoder.encode([example.text for example in examples]).astype(np.float64)
    centre = vectors.mean(axis=0)
    length = float(np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean()))
    return Turns(
        examples=tuple(examples),
        languages=np.array(owners),
        folds=np.array([fold_of(example.story) for example in examples]),
        vectors=vectors,
        centre=centre,
        scale=_SCALE / max(length, 1e-9),
    )


def fitted(turns: Turns, party: Party) -> dict[str, dict[str, Any]]:
    """
    Return the heads of a party as they are stored, one entry a language.

    All languages share one head a label, so that what one tells the others learn where the encoder
    reads them alike; each has a calibration of its own.
    """
    held = np.zeros((len(turns.examples), len(LABELS[party])))
    for fold in range(N_FOLDS):
        outside = turns.folds == fold
        weights, bias = _fit(turns, ~outside, party)
        held[outside] = turns.vectors[outside] @ weights + bias
    weights, bias = _fit(turns, np.ones(len(held), dtype=bool), party)
    return {
        str(language): _stored(turns, held, weights, bias, str(language), party)
        for language in np.unique(turns.languages)
    }


def _stored(
    turns: Turns, held: Floats, weights: Floats, bias: Floats, language: str, party: Party
) -> dict[str, Any]:
    own = np.flatnonzero(turns.languages == language)
    centre, spread = held[own].mean(axis=0), np.maximum(held[own].std(axis=0), 1e-6)
    texts = [turns.examples[n].text for n in own]
    strong, weak = cue_counts(texts, language, party)
    apart = HeldOut(
        examples=tuple(turns.examples[n] for n in own),
        centre=centre,
        spread=spread,
        log_odds=(held[own] - centre) / spread * weight_of_length(word_counts(texts))[:, None],
        strong=strong,
        weak=weak,
    )
    return {
        "labels": LABELS[party],
        "weights": (weights / spread).round(5).tolist(),
        "bias": ((bias - centre) / spread).round(5).tolist(),
        "calibration": calibrate([apart], party),
    }


def _fit(turns: Turns, seen: npt.NDArray[np.bool_], party: Party) -> tuple[Floats, Floats]:
    """Return weights and bias of every label, for vectors as the encoder gives them."""
    rows = (turns.vectors - turns.centre) * turns.scale
    columns, biases = [], []
    for label in LABELS[party]:
        known = [n for n, one in enumerate(turns.examples) if seen[n] and label in one.labels]
        is_label = np.array([turns.examples[n].labels[label] for n in known])
        weights, bias = np.zeros(rows.shape[1]), 0.0
        if is_label.any() and not is_label.all():
            model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=500)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(rows[known], is_label)
            weights = model.coef_[0] * turns.scale
            bias = float(model.intercept_[0] - turns.centre @ weights)
        columns.append(weights)
        biases.append(bias)
    return np.array(columns).T, np.array(biases)
