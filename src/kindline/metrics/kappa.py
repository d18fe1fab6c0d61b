"""
How far two people agree on the same things beyond chance: Cohen's kappa for unordered values.

Interval: the things drawn anew a thousand times (percentile bootstrap). For two people who judged
all the same things; for more, or where some judged only a part, see `agreement`. Source: Cohen
1960, "A coefficient of agreement for nominal scales".
"""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from kindline.model.estimate import Estimate

METHOD = "Cohen's kappa, bootstrap 95 %"
FEWEST = 10  # things; of fewer chance decides
N_DRAWN = 1_000
_SEED = 5_219


def kappa(pairs: Sequence[tuple[Hashable, Hashable]], *, n_unjudged: int = 0) -> Estimate:
    """
    Return kappa over things, each with what either said.

    No value of fewer than ten, or where both say the same throughout: nothing tells agreement from
    habit then.
    """
    kinds = list(dict.fromkeys(value for pair in pairs for value in pair))
    codes = np.array(
        [[kinds.index(one), kinds.index(other)] for one, other in pairs], dtype=np.int64
    )
    point = _kappa(codes, len(kinds)) if len(pairs) >= FEWEST else None
    if point is None:
        return Estimate(
            value=None, low=None, high=None, n=len(pairs), n_unjudged=n_unjudged, method=METHOD
        )
    chance = np.random.default_rng(_SEED)
    drawn = (
        _kappa(codes[chance.integers(0, len(codes), len(codes))], len(kinds))
        for _ in range(N_DRAWN)
    )
    told = [one for one in drawn if one is not None]
    low, high = np.quantile(told, (0.025, 0.975)) if told else (point, point)
    return Estimate(
        value=point,
        low=min(float(low), point),
        high=max(float(high), point),
        n=len(pairs),
        n_unjudged=n_unjudged,
        method=METHOD,
    )


def _kappa(codes: npt.NDArray[np.int64], n_kinds: int) -> float | None:
    table = np.zeros((n_kinds, n_kinds))
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1)
    n = len(codes)
    observed = float(np.trace(table)) / n
    expected = float(table.sum(axis=1) @ table.sum(axis=0)) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)
