"""
How many more labels halve the interval of a corrected share.

The interval has two parts: what chance did to the flags, which only more conversations mend, and
what is not known of the flags' errors, which more labels do. Where the first alone is wider than
half of it all, no number of labels halves it, and that is the answer (FACTS 5.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kindline.metrics.prevalence import Labelled, interval_with

_STEPS = (0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
_ALL = 1e9


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
    width = _width(n_flagged, n, sample, 1.0)
    least = _width(n_flagged, n, sample, _ALL)
    if width is None or least is None:
        return None
    n_more = next(
        (
            round(len(sample) * step)
            for step in _STEPS
            if (_width(n_flagged, n, sample, 1 + step) or width) <= width / 2
        ),
        None,
    )
    return Plan(width=width, least=least, n_labels=len(sample), n_more=n_more)


def _width(n_flagged: int, n: int, sample: Sequence[Labelled], times: float) -> float | None:
    ends = interval_with(n_flagged, n, sample, times=times)
    return None if ends is None else ends[1] - ends[0]
