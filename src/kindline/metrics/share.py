"""
How many conversations hold something: a share with its interval, counted from flags.

Raw and called raw: a flag share is not a prevalence until it is corrected with a labelled sample
(FACTS 5.4). Interval: Wilson (1927), the score interval, which behaves at small n and near 0.
"""

from collections.abc import Iterable
import math

from kindline.model.estimate import Estimate

METHOD = "raw flag share, Wilson 95 %"
FEWEST = 10  # people behind a share told to who opens no conversation (FACTS 8, R17)
_Z = 1.959964  # standard normal, two-sided 95 %


def share(states: Iterable[str], *, counted: str = "present", against: str = "absent") -> Estimate:
    """
    Return the share `counted` / (`counted` + `against`); any other state is unjudged.

    `unsure` and `not_assessed` are neither: they are counted apart, never as absent.
    """
    every = list(states)
    n_counted, n_against = every.count(counted), every.count(against)
    return share_of(n_counted, n_against, n_unjudged=len(every) - n_counted - n_against)


def share_of(n_counted: int, n_against: int, *, n_unjudged: int) -> Estimate:
    """Return the share of counts; see `share`."""
    n = n_counted + n_against
    if n == 0:
        return Estimate(value=None, low=None, high=None, n=0, n_unjudged=n_unjudged, method=METHOD)
    low, high = wilson(n_counted, n)
    return Estimate(
        value=n_counted / n, low=low, high=high, n=n, n_unjudged=n_unjudged, method=METHOD
    )


def wilson(n_counted: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share; it always holds the share itself."""
    observed = n_counted / n
    centre = (observed + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    spread = math.sqrt(observed * (1 - observed) / n + _Z**2 / (4 * n**2))
    half = _Z * spread / (1 + _Z**2 / n)
    return max(0.0, min(observed, centre - half)), min(1.0, max(observed, centre + half))
