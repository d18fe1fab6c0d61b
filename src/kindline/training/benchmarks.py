"""
The text core on two public emotion sets, scored as others score them.

Heads are fitted anew here, on the sets' own labels, with the encoder and the fit of the product.
No resampling: each figure is one pass over a stated split, `n` its number of texts.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.metrics import f1_score

from kindline.languages import codes
from kindline.text.fold import fold
from kindline.training import fit, public
from kindline.training.turns import best_f1_threshold

N_FOLDS = 5
_N_GOEMOTIONS = 28
_N_PLUTCHIK = 8
_LEAST_TEXTS = {"xed": 2, "goemotions": 6}  # a bucket in fewer texts is left out
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One figure on a public set; `per_label` holds the F1 of each label, in the set's order."""

    name: str
    language: str
    metric: str
    split: str
    n: int
    macro_f1: float
    per_label: tuple[float, ...]
    goal: float


_XED_GOALS = {"nl": 0.37, "hu": 0.36, "fr": 0.40, "en": 0.44}


def goemotions(data: Path) -> Benchmark:
    """Return the score on the GoEmotions test set, thresholds tuned on its dev set."""
    texts, labels = public.goemotions(data, "train")
    counted = fit.counts(texts)
    space = fit.space(counted, n_least=_LEAST_TEXTS["goemotions"])
    rows = fit.project(counted, space)
    truth = _flags(labels, range(_N_GOEMOTIONS))
    weights, bias = _heads(rows, truth)
    odds = {
        split: fit.project(fit.counts(public.goemotions(data, split)[0]), space) @ weights + bias
        for split in ("dev", "test")
    }
    tuned = _flags(public.goemotions(data, "dev")[1], range(_N_GOEMOTIONS))
    tested = _flags(public.goemotions(data, "test")[1], range(_N_GOEMOTIONS))
    found = odds["test"] >= _thresholds(odds["dev"], tuned)
    return _benchmark(
        "GoEmotions, 28 labels",
        "en",
        "test as published, thresholds from dev",
        tested,
        found,
        0.475,
    )


def xed(data: Path) -> list[Benchmark]:
    """Return the score on XED's eight emotions, per language."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_xed, [data] * len(codes()), codes()))


def _xed(data: Path, language: str) -> Benchmark:
    """
    Return the five-fold score of one language.

    XED's files carry no id of the English sentence a line was projected from. Lines that are the
    same once folded share a fold, so that no sentence is both learnt from and judged.
    """
    texts, labels = public.xed(data, language)
    truth = _flags(labels, range(1, _N_PLUTCHIK + 1))
    folds = np.array([_fold(text) for text in texts])
    counted = fit.counts(texts)
    found = np.zeros_like(truth)
    for number in range(N_FOLDS):
        seen, held = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
        tuning = np.zeros((len(seen), truth.shape[1]))
        for inner in set(range(N_FOLDS)) - {number}:
            apart = folds[seen] == inner
            tuning[apart] = _odds(counted, truth, seen[~apart], seen[apart])
        found[held] = _odds(counted, truth, seen, held) >= _thresholds(tuning, truth[seen])
    split = "5 folds by sentence, thresholds from folds of the training part"
    return _benchmark("XED, 8 emotions", language, split, truth, found, _XED_GOALS[language])


def _odds(
    counted: sparse.csr_matrix,
    truth: Flags,
    seen: npt.NDArray[np.intp],
    held: npt.NDArray[np.intp],
) -> Floats:
    space = fit.space(counted[seen], n_least=_LEAST_TEXTS["xed"])
    weights, bias = _heads(fit.project(counted[seen], space), truth[seen])
    return np.asarray(fit.project(counted[held], space) @ weights + bias)


def _heads(rows: sparse.csr_matrix, truth: Flags) -> tuple[Floats, Floats]:
    fitted = [fit.fit(rows, column, np.ones(rows.shape[0])) for column in truth.T]
    return np.stack([weights for weights, _ in fitted], axis=1), np.array(
        [bias for _, bias in fitted]
    )


def _thresholds(odds: Floats, truth: Flags) -> Floats:
    return np.array([best_f1_threshold(odds[:, n], truth[:, n]) for n in range(truth.shape[1])])


def _flags(labels: Sequence[frozenset[int]], numbers: range) -> Flags:
    return np.array([[number in own for number in numbers] for own in labels])


def _fold(text: str) -> int:
    return int(hashlib.sha256(fold(text).strip().encode()).hexdigest(), 16) % N_FOLDS


def _benchmark(
    name: str, language: str, split: str, truth: Flags, found: Flags, goal: float
) -> Benchmark:
    per_label = f1_score(truth, found, average=None, zero_division=0)
    return Benchmark(
        name=name,
        language=language,
        metric="macro-F1",
        split=split,
        n=len(truth),
        macro_f1=round(float(per_label.mean()), 4),
        per_label=tuple(round(float(value), 4) for value in per_label),
        goal=goal,
    )
