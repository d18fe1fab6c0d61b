"""
When a share moved for good: the points at which a series of shares has another level.

Each share is put on a scale on which chance scatters it alike whatever its size and number (arcsine
root, Anscombe 1948), then PELT (Killick, Fearnhead and Eckley 2012; `ruptures`) finds the levels
for a penalty per change. The penalty was set by simulation so that at most 5 in 100 series of up to
104 steps without any change show one (tests/metrics/test_change_points.py). What scatters more
than chance, as centres do, makes false changes; so the scatter between neighbours, which a change
of level hardly touches, is measured, and counts where it is the larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, log, sqrt
from typing import Any

import numpy as np

from kindline.extras import library
from kindline.metrics.combined import difference
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

FEWEST = 8  # steps
_SHORTEST = 3  # steps on a level
_PENALTY = 3.0  # times the log of the number of steps; by simulation, ours
_MEDIAN_TO_DEVIATION = 1.0484  # of |differences| of neighbours, normal: 1 / (0.6745 * sqrt 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From step `at` on the share is another: before, after, and the difference."""

    at: int
    before: Estimate
    after: Estimate
    by: Estimate


def change_points(steps: Sequence[tuple[int, int]]) -> list[Change]:
    """Return where the share of (counted, judged) of each step changed, in order of time."""
    known = [(at, counted, n) for at, (counted, n) in enumerate(steps) if n]
    if len(known) < FEWEST:
        return []
    values = np.array([_level(counted, n) for _, counted, n in known])
    weights = np.sqrt(np.array([4.0 * n for _, _, n in known]))
    scaled = values * float(np.median(weights))
    scaled /= max(1.0, _MEDIAN_TO_DEVIATION * float(np.median(np.abs(np.diff(scaled)))))
    ruptures: Any = library("ruptures", "forecast")
    found: list[int] = (
        ruptures.Pelt(model="l2", min_size=_SHORTEST, jump=1)
        .fit(scaled.reshape(-1, 1))
        .predict(pen=_PENALTY * log(len(scaled)))
    )
    edges = [0, *found]
    levels = [_share(known[start:end]) for start, end in pairwise(edges)]
    return [
        Change(at=known[edge][0], before=before, after=after, by=difference(after, before))
        for edge, before, after in zip(found[:-1], levels, levels[1:], strict=False)
    ]


def _level(counted: int, n: int) -> float:
    return asin(sqrt((counted + 0.375) / (n + 0.75)))


def _share(some: Sequence[tuple[int, int, int]]) -> Estimate:
    counted, n = sum(one[1] for one in some), sum(one[2] for one in some)
    return share_of(counted, n - counted, n_unjudged=0)
