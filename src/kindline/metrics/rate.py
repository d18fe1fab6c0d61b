"""
How many a year: events over the time in which they could have come.

Interval: Byar's approximation to the exact one of a Poisson count (Rothman and Boice 1979).
"""

from kindline.model.estimate import Estimate

METHOD = "rate a year, Byar 95 %"
_Z = 1.959964


def rate(n_events: int, years: float, *, n: int) -> Estimate:
    """Return events a year, over `n` people; no value without any time."""
    if years <= 0:
        return Estimate(value=None, low=None, high=None, n=n, n_unjudged=0, method=METHOD)
    return Estimate(
        value=n_events / years,
        low=_low(n_events) / years,
        high=_high(n_events) / years,
        n=n,
        n_unjudged=0,
        method=METHOD,
    )


def _low(count: int) -> float:
    if count == 0:
        return 0.0
    low: float = count * (1 - 1 / (9 * count) - _Z / (3 * count**0.5)) ** 3
    return max(0.0, low)


def _high(count: int) -> float:
    above = count + 1
    high: float = above * (1 - 1 / (9 * above) + _Z / (3 * above**0.5)) ** 3
    return high
