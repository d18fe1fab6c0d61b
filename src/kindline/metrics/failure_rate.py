"""
The failure rate of self-service for a reason: raw, and corrected for contacts that were no failure.

F = D / (C - S): D contacts after a design failure (not found, error or dead end, worked but not
believed), C contacts, S contacts for company, estimated as a share with its interval and never
subtracted one by one (FACTS 5.3, 5.4). Raw is D / C.
"""

from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

FEWEST = 30  # contacts; FACTS 5.4
METHOD = "D / (C - S), interval from those of D / C and of the company share (Donner-Zou)"


def failure_rate(n_failures: int, n_contacts: int) -> Estimate:
    """Return the raw rate."""
    return share_of(n_failures, n_contacts - n_failures, n_unjudged=0)


def failure_rate_corrected(raw: Estimate, company: Estimate) -> Estimate:
    """Return the rate among contacts that were not for company."""
    if raw.value is None or raw.low is None or raw.high is None or company.value is None:
        return _nothing(raw)
    others = 1 - company.value, 1 - (company.high or 0.0), 1 - (company.low or 0.0)
    if others[1] <= 0:
        return _nothing(raw)
    low, high = _ratio_ends((raw.value, raw.low, raw.high), others)
    value = min(1.0, raw.value / others[0])
    return Estimate(
        value=value,
        low=max(0.0, min(low, value)),
        high=min(1.0, max(high, value)),
        n=raw.n,
        n_unjudged=raw.n_unjudged,
        method=f"{METHOD}: {company.method}",
    )


def _ratio_ends(
    above: tuple[float, float, float], below: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the limits of a ratio from those of its two parts (Donner and Zou 2012)."""
    (a, a_low, a_high), (b, b_low, b_high) = above, below
    down = (a * b) ** 2 - a_low * b_high * (2 * a - a_low) * (2 * b - b_high)
    up = (a * b) ** 2 - a_high * b_low * (2 * a - a_high) * (2 * b - b_low)
    low = (a * b - max(0.0, down) ** 0.5) / (b_high * (2 * b - b_high))
    high = (a * b + max(0.0, up) ** 0.5) / (b_low * (2 * b - b_low))
    return low, high


def _nothing(raw: Estimate) -> Estimate:
    return Estimate(
        value=None, low=None, high=None, n=raw.n, n_unjudged=raw.n_unjudged, method=METHOD
    )
