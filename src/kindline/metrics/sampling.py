"""
How many more labels halve the interval of a corrected share.

The interval has two parts: what chance did to the flags, which only more conversations mend, and
what is not known of the flags' errors, which more labels do. Where the first alone is wider than
half of it all, no number of labels halves it, and that is the answer (FACTS 5.4).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kindline.metrics.prevalence import Labelled, interval_with

_ALL = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What labels would do: the interval's width now, and with all the labels in the world.

    `n_more` halve it; None where none would.
    """

    width: float
    least: float
    n_labels: int
    n_more: int | None


def plan(n_flagged: int, n: int, sample: Sequence[Labelled]) -> Plan | None:
    """
    Return how many more labels, drawn as those of the sample, halve the interval of a share.

    None where the sample cannot correct a share at all.
    """

    def width_with(n_more: float) -> float | None:
        times = 1.0 + n_more / max(len(sample), 1)
        ends = interval_with(n_flagged, n, sample, times=times)
        return None if ends is None else ends[1] - ends[0]

    width, least = width_with(0), width_with(_ALL)
    if width is None or least is None:
        return None

    def is_enough(n_more: int) -> bool:
        return (width_with(n_more) or width) <= width / 2

    n_more = _fewest(len(sample), is_enough) if least <= width / 2 else None
    return Plan(width=width, least=least, n_labels=len(sample), n_more=n_more)


def _fewest(n_labels: int, is_enough: Callable[[int], bool]) -> int:
    """Return the fewest more labels that are enough: found by halving, as more never widen it."""
    low, high = 0, n_labels
    while not is_enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
