"""
Turns of one party to the probability of every label, and the sentence that shows it.

Heads and cues add up to one calibrated probability; the numbers are in `weights/turns.json`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.text.cues import Hit, matcher
from kindline.text.encoder import encode
from kindline.text.fold import fold_batch
from kindline.text.heads import Party, heads
from kindline.text.sentences import Sentences, Span, split

_BATCH_TURNS = 512  # fits the second-level cache; bench/analysis.py
_PLAIN_CRISIS = 0.7  # whatever the rest of the turn is about; our choice, no origin yet
_CUE_OF = {"settles": "settled"}

Probabilities = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scored:
    """
    Turns with the probability of every label of their party: one row a turn, one column a label.

    `shown_by` holds the place in `spans` of the sentence that shows the label best.
    """

    labels: tuple[str, ...]
    probability: Probabilities
    shown_by: Rows
    spans: list[Span]
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class _Calibration:
    """How head and cues add up to one probability, per label, as arrays in label order."""

    head: npt.NDArray[np.float32]
    strong: npt.NDArray[np.float32]
    weak: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


Scorer = Callable[[Sequence[str], str, Party], Scored]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnModel:
    """What reads turns, and the name results are stamped with."""

    name: str
    score: Scorer


def ours() -> TurnModel:
    """Return the model that ships."""
    return TurnModel(name=str(calibration_file()["encoder"]), score=score)


def score(texts: Sequence[str], language: str, party: Party) -> Scored:
    """Return the calibrated probability of every label of a party in every text."""
    parts = [
        _score(texts[i : i + _BATCH_TURNS], language, party)
        for i in range(0, len(texts), _BATCH_TURNS)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts, heads(language, party).labels)


@cache
def threshold(party: Party, label: str) -> float:
    """Return the probability from which a single turn counts as showing the label."""
    return float(calibration_file()[party][label]["present"])


def heeding_plain_crisis(
    probability: npt.NDArray[np.floating],
    plainly: npt.NDArray[np.floating],
    labels: Sequence[str],
) -> npt.NDArray[np.floating]:
    """Return the probabilities, none of a crisis said in a strong cue below `_PLAIN_CRISIS`."""
    is_crisis = np.array([label.startswith("crisis") for label in labels])
    said = plainly * is_crisis
    if "crisis_talk" in labels:  # the head that the three share has no cues of its own
        said[:, labels.index("crisis_talk")] = said.max(axis=1)
    return np.asarray(np.maximum(probability, said * _PLAIN_CRISIS))


def word_counts(texts: Sequence[str]) -> Rows:
    """Return how many words each text has."""
    cut = split(texts)
    words = encode(fold_batch(cut.said)).words
    return np.bincount(cut.owners[words.rows], minlength=len(texts))


def marks(
    hits: Iterable[Hit], labels: Sequence[str], n_rows: int
) -> tuple[Probabilities, Probabilities]:
    """Return, per row and label, whether it has a strong cue, and whether it has a weak one."""
    columns = columns_of_cues(labels)
    strong, weak = np.zeros((2, n_rows, len(columns)), dtype=np.float32)
    for hit in hits:
        if hit.cue in columns:
            (strong if hit.is_strong else weak)[hit.row, columns[hit.cue]] = 1
    return strong, weak


def columns_of_cues(labels: Iterable[str]) -> dict[str, int]:
    """Return, per cue list that belongs to a label, the column of that label."""
    return {_CUE_OF.get(label, label): column for column, label in enumerate(labels)}


@cache
def calibration_file() -> Mapping[str, Any]:
    """Return what training wrote about turns: calibration, thresholds, version."""
    raw = files("kindline.text").joinpath("weights", "turns.json").read_text("utf-8")
    content: Mapping[str, Any] = json.loads(raw)
    return content


def _score(texts: Sequence[str], language: str, party: Party) -> Scored:
    cut = split(texts)
    batch = fold_batch(cut.said)
    model, weights = heads(language, party), _calibration(party)
    sums = model.sums(encode(batch))
    log_odds = model.log_odds(sums.joined(cut.firsts))
    hits = matcher(language).hits(batch)
    strong, weak = marks(hits, model.labels, len(cut.said))
    plainly, faintly = (np.maximum.reduceat(cues, cut.firsts) for cues in (strong, weak))
    total = log_odds * weights.head + plainly * weights.strong + faintly * weights.weak
    probability = 1 / (1 + np.exp(-(total + weights.bias)))
    return Scored(
        labels=model.labels,
        probability=heeding_plain_crisis(probability, plainly, model.labels).astype(np.float32),
        shown_by=_best(model.log_odds(sums) + strong * _SETTLES_IT, cut),
        spans=cut.spans,
        hits=[in_text(hit, cut) for hit in hits],
    )


_SETTLES_IT = np.float32(
    100
)  # a sentence with a strong cue shows its label, whatever the heads say


def _best(odds: npt.NDArray[np.floating], cut: Sentences) -> Rows:
    """Return, per text and label, the number of the sentence with the highest log-odds."""
    highest = np.maximum.reduceat(odds, cut.firsts)[cut.owners]
    numbers = np.arange(len(odds))[:, None]
    return np.minimum.reduceat(np.where(odds == highest, numbers, len(odds)), cut.firsts)


def in_text(hit: Hit, cut: Sentences) -> Hit:
    """Return a hit in a sentence as a hit in the text that the sentence stands in."""
    begin = cut.spans[hit.row][0]
    row = int(cut.owners[hit.row])
    return hit._replace(row=row, start=hit.start + begin, end=hit.end + begin)


def _joined(parts: Sequence[Scored], labels: tuple[str, ...]) -> Scored:
    """Return the scores of all batches as one."""
    probability: list[Probabilities] = [np.zeros((0, len(labels)), dtype=np.float32)]
    shown_by: list[Rows] = [np.zeros((0, len(labels)), dtype=np.int64)]
    spans: list[Span] = []
    hits: list[Hit] = []
    n_texts = 0
    for part in parts:
        probability.append(part.probability)
        shown_by.append(part.shown_by + len(spans))
        spans += part.spans
        hits += [hit._replace(row=hit.row + n_texts) for hit in part.hits]
        n_texts += len(part.probability)
    return Scored(
        labels=labels,
        probability=np.concatenate(probability),
        shown_by=np.concatenate(shown_by),
        spans=spans,
        hits=hits,
    )


@cache
def _calibration(party: Party) -> _Calibration:
    stored = calibration_file()[party]
    columns = (
        np.array([label[key] for label in stored.values()], dtype=np.float32)
        for key in ("head", "strong", "weak", "bias")
    )
    return _Calibration(*columns)
