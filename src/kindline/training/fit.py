"""
One linear head from sparse counts.

A head is the sum of two logistic regressions, each scaled to unit spread: one with balanced
classes on idf-weighted features, one on features scaled by the square root of their naive-Bayes
log-count ratio. Alone they reached .470 and .466 macro-F1 on the GoEmotions test set, together
.481 (docs/measured.md); being linear both, the sum costs nothing at run time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import warnings

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kindline.text.encoder import N_BUCKETS, encode
from kindline.text.fold import fold_batch
from kindline.text.sentences import split

Floats = npt.NDArray[np.float64]
_BATCH = 2000
_STRENGTH = 1.0
_BAYES_STRENGTH = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The buckets that training saw, with their inverse document frequency."""

    buckets: npt.NDArray[np.int64]
    idf: Floats


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return one row of bucket counts per text."""
    parts = [_counts(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
    return sparse.vstack(parts, format="csr")


def space(matrix: sparse.csr_matrix, *, n_least: int) -> Space:
    """Return the buckets found in at least `n_least` texts."""
    n_texts = np.asarray((matrix > 0).sum(axis=0)).ravel()
    buckets = np.flatnonzero(n_texts >= n_least)
    idf = np.log((1 + matrix.shape[0]) / (1 + n_texts[buckets])) + 1
    return Space(buckets=buckets, idf=idf)


def project(matrix: sparse.csr_matrix, into: Space) -> sparse.csr_matrix:
    """Return idf-weighted rows, each divided by its length."""
    weighted = matrix[:, into.buckets] @ sparse.diags(into.idf)
    return sparse.csr_matrix(sparse.diags(1 / lengths(matrix, into)) @ weighted)


def lengths(matrix: sparse.csr_matrix, into: Space) -> Floats:
    """Return the length of every text, as `Heads.sums` adds it up, one n-gram at a time."""
    return np.asarray(np.sqrt(np.maximum(matrix[:, into.buckets] @ into.idf**2, 1)))


def fit(
    rows: sparse.csr_matrix, is_label: npt.NDArray[np.bool_], weight: Floats
) -> tuple[Floats, float]:
    """Return the weights and bias of one head; all zero when a class is missing."""
    if is_label.all() or not is_label.any():
        return np.zeros(rows.shape[1]), 0.0
    ratio = _log_count_ratio(rows, is_label)
    ratio = np.sign(ratio) * np.sqrt(np.abs(ratio))
    plain = _logistic(rows, is_label, weight, strength=_STRENGTH, balanced=True)
    scaled = sparse.csr_matrix(rows @ sparse.diags(ratio))
    bayes = _logistic(scaled, is_label, weight, strength=_BAYES_STRENGTH, balanced=False)
    total, bias = np.zeros(rows.shape[1]), 0.0
    for coefficients, intercept in (plain, (bayes[0] * ratio, bayes[1])):
        scores = rows @ coefficients + intercept
        spread = float(scores.std()) or 1.0
        total += coefficients / spread
        bias += (intercept - float(scores.mean())) / spread
    return total, bias


def _counts(texts: Sequence[str]) -> sparse.csr_matrix:
    cut = split(texts)
    encoding = encode(fold_batch(cut.said))
    buckets = np.concatenate([block.buckets for block in encoding.blocks])
    rows = cut.owners[np.concatenate([block.rows for block in encoding.blocks])]
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, buckets)), shape=(len(texts), N_BUCKETS))


def _log_count_ratio(rows: sparse.csr_matrix, is_label: npt.NDArray[np.bool_]) -> Floats:
    inside = np.asarray(rows[is_label].sum(axis=0)).ravel() + 0.1
    outside = np.asarray(rows[~is_label].sum(axis=0)).ravel() + 0.1
    return np.asarray(np.log((inside / inside.sum()) / (outside / outside.sum())))


def _logistic(
    rows: sparse.csr_matrix,
    is_label: npt.NDArray[np.bool_],
    weight: Floats,
    *,
    strength: float,
    balanced: bool,
) -> tuple[Floats, float]:
    model = LogisticRegression(
        C=strength,
        solver="liblinear",
        class_weight="balanced" if balanced else None,
        random_state=0,
    )
    rows.sort_indices()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(rows, is_label, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])
