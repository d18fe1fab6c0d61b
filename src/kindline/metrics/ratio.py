"""
A mean, or a ratio of two sums, over contacts or over groups of contacts that go together.

Interval: Fieller's (1954) over the groups, with the t distribution, which for a mean is the usual
one: contacts of one matter are alike, and counting them as if each stood alone makes intervals too
narrow; and the sum below is as uncertain as the one above.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, sqrt

from kindline.model.estimate import Estimate

FEWEST = 2  # groups; one has no scatter
METHOD = "ratio over groups, Fieller 95 %"
MEAN = "mean, 95 % by t"
# Student's t, two-sided 95 %, by degrees of freedom; between them the next lower one counts.
_DEGREES = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 60, 120, 1_000)
_T = (12.71, 4.303, 3.182, 2.776, 2.571, 2.365, 2.228, 2.131, 2.086, 2.042, 2.0, 1.98, 1.962)


@dataclass(frozen=True, slots=True)
class Sums:
    """Over groups: how many, and the sums of above, below, and of their squares and product."""

    n: int = 0
    above: float = 0.0
    below: float = 0.0
    above_2: float = 0.0
    below_2: float = 0.0
    both: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.n + other.n,
            self.above + other.above,
            self.below + other.below,
            self.above_2 + other.above_2,
            self.below_2 + other.below_2,
            self.both + other.both,
        )


def sums_of(groups: Iterable[tuple[float, float]]) -> Sums:
    """Return the sums of (above, below) of each group."""
    found = Sums()
    for a, b in groups:
        found += Sums(1, a, b, a * a, b * b, a * b)
    return found


def ratio(
    sums: Sums,
    *,
    n_unjudged: int = 0,
    method: str = METHOD,
    within: tuple[float, float] = (-inf, inf),
) -> Estimate:
    """Return the sum above over the sum below; `within` are limits that no such ratio passes."""
    n = sums.n
    if n < FEWEST or not sums.below:
        return Estimate(value=None, low=None, high=None, n=n, n_unjudged=n_unjudged, method=method)
    value = sums.above / sums.below
    low, high = _fieller(sums)
    least, most = within
    return Estimate(
        value=value,
        low=max(least, min(value, low)),
        high=min(most, max(value, high)),
        n=n,
        n_unjudged=n_unjudged,
        method=method,
    )


def _fieller(sums: Sums) -> tuple[float, float]:
    """Return the ratios that the groups do not contradict."""
    n, t_2 = sums.n, t_of(sums.n - 1) ** 2
    above, below = sums.above / n, sums.below / n
    of_above = t_2 * (sums.above_2 / n - above**2) / (n - 1)
    of_below = t_2 * (sums.below_2 / n - below**2) / (n - 1)
    of_both = t_2 * (sums.both / n - above * below) / (n - 1)
    wide = below**2 - of_below
    if wide <= 0:  # the sum below is not told from nothing
        return -inf, inf
    centre = (above * below - of_both) / wide
    rest = centre**2 - (above**2 - of_above) / wide
    half = sqrt(max(0.0, rest))
    return centre - half, centre + half


def mean(n: int, total: float, squares: float, *, n_unjudged: int = 0) -> Estimate:
    """Return the mean of `n` values from their sum and the sum of their squares."""
    sums = Sums(n, total, float(n), squares, float(n), total)
    return ratio(sums, n_unjudged=n_unjudged, method=MEAN)


def t_of(degrees: int) -> float:
    """Return Student's t for a two-sided 95 % interval, rounded up where it lies between."""
    return _T[bisect_right(_DEGREES, degrees) - 1]
