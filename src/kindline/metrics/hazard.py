"""
Whether people leave more where a condition is worse: leavers a year, over teams.

Poisson regression of leavers on the condition with time at risk as its offset, the scatter between
teams counted where it is more than chance (quasi-Poisson, t with teams less two). What is called
found is not that interval but a permutation: the teams' conditions are dealt to them anew ten
thousand times, and Holm's rule over all conditions looked at keeps false findings below one in
twenty whatever teams have in common (tests/metrics/test_care.py). Teams are the sample, so
it tells of teams, not of anybody, and of what goes together, not of what causes what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kindline.extras import library
from kindline.metrics.ratio import t_of
from kindline.model.estimate import Estimate

METHOD = "rate ratio by 10 points, quasi-Poisson over teams, 95 % by t"
FEWEST_TEAMS, FEWEST_LEFT = 8, 10
N_DEALT = 10_000
_BY = 0.1  # points of a share
_SURE = 0.04  # over all conditions together: drawn houses without any show one in 25, not in 20
_SEED = 5_219
_MOST = 700.0  # of an exponent
_Floats = npt.NDArray[np.float64]
Direction = Literal[1, -1]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTime:
    """A team's leavers and years at risk, and what the condition was there, as a share."""

    n_left: int
    years: float
    condition: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """
    How many times as many leave where a condition is ten points higher, over `n` teams.

    `p` is the share of deals that look as strange; `is_found` by Holm's rule over all conditions.
    """

    ratio: Estimate
    p: float | None
    is_found: bool = False


def hazards(
    by_condition: Mapping[str, Sequence[TeamTime]],
    worse: Mapping[str, Direction] | None = None,
) -> dict[str, Hazard]:
    """
    Return what each condition goes with; without a value where teams or leavers are too few.

    `worse` says which way of a condition is the worse one, 1 up and -1 down: found is then only
    that more leave there. Of others both ways are looked at.
    """
    ways = worse or {}
    told = {name: _hazard(teams, ways.get(name)) for name, teams in by_condition.items()}
    found = _holm({name: one.p for name, one in told.items() if one.p is not None})
    return {
        name: Hazard(ratio=one.ratio, p=one.p, is_found=name in found) for name, one in told.items()
    }


def _hazard(teams: Sequence[TeamTime], worse: Direction | None) -> Hazard:
    known = [one for one in teams if one.years > 0]
    left = np.array([one.n_left for one in known], dtype=float)
    condition = np.array([one.condition for one in known]) / _BY
    is_too_few = len(known) < FEWEST_TEAMS or left.sum() < FEWEST_LEFT
    if is_too_few or np.ptp(condition) == 0:
        nothing = Estimate(
            value=None,
            low=None,
            high=None,
            n=len(known),
            n_unjudged=len(teams) - len(known),
            method=METHOD,
        )
        return Hazard(ratio=nothing, p=None)
    years = np.array([one.years for one in known])
    ratio = _ratio(left, years, condition, n_unjudged=len(teams) - len(known))
    return Hazard(ratio=ratio, p=_p(left, years, condition, worse))


def _ratio(left: _Floats, years: _Floats, condition: _Floats, *, n_unjudged: int) -> Estimate:
    models: Any = library("statsmodels.api", "forecast")
    design = np.column_stack([np.ones_like(condition), condition - condition.mean()])
    fitted = models.GLM(left, design, family=models.families.Poisson(), offset=np.log(years)).fit()
    n = len(left)
    wide = max(1.0, float(fitted.pearson_chi2) / (n - 2)) ** 0.5
    slope, error = float(fitted.params[1]), float(fitted.bse[1]) * wide
    reach = t_of(n - 2) * error
    low, value, high = (
        exp(max(-_MOST, min(_MOST, at))) for at in (slope - reach, slope, slope + reach)
    )
    return Estimate(value=value, low=low, high=high, n=n, n_unjudged=n_unjudged, method=METHOD)


def _p(left: _Floats, years: _Floats, condition: _Floats, worse: Direction | None) -> float:
    """Return the share of deals of the conditions that go with leaving as much as this one."""
    expected = years * left.sum() / years.sum()
    beyond = left - expected
    chance = np.random.default_rng(_SEED)
    dealt = chance.permuted(np.tile(condition, (N_DEALT, 1)), axis=1)
    strange = _strangeness(dealt, beyond, expected, worse)
    own = _strangeness(condition[None, :], beyond, expected, worse)[0]
    return (1 + int((strange >= own - 1e-12).sum())) / (1 + N_DEALT)


def _strangeness(
    conditions: _Floats, beyond: _Floats, expected: _Floats, worse: Direction | None
) -> _Floats:
    centred = conditions - (conditions @ expected / expected.sum())[:, None]
    spread: _Floats = np.sqrt((centred**2) @ expected)
    told: _Floats = (centred @ beyond) / np.maximum(spread, 1e-12)
    return np.abs(told) if worse is None else worse * told


def _holm(p_values: Mapping[str, float]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(p_values.items(), key=lambda one: one[1])
    for n_before, (name, p) in enumerate(ordered):
        if p > _SURE / (len(ordered) - n_before):
            break
        found.add(name)
    return found
