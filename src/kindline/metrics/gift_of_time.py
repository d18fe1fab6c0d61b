"""
The gift of time: minutes given after the matter was settled, and what they cost.

Given is the time after the service loop was closed in contacts that hold a need for company; in
those with nothing to settle, all of it (FACTS 5.1: a policy line, no waste). Company is what was
flagged: corrected, the sum is multiplied by the corrected share over the raw one.
"""

from dataclasses import dataclass

from kindline.metrics.combined import product, scaled
from kindline.metrics.ratio import mean
from kindline.model.estimate import Estimate

_MINUTE_S, _HOUR_MIN = 60.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Minutes given to each, minutes in all, and their cost in the currency of the rate."""

    minutes_each: Estimate
    minutes: Estimate
    cost: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Contacts for company whose time is known: how many, and sums of seconds given."""

    n: int
    total_s: float
    squares_s: float
    n_unjudged: int = 0


def gift_of_time(sums: Sums, *, cost_an_hour: float | None, correction: Estimate | None) -> Gift:
    """Return the gift; `correction` is the corrected share over the raw one, where it is known."""
    seconds = mean(sums.n, sums.total_s, sums.squares_s, n_unjudged=sums.n_unjudged)
    each = scaled(seconds, 1 / _MINUTE_S)
    minutes = scaled(each, sums.n)
    if correction is not None:
        minutes = product(minutes, correction)
    cost = None if cost_an_hour is None else scaled(minutes, cost_an_hour / _HOUR_MIN)
    return Gift(minutes_each=each, minutes=minutes, cost=cost)
