"""
Whether heavy contacts are spread fairly in a team, and what cap would hold: for who plans.

Told of a team of five or more as a whole. Nobody is named, nothing is routed: a planner and a team
decide. Unevenness is judged against chance: with the contacts each agent took, heavy ones fall on
them at random two thousand times (FACTS 3.2, 8 R13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from kindline.metrics.occupancy import FEWEST

N_DRAWN = 2_000
_SURE = 0.05
_HOLDS = 0.95  # of shifts in which an even spread stays within the cap
_SEED = 5_219


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """
    How heavy contacts lie in a team.

    `a_shift` is how many an agent has in a shift on average, `cap` how many would be enough if they
    were spread evenly; `is_uneven` where chance would spread them so in fewer than one of twenty.
    What anybody had, the most or the least, is no part of it.
    """

    n_agents: int
    n_heavy: int
    a_shift: float
    cap: int
    is_uneven: bool


def spread(agents: Sequence[tuple[int, int]], n_shifts: int) -> Spread | None:
    """
    Return how a team's heavy contacts lie, from (heavy, all) of each agent, over their shifts.

    `n_shifts` counts days on which an agent took contacts. None of fewer than five agents, or where
    there were no heavy contacts.
    """
    heavy = np.array([one for one, _ in agents])
    every = np.array([whole for _, whole in agents], dtype=float)
    n = int(heavy.sum())
    if len(agents) < FEWEST or n == 0 or n_shifts == 0:
        return None
    chance = np.random.default_rng(_SEED).multinomial(n, every / every.sum(), size=N_DRAWN)
    expected = n * every / every.sum()
    scatter = ((chance - expected) ** 2 / expected).sum(axis=1)
    seen = float(((heavy - expected) ** 2 / expected).sum())
    p = (1 + int((scatter >= seen).sum())) / (1 + N_DRAWN)
    a_shift = n / n_shifts
    return Spread(
        n_agents=len(agents),
        n_heavy=n,
        a_shift=a_shift,
        cap=_cap(a_shift),
        is_uneven=p < _SURE,
    )


def _cap(mean: float) -> int:
    """Return the smallest number that a Poisson count of that mean keeps to, as a rule."""
    term = whole = exp(-mean)
    cap = 0
    while whole < _HOLDS:
        cap += 1
        term *= mean / cap
        whole += term
    return max(1, cap)
