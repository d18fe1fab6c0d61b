"""Estimates as people read them: the value, and its interval after it."""

from kindline.model.estimate import Estimate
from kindline.report.tables import Unit

_NARROW = 0.03  # of a share; one digit more says something


def shown(estimate: Estimate, unit: Unit) -> str:
    """Return the value with its interval, as `5.9 % (4.4-7.6)`."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    value, low, high = (
        _one(one, unit, estimate) for one in (estimate.value, estimate.low, estimate.high)
    )
    sign = " %" if unit == "share" else ""
    between = " … " if unit in ("points", "level", "count") else "–"
    return f"{value}{sign} ({low}{between}{high}{sign})"


def value_shown(estimate: Estimate, unit: Unit) -> str:
    """Return the value alone."""
    if estimate.value is None:
        return "-"
    return _one(estimate.value, unit, estimate) + (" %" if unit == "share" else "")


def interval_shown(estimate: Estimate, unit: Unit) -> str:
    """Return the interval alone."""
    if estimate.low is None or estimate.high is None:
        return ""
    between = " … " if unit in ("points", "level", "count") else "–"
    return f"{_one(estimate.low, unit, estimate)}{between}{_one(estimate.high, unit, estimate)}"


def _one(value: float, unit: Unit, of: Estimate) -> str:
    if unit == "share":
        digits = int((of.high or 0.0) - (of.low or 0.0) < _NARROW)
        return f"{100 * value:.{digits}f}"
    if unit == "points":
        return f"{100 * value:+.1f}"
    if unit == "seconds":
        return f"{round(value) // 60}:{round(value) % 60:02}"
    if unit == "minutes":
        return f"{value:.1f}"
    return f"{value:+.2f}" if unit == "level" else f"{value:,.0f}"
