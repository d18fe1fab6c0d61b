"""
How far people who judged the same things agree, beyond what chance would bring about.

Krippendorff's alpha for unordered values: 1 is agreement in all, 0 what chance brings. Any number
of people, each with any part of the things; one that a single person judged says nothing. Interval:
the things drawn anew a thousand times (percentile bootstrap). Source: Krippendorff 2011, "Computing
Krippendorff's alpha-reliability"; its nominal example is a test.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from kindline.model.estimate import Estimate

METHOD = "Krippendorff's alpha, bootstrap 95 %"
N_DRAWN = 1_000
_SEED = 5_219


def agreement(judged: Sequence[Sequence[Hashable]]) -> Estimate:
    """
    Return alpha over things, each with the values that people gave it; `n` are those with two.

    No value where all say the same throughout: then nothing tells agreement from habit.
    """
    paired = [values for values in judged if len(values) > 1]
    n_alone = len(judged) - len(paired)
    counts = _counts(paired)
    point = None if not paired else _alpha(counts)
    if point is None:
        return _estimate(None, None, None, len(paired), n_alone)
    chance = np.random.default_rng(_SEED)
    drawn = (_alpha(counts[chance.integers(0, len(counts), len(counts))]) for _ in range(N_DRAWN))
    told = [one for one in drawn if one is not None]
    low, high = np.quantile(told, (0.025, 0.975)) if told else (point, point)
    return _estimate(point, min(float(low), point), max(float(high), point), len(paired), n_alone)


def _counts(paired: Sequence[Sequence[Hashable]]) -> npt.NDArray[np.float64]:
    """Return how often each value (column) was given to each thing (row)."""
    kinds = {
        kind: column for column, kind in enumerate(dict.fromkeys(v for u in paired for v in u))
    }
    counts = np.zeros((len(paired), len(kinds)))
    for row, values in enumerate(paired):
        for kind, n in Counter(values).items():
            counts[row, kinds[kind]] = n
    return counts


def _alpha(counts: npt.NDArray[np.float64]) -> float | None:
    of_thing = counts.sum(axis=1)
    n = of_thing.sum()
    observed = ((of_thing**2 - (counts**2).sum(axis=1)) / (of_thing - 1)).sum() / n
    of_kind = counts.sum(axis=0)
    expected = (n**2 - (of_kind**2).sum()) / (n * (n - 1))
    return None if expected == 0 else float(1 - observed / expected)


def _estimate(
    value: float | None, low: float | None, high: float | None, n: int, n_alone: int
) -> Estimate:
    return Estimate(value=value, low=low, high=high, n=n, n_unjudged=n_alone, method=METHOD)
