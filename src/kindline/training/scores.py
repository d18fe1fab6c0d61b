"""
How good is a head? F1, AUC and calibration error, with intervals over whole stories.

An interval resamples stories, not turns: turns of one conversation are not independent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from kindline.model.estimate import Estimate

N_BINS = 10
_N_RESAMPLES = 200
_SEED = 20261123
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a head said and what is true, per item; `stories` says which items belong together."""

    truth: Flags
    probability: Floats
    is_found: Flags
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one head did; `auc` and `f1` are None without both kinds of item."""

    head: str
    n: int
    n_true: int
    f1: Estimate
    auc: Estimate
    calibration_error: float | None


def score_of(head: str, judged: Judged) -> Score:
    """Return F1 and AUC with their intervals, and the expected calibration error."""
    return Score(
        head=head,
        n=len(judged.truth),
        n_true=int(judged.truth.sum()),
        f1=_estimate(judged, _f1, "F1 of the positive class"),
        auc=_estimate(judged, _auc, "area under the ROC curve"),
        calibration_error=calibration_error(judged.truth, judged.probability),
    )


def macro_f1(heads: Sequence[Judged]) -> Estimate:
    """Return the mean F1 of the heads that have a true item; all judged on the same items."""
    named = [judged for judged in heads if judged.truth.any()]
    method = f"macro-F1 of {len(named)} heads, {METHOD}"
    if not named:
        return _nothing(0, method)
    stories = named[0].stories

    def mean(rows: Rows) -> float:
        values = [value for judged in named if not np.isnan(value := _f1(judged, rows))]
        return float(np.mean(values)) if values else float("nan")

    return resampled(stories, mean, method)


def calibration_error(truth: Flags, probability: Floats) -> float | None:
    """Return the expected calibration error over ten equal bins (FACTS 5.4); None without items."""
    if not len(truth):
        return None
    bins = np.minimum((probability * N_BINS).astype(int), N_BINS - 1)
    gaps = [
        abs(truth[bins == number].mean() - probability[bins == number].mean())
        * (bins == number).mean()
        for number in np.unique(bins)
    ]
    return round(float(sum(gaps)), 4)


def _f1(judged: Judged, rows: Rows) -> float:
    truth, is_found = judged.truth[rows], judged.is_found[rows]
    if not truth.any():
        return float("nan")  # a resample without a true item says nothing of finding them
    return float(2 * (truth & is_found).sum() / (truth.sum() + is_found.sum()))


def _auc(judged: Judged, rows: Rows) -> float:
    truth = judged.truth[rows]
    n_true = int(truth.sum())
    if n_true in (0, len(truth)):
        return float("nan")
    ranks = rankdata(judged.probability[rows])[truth].sum()  # Mann and Whitney 1947
    return float((ranks - n_true * (n_true + 1) / 2) / (n_true * (len(truth) - n_true)))


METHOD = f"95 % by bootstrap of stories, {_N_RESAMPLES} times"


def _estimate(judged: Judged, value: Callable[[Judged, Rows], float], name: str) -> Estimate:
    method = f"{name}, {METHOD}"
    if not judged.truth.any() or judged.truth.all():
        return _nothing(len(judged.truth), method)
    return resampled(judged.stories, lambda rows: value(judged, rows), method)


def resampled(stories: Sequence[str], value: Callable[[Rows], float], method: str) -> Estimate:
    """Return a value with the interval that drawing whole stories anew gives it."""
    names = sorted(set(stories))
    number = {name: n for n, name in enumerate(names)}
    of_item = np.array([number[story] for story in stories])
    members = [np.flatnonzero(of_item == n) for n in range(len(names))]
    chance = np.random.default_rng(_SEED)
    drawn = [
        value(np.concatenate([members[n] for n in chance.integers(0, len(names), len(names))]))
        for _ in range(_N_RESAMPLES)
    ]
    whole = value(np.arange(len(stories)))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(
        value=round(whole, 4),
        low=round(min(whole, float(low)), 4),
        high=round(max(whole, float(high)), 4),
        n=len(stories),
        n_unjudged=0,
        method=method,
    )


def _nothing(n: int, method: str) -> Estimate:
    return Estimate(value=None, low=None, high=None, n=n, n_unjudged=0, method=method)
