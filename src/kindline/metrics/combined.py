"""
Estimates put together: the interval of a difference or a product of two that are independent.

Method of variance estimates recovery (Zou and Donner 2008; for two shares Newcombe 1998, method
10): the distance from each value to its own limit stands for its error on that side. So intervals
that are not symmetric stay so, which those by a standard error alone do not.
"""

from math import hypot

from kindline.model.estimate import Estimate


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return `one` less `other`; no value where either has none."""
    ends, others = _ends(one), _ends(other)
    method = f"difference (Zou-Donner) of: {one.method}"
    if ends is None or others is None:
        return _nothing(one, other, method)
    (value, low, high), (less, less_low, less_high) = ends, others
    apart = value - less
    return Estimate(
        value=apart,
        low=apart - hypot(value - low, less_high - less),
        high=apart + hypot(high - value, less - less_low),
        n=one.n + other.n,
        n_unjudged=one.n_unjudged + other.n_unjudged,
        method=method,
    )


def product(one: Estimate, other: Estimate) -> Estimate:
    """Return `one` times `other`, of which `other` is not below 0."""
    ends, others = _ends(one), _ends(other)
    method = f"product (Zou-Donner) of: {one.method}; {other.method}"
    if ends is None or others is None:
        return _nothing(one, other, method)
    (value, low, high), (times, times_low, times_high) = ends, others
    down, up = times - times_low, times_high - times
    if value < 0:
        down, up = up, down
    whole = value * times
    return Estimate(
        value=whole,
        low=whole - hypot(times * (value - low), value * down),
        high=whole + hypot(times * (high - value), value * up),
        n=one.n,
        n_unjudged=one.n_unjudged,
        method=method,
    )


def complement(share: Estimate) -> Estimate:
    """Return 1 less a share."""
    ends = _ends(share)
    if ends is None:
        return share
    value, low, high = ends
    return Estimate(
        value=1 - value,
        low=1 - high,
        high=1 - low,
        n=share.n,
        n_unjudged=share.n_unjudged,
        method=share.method,
    )


def scaled(estimate: Estimate, by: float, method: str | None = None) -> Estimate:
    """Return an estimate times a number that is known and not below 0."""
    ends = _ends(estimate)
    value, low, high = ends if ends else (None, None, None)
    return Estimate(
        value=None if value is None else value * by,
        low=None if low is None else low * by,
        high=None if high is None else high * by,
        n=estimate.n,
        n_unjudged=estimate.n_unjudged,
        method=method or estimate.method,
    )


def _ends(estimate: Estimate) -> tuple[float, float, float] | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return estimate.value, estimate.low, estimate.high


def _nothing(one: Estimate, other: Estimate, method: str) -> Estimate:
    return Estimate(
        value=None,
        low=None,
        high=None,
        n=one.n,
        n_unjudged=one.n_unjudged + other.n_unjudged,
        method=method,
    )
