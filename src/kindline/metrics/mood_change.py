"""
How customers left, beside how they came: who got better, who got worse, among those judged twice.

Upset are irritated, angry, anxious and sad; calm and cheerful are not. Net change is the share who
got better less the share who got worse: two shares of the same people, so its interval is that of
paired shares (Agresti and Min 2005: half a contact added to each of the four kinds).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

UPSET = frozenset({"irritated", "angry", "anxious", "sad"})
NET_METHOD = "paired difference, Agresti-Min 95 %"
_Z = 1.959964
_ADDED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodChange:
    """`soothed`: of those who came upset, the share who left not so; `upset`: the other way."""

    soothed: Estimate
    upset: Estimate
    net: Estimate


def mood_change(counts: Mapping[tuple[str | None, str | None], int]) -> MoodChange:
    """Return the change from the number of contacts by (arrival, departure); None: not named."""
    n_unjudged = sum(n for moods, n in counts.items() if None in moods)
    n_of = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for (arrival, departure), n in counts.items():
        if arrival is not None and departure is not None:
            n_of[arrival in UPSET, departure in UPSET] += n
    better, worse = n_of[True, False], n_of[False, True]
    return MoodChange(
        soothed=share_of(better, n_of[True, True], n_unjudged=n_unjudged),
        upset=share_of(worse, n_of[False, False], n_unjudged=n_unjudged),
        net=_net(better, worse, sum(n_of.values()), n_unjudged),
    )


def _net(better: int, worse: int, n: int, n_unjudged: int) -> Estimate:
    if not n:
        return Estimate(
            value=None, low=None, high=None, n=0, n_unjudged=n_unjudged, method=NET_METHOD
        )
    value = (better - worse) / n
    wide = n + 4 * _ADDED
    up, down = (better + _ADDED) / wide, (worse + _ADDED) / wide
    half = _Z * sqrt((up + down - (up - down) ** 2) / wide)
    centre = up - down
    return Estimate(
        value=value,
        low=min(value, centre - half),
        high=max(value, centre + half),
        n=n,
        n_unjudged=n_unjudged,
        method=NET_METHOD,
    )
