"""Heads for single turns: fitted per language, calibrated with the cues on held-out turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import hashlib
from pathlib import Path
import re

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kindline.text.cues import matcher
from kindline.text.fold import fold_batch
from kindline.text.heads import Party, weight_of_length
from kindline.text.reading import FLOOR
from kindline.text.scoring import in_text, marks, word_counts
from kindline.text.sentences import split
from kindline.training import corpus, fit, meaning, public
from kindline.training.corpus import LABELS, Example
from kindline.training.meaning import Lexicon
from kindline.training.stress import swap

N_FOLDS = 5
_MEANING = 1.0  # spread of what words mean beside the two of how they are spelt; docs/measured.md
_UTTERANCE = re.compile(r"..(-[ua]-)(\d+)")
_WRITTEN_TOGETHER = 40  # utterances in a row, which may resemble those of another language
_RETOLD = 0.5  # a retold turn is no new witness; our choice, no origin yet
_LEAST_TEXTS = {"en": 6}
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedHeads:
    """
    The heads of one party in one language: one column of `weights` per label.

    `word_weights` are what the words of the lexicon add by their meaning.
    """

    labels: tuple[str, ...]
    space: fit.Space
    weights: Floats
    bias: Floats
    words: npt.NDArray[np.int64]
    word_weights: Floats

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """Return one row per text and one column per label."""
        matrix = fit.counts(texts)
        spelt = fit.project(matrix, self.space) @ self.weights
        meant = meaning.words_of(texts)[:, self.words] @ self.word_weights
        return np.asarray(spelt + meant / fit.lengths(matrix, self.space)[:, None] + self.bias)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """
    The lexicon of a language, and what labels mean in it for one party.

    `whole` is fitted to all turns, `held[fold]` to those outside a fold.
    """

    lexicon: Lexicon
    whole: Floats
    held: Sequence[Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """
    Turns scored by heads that never saw their story.

    `log_odds` have mean 0 and spread 1 per label, so that languages with more public data and
    those with less share one calibration; `centre` and `spread` are what that took.
    """

    examples: tuple[Example, ...]
    centre: Floats
    spread: Floats
    log_odds: Floats
    strong: Floats
    weak: Floats


def training_examples(root: Path, data: Path, language: str, party: Party) -> tuple[Example, ...]:
    """
    Return all a head may learn from: our training split, and for customers public sets as well.

    Customer turns come twice where another gender could have told them, so that none is learnt.
    """
    own = corpus.examples(root, language, party, split="train")
    if party == "agent":
        return own
    retold = (
        replace(example, text=other, weight=_RETOLD)
        for example in own
        if (other := swap(example.text, language, "gender")) != example.text
    )
    return (*own, *retold, *public.examples(data, language))


def fit_heads(
    examples: Sequence[Example], party: Party, lexicon: Lexicon, meant: Floats, n_least: int
) -> FittedHeads:
    """Return heads fitted to the examples; a label unknown for an example leaves it out."""
    texts = [example.text for example in examples]
    matrix = fit.counts(texts)
    space = fit.space(matrix, n_least=n_least)
    rows = fit.project(matrix, space)
    weights, bias = _spelt(examples, rows, party)
    features = lexicon.features(meaning.words_of(texts), fit.lengths(matrix, space))
    ours = np.array([example.weight == 1 for example in examples])
    scores = features[ours] @ meant
    spread = np.maximum(scores.std(axis=0), 1e-9) / _MEANING
    return FittedHeads(
        labels=LABELS[party],
        space=space,
        weights=weights,
        bias=bias - scores.mean(axis=0) / spread,
        words=lexicon.buckets,
        word_weights=lexicon.vectors @ (meant / spread),
    )


def _spelt(
    examples: Sequence[Example], rows: sparse.csr_matrix, party: Party
) -> tuple[Floats, Floats]:
    """Return weights and bias of every label over the n-grams."""
    weights = np.zeros((rows.shape[1], len(LABELS[party])))
    bias = np.zeros(len(LABELS[party]))
    for column, label in enumerate(LABELS[party]):
        known = [number for number, example in enumerate(examples) if label in example.labels]
        is_label = np.array([examples[number].labels[label] for number in known])
        weight = np.array([examples[number].weight for number in known])
        weights[:, column], bias[column] = fit.fit(rows[known], is_label, weight)
    return weights, bias


def fold_of(story: str) -> int:
    """
    Return the fold of a story.

    Parallel stories in two languages share it, and so do utterances written one after the other.
    """
    if written := _UTTERANCE.fullmatch(story):
        story = f"{written[1]}{int(written[2]) // _WRITTEN_TOGETHER}"
    return int(hashlib.sha256(story.encode()).hexdigest(), 16) % N_FOLDS


def least_texts(language: str) -> int:
    """Return in how many texts an n-gram must stand to be learnt."""
    return _LEAST_TEXTS.get(language, 2)


def held_out(examples: Sequence[Example], language: str, party: Party, meant: Meant) -> HeldOut:
    """Return our own turns, each scored by heads fitted without its story."""
    own = tuple(example for example in examples if example.weight == 1)
    log_odds = np.zeros((len(own), len(LABELS[party])))
    for fold in range(N_FOLDS):
        seen = [example for example in examples if fold_of(example.story) != fold]
        inside = [n for n, example in enumerate(own) if fold_of(example.story) == fold]
        model = fit_heads(seen, party, meant.lexicon, meant.held[fold], least_texts(language))
        log_odds[inside] = model.log_odds([own[n].text for n in inside])
    centre, spread = log_odds.mean(axis=0), np.maximum(log_odds.std(axis=0), 1e-6)
    texts = [example.text for example in own]
    weight = weight_of_length(word_counts(texts))
    strong, weak = cue_counts(texts, language, party)
    return HeldOut(
        examples=own,
        centre=centre,
        spread=spread,
        log_odds=(log_odds - centre) / spread * weight[:, None],
        strong=strong,
        weak=weak,
    )


def cue_counts(texts: Sequence[str], language: str, party: Party) -> tuple[Floats, Floats]:
    """Return whether each text has a strong, and a weak, cue of each label."""
    cut = split(texts)
    hits = (in_text(hit, cut) for hit in matcher(language).hits(fold_batch(cut.said)))
    strong, weak = marks(hits, LABELS[party], len(texts))
    return strong.astype(np.float64), weak.astype(np.float64)


def calibrate(turns: Sequence[HeldOut], party: Party) -> dict[str, dict[str, float]]:
    """Return, per label, how head and cues add up, and the threshold with the best F1."""
    return {label: _calibrated(turns, label, column) for column, label in enumerate(LABELS[party])}


def _calibrated(turns: Sequence[HeldOut], label: str, column: int) -> dict[str, float]:
    """
    Return the calibration of one label.

    Every turn counts twice, as it is and without its cues: the phrases were written by the hands
    that wrote the turns, so they find more here than elsewhere, and the head must be heard.
    """
    features, is_label = [], []
    for part in turns:
        for number, example in enumerate(part.examples):
            if label in example.labels:
                row = (part.log_odds, part.strong, part.weak)
                cued = [float(values[number, column]) for values in row]
                features += [cued, [cued[0], 0.0, 0.0]]
                is_label += [example.labels[label]] * 2
    truth = np.array(is_label)
    model = LogisticRegression(C=10.0).fit(np.array(features), truth)
    head, strong, weak = (max(0.0, float(value)) for value in model.coef_[0])
    log_odds = np.array(features) @ [head, strong, weak]
    bias = float(model.intercept_[0])
    probability = 1 / (1 + np.exp(-(log_odds + bias)))
    return {
        "head": round(head, 4),
        "strong": round(strong, 4),
        "weak": round(weak, 4),
        "bias": round(bias, 4),
        "present": round(max(FLOOR, best_f1_threshold(probability, truth)), 4),
    }


def best_f1_threshold(probability: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """Return the threshold with the highest F1 (Lipton et al. 2014: half the best F1 bounds it)."""
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(truth[order])
    scores = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(probability[order][int(scores.argmax())])


def stored(
    model: FittedHeads, turns: HeldOut, party: Party
) -> Mapping[str, npt.NDArray[np.generic]]:
    """Return the arrays of `weights/<language>.npz` for one party: 8 bits a weight."""
    idf = model.space.idf
    word_weights, word_scale = _packed(model.word_weights / turns.spread)
    strength = np.abs(model.weights * idf[:, None]).max(axis=1)
    kept = np.sort(np.argsort(-strength, kind="stable")[:MOST_BUCKETS])
    weights, scale = _packed(model.weights[kept] / turns.spread)
    return {
        f"{party}_labels": np.array(model.labels),
        f"{party}_bucket_steps": np.diff(model.space.buckets[kept], prepend=0).astype(np.uint32),
        f"{party}_idf": idf[kept].astype(np.float16),
        f"{party}_scale": scale,
        f"{party}_weights": weights,
        f"{party}_word_steps": np.diff(model.words, prepend=0).astype(np.uint32),
        f"{party}_word_scale": word_scale,
        f"{party}_word_weights": word_weights,
        f"{party}_bias": ((model.bias - turns.centre) / turns.spread).astype(np.float32),
    }


def _packed(weights: Floats) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return the weights in 8 bits, and per column what one step is worth."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


MOST_BUCKETS = 60_000  # keeps all languages together under 12 MB
