"""
How many are still there after so many months: Kaplan and Meier's estimate.

Who is still there when we look counts for as long as they were. Interval: pointwise, on the scale
log(-log), which keeps to 0 and 1 (Kalbfleisch and Prentice). By `statsmodels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np

from kindline.extras import library
from kindline.model.estimate import Estimate

METHOD = "Kaplan-Meier, log(-log) 95 %"
FEWEST = 10  # people; of fewer nothing is told
FEWEST_LEFT = 3  # who left
_Z = 1.959964
_NOBODY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The share still there after so many days, from then until the next step."""

    days: int
    there: Estimate


def survival(spells: Sequence[tuple[int, bool]]) -> tuple[Step, ...] | None:
    """
    Return the steps of the curve from (days there, whether they left), None of too few.

    People who were there no day are left out.
    """
    known = [(days, has_left) for days, has_left in spells if days > 0]
    if len(known) < FEWEST or sum(has_left for _, has_left in known) < FEWEST_LEFT:
        return None
    found: Any = library("statsmodels.api", "forecast")
    days = np.array([days for days, _ in known], dtype=float)
    left = np.array([has_left for _, has_left in known], dtype=int)
    curve = found.SurvfuncRight(days, left)
    return tuple(
        Step(days=int(at), there=_estimate(float(there), float(error), len(known)))
        for at, there, error in zip(
            curve.surv_times, curve.surv_prob, curve.surv_prob_se, strict=True
        )
    )


def there_after(steps: Sequence[Step], days: int, n: int) -> Estimate:
    """Return the share still there after so many days."""
    before = [one for one in steps if one.days <= days]
    if before:
        return before[-1].there
    low = _NOBODY ** (1 / n)  # nobody left yet; as few as 95 of 100 such groups would hide
    return Estimate(value=1.0, low=low, high=1.0, n=n, n_unjudged=0, method=METHOD)


def _estimate(there: float, error: float, n: int) -> Estimate:
    low = high = there
    if 0 < there < 1 and error > 0:
        reach = _Z * error / (there * abs(log(there)))
        low, high = there ** exp(reach), there ** exp(-reach)
    elif there == 0:
        high = 1 - _NOBODY ** (1 / n)  # nobody is left
    return Estimate(value=there, low=low, high=high, n=n, n_unjudged=0, method=METHOD)
