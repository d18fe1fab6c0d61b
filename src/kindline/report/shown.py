"""Estimates as people read them, on pages, in reports and at the terminal: one way for all."""

from typing import Literal

from kindline.model.estimate import Estimate

Unit = Literal["name", "number", "share", "points", "count", "seconds", "minutes", "level"]
_NARROW = 0.03  # of a share; one digit more says something
_SIGNED: tuple[Unit, ...] = ("points", "level", "count")  # a dash would be read as a minus


def shown(estimate: Estimate, unit: Unit) -> str:
    """Return the value with its interval, as `5.9 % (4.4-7.6 %)`."""
    return f"{value_shown(estimate, unit)} ({interval_shown(estimate, unit)})"


def value_shown(estimate: Estimate, unit: Unit) -> str:
    """Return the value alone; nothing where there is none."""
    if estimate.value is None:
        return ""
    return _one(estimate.value, unit, estimate) + _sign(unit)


def interval_shown(estimate: Estimate, unit: Unit) -> str:
    """Return the interval alone; nothing where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (_one(end, unit, estimate) for end in (estimate.low, estimate.high))
    return f"{low}{' … ' if unit in _SIGNED else '–'}{high}{_sign(unit)}"


def _sign(unit: Unit) -> str:
    return " %" if unit == "share" else ""


def _one(value: float, unit: Unit, of: Estimate) -> str:
    if unit == "share":
        digits = int((of.high or 0.0) - (of.low or 0.0) < _NARROW)
        return f"{100 * value:.{digits}f}"
    if unit == "points":
        return f"{100 * value:+.1f}"
    if unit == "seconds":
        whole = round(abs(value))
        return f"{'-' if value < 0 else ''}{whole // 60}:{whole % 60:02}"
    if unit == "minutes":
        return f"{value:.1f}"
    return f"{value:+.2f}" if unit == "level" else f"{value:,.0f}"
