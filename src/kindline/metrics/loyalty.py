"""
Loyalty after each contact of one matter, or of one customer who agreed to be seen across them.

A model of ours, to be read as a picture and not as a measurement: after contact k the level is

    L_k = v_k + m_k (L_{k-1} - v_k),    m_k = SHARE x 1/2^(days between / HALF_LIFE_DAYS)

with v_k from how the contact ended (lost -1, at risk -1/2, kept +1/2, won +1). So each contact sets
most of it anew ("reset"), what was before counts for at most `SHARE`, and fades. The claim that
loyalty is reset at each interaction is the case m = 0. Both numbers are defaults without evidence.

What is measured stands apart: recovery, the share of those at risk or lost after one contact who
are kept or won after the next; and which reasons lose people.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

SHARE, HALF_LIFE_DAYS = 0.5, 90.0
VALUES = {"lost": -1.0, "at_risk": -0.5, "kept": 0.5, "won": 1.0}
LOSING = frozenset({"lost", "at_risk"})


class Ending(NamedTuple):
    """How one contact ended, and the days since the one before; 0 at the first."""

    state: str
    days: float


def levels(endings: Sequence[Ending]) -> list[float]:
    """Return the level after each contact, -1 to 1; contacts not judged are to be left out."""
    found: list[float] = []
    for ending in endings:
        value = VALUES[ending.state]
        memory = SHARE * 0.5 ** (ending.days / HALF_LIFE_DAYS) if found else 0.0
        found.append(value + memory * ((found[-1] if found else 0.0) - value))
    return found


def recovery(courses: Iterable[Sequence[str]]) -> Estimate:
    """Return the share of losing contacts, followed by another one judged, that were made good."""
    n_good = n_bad = n_unjudged = 0
    for course in courses:
        for before, after in pairwise(course):
            if before not in LOSING:
                continue
            if after not in VALUES:
                n_unjudged += 1
            elif after in LOSING:
                n_bad += 1
            else:
                n_good += 1
    return share_of(n_good, n_bad, n_unjudged=n_unjudged)
