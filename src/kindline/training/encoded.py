"""Heads on a sentence encoder of others: fitted to our turns, calibrated on held-out ones."""

from collections.abc import Sequence
import json
from pathlib import Path
from typing import Any
import warnings

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from kindline.text.encoded import FILE, PARTIES
from kindline.text.heads import Party, weight_of_length
from kindline.text.pretrained import SentenceEncoder, Vectors
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
_SCALE = 4.0  # spread of vectors of length 1, so that the penalty fits


def train(
    root: Path, languages: Sequence[str], encoder: SentenceEncoder, folder: Path, out: Path
) -> dict[str, int]:
    """Write heads for some languages to `out`; return how many turns each was fitted to."""
    n_turns: dict[str, int] = {}
    heads: dict[str, Any] = {}
    for language in languages:
        for party in PARTIES:
            examples = corpus.examples(root, language, party, split="train")
            vectors = encoder.encode([example.text for example in examples])
            n_turns[f"{language} {party}"] = len(examples)
            heads[f"{language} {party}"] = fitted(examples, vectors, language, party)
    out.mkdir(parents=True, exist_ok=True)
    told = {"encoder": encoder.name, "folder": folder.resolve().as_posix(), "heads": heads}
    (out / FILE).write_text(json.dumps(told), "utf-8")
    return n_turns


def fitted(
    examples: Sequence[Example], vectors: Vectors, language: str, party: Party
) -> dict[str, Any]:
    """Return the heads of a party as they are stored."""
    folds = np.array([fold_of(example.story) for example in examples])
    held = np.zeros((len(examples), len(LABELS[party])))
    for fold in range(N_FOLDS):
        weights, bias = _fit(examples, vectors, folds != fold, party)
        held[folds == fold] = vectors[folds == fold] @ weights + bias
    centre, spread = held.mean(axis=0), np.maximum(held.std(axis=0), 1e-6)
    weights, bias = _fit(examples, vectors, np.ones(len(examples), dtype=bool), party)
    texts = [example.text for example in examples]
    strong, weak = cue_counts(texts, language, party)
    apart = HeldOut(
        examples=tuple(examples),
        centre=centre,
        spread=spread,
        log_odds=(held - centre) / spread * weight_of_length(word_counts(texts))[:, None],
        strong=strong,
        weak=weak,
    )
    return {
        "labels": LABELS[party],
        "weights": (weights / spread).round(5).tolist(),
        "bias": ((bias - centre) / spread).round(5).tolist(),
        "calibration": calibrate([apart], party),
    }


def _fit(
    examples: Sequence[Example], vectors: Vectors, seen: npt.NDArray[np.bool_], party: Party
) -> tuple[Floats, Floats]:
    columns, biases = [], []
    for label in LABELS[party]:
        rows = [n for n, one in enumerate(examples) if seen[n] and label in one.labels]
        is_label = np.array([examples[n].labels[label] for n in rows])
        weights, bias = np.zeros(vectors.shape[1]), 0.0
        if is_label.any() and not is_label.all():
            model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=500)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(vectors[rows] * _SCALE, is_label)
            weights, bias = model.coef_[0] * _SCALE, float(model.intercept_[0])
        columns.append(weights)
        biases.append(bias)
    return np.array(columns).T, np.array(biases)
