"""
Whether what comes in, and what is said of it, is still what it was.

Population stability index between two times: the sum over kinds of (q - p) ln(q / p), p and q their
shares before and now, half a conversation added to each kind so that a new kind is no infinity.
Below .1 is steady, up to .25 moved, above it another: conventions of credit scoring, no tests
(Siddiqi 2006). A model is measured on what it was trained for; where that moves, measure it anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import math
from typing import Literal

METHOD = "population stability index"
FEWEST = 100  # conversations in each of the two times
_STEADY, _MOVED = 0.1, 0.25
_ADDED = 0.5
Verdict = Literal["steady", "moved", "another", "too few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far shares moved: the index, from 0, None of too few; and how many were counted."""

    index: float | None
    n_before: int
    n_now: int

    @property
    def verdict(self) -> Verdict:
        """Return the index in a word."""
        if self.index is None:
            return "too few"
        if self.index < _STEADY:
            return "steady"
        return "moved" if self.index < _MOVED else "another"


def drift(before: Mapping[str, int], now: Mapping[str, int]) -> Drift:
    """Return how far the counts of kinds moved from before to now."""
    n_before, n_now = sum(before.values()), sum(now.values())
    if min(n_before, n_now) < FEWEST:
        return Drift(index=None, n_before=n_before, n_now=n_now)
    kinds = before.keys() | now.keys()
    added = _ADDED * len(kinds)
    index = 0.0
    for kind in kinds:
        p = (before.get(kind, 0) + _ADDED) / (n_before + added)
        q = (now.get(kind, 0) + _ADDED) / (n_now + added)
        index += (q - p) * math.log(q / p)
    return Drift(index=index, n_before=n_before, n_now=n_now)
