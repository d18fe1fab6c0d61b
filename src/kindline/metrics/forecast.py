"""
What a share, or a number of contacts, will be in the next steps, with prediction intervals.

Models are exponential smoothing in state space form (Hyndman and others 2008; `statsmodels`): a
level that moves, the same with a damped trend, and for long series the same with a season. Which
one is taken is decided by back-test: each is fitted to the first part of the series again and again
and asked for what came next; the one that was the least wrong wins. Intervals are the model's own,
widened where the back-test missed more than one in twenty of what came: models fitted to few steps
believe themselves too much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any
import warnings

import numpy as np
import numpy.typing as npt

from kindline.extras import library

FEWEST = 12  # steps; of fewer nothing is foretold
AHEAD = 4
_ORIGINS = 12  # of the back-test, at most
_SEASON_FITS = 2  # whole seasons a seasonal model needs
_Z = 1.959964
_SLACK = 1.12  # few origins see few of the worst errors; by simulation, ours
_COVERED = 0.95
_Series = npt.NDArray[np.float64]
_MODELS: Mapping[str, Mapping[str, Any]] = {
    "ETS(A,N,N)": {"error": "add", "trend": None},
    "ETS(A,Ad,N)": {"error": "add", "trend": "add", "damped_trend": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One step ahead: the value and the interval in which 95 of 100 such values come to lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """
    The next steps; which model, and how it did in the back-test.

    `error` is its mean absolute error one step ahead, `naive_error` that of "as the last step";
    `covered` is the share of what came that lay within its interval before it was widened by
    `widened`, over `n_tested` steps.
    """

    steps: tuple[Foretold, ...]
    model: str
    error: float
    naive_error: float
    covered: float
    widened: float
    n_tested: int
    n_steps: int


@dataclass(frozen=True, slots=True)
class _Tested:
    errors: _Series  # in back-test, per origin and step ahead; not a number where nothing came
    spreads: _Series

    @property
    def error(self) -> float:
        return float(np.nanmean(np.abs(self.errors[:, 0])))


def forecast(
    values: Sequence[float], *, ahead: int = AHEAD, season: int | None = None
) -> Forecast | None:
    """
    Return the next steps of a series, None where it is too short.

    `season` is its length in steps, used where the series has at least two of them.
    """
    series = np.asarray(values, np.float64)
    if len(series) < FEWEST:
        return None
    models = dict(_MODELS)
    if season and len(series) >= _SEASON_FITS * season + _ORIGINS:
        models["ETS(A,N,A)"] = {"error": "add", "seasonal": "add", "seasonal_periods": season}
    tested = {name: _tested(series, more, ahead) for name, more in models.items()}
    name = min(tested, key=lambda one: tested[one].error)
    best = tested[name]
    centre, spread = _fitted(series, models[name], ahead)
    reached = np.abs(best.errors) / best.spreads
    widened = np.maximum.accumulate([max(1.0, _reach(column) / _Z) for column in reached.T])
    half = _Z * _SLACK * widened * spread
    steps = tuple(
        Foretold(value=float(at), low=float(at - one), high=float(at + one))
        for at, one in zip(centre, half, strict=True)
    )
    reached = reached[~np.isnan(reached)]
    return Forecast(
        steps=steps,
        model=name,
        error=best.error,
        naive_error=float(np.abs(np.diff(series))[-len(best.errors) :].mean()),
        covered=float((reached <= _Z).mean()),
        widened=float(widened.max()),
        n_tested=len(reached),
        n_steps=len(series),
    )


def forecast_share(
    steps: Sequence[tuple[int, int]], *, ahead: int = AHEAD, season: int | None = None
) -> Forecast | None:
    """Return the next steps of a share of (counted, judged), on a scale that keeps it in 0..1."""
    known = [(counted, n) for counted, n in steps if n]
    levels = [math.asin(math.sqrt((counted + 0.375) / (n + 0.75))) for counted, n in known]
    found = forecast(levels, ahead=ahead, season=season)
    if found is None:
        return None
    usual = sum(counted for counted, _ in known) / sum(n for _, n in known)
    scale = 2 * math.sqrt(max(1e-9, usual * (1 - usual)))  # of a small step on the arcsine root
    return Forecast(
        steps=tuple(
            Foretold(value=_share(one.value), low=_share(one.low), high=_share(one.high))
            for one in found.steps
        ),
        model=f"{found.model} on the arcsine root",
        error=found.error * scale,
        naive_error=found.naive_error * scale,
        covered=found.covered,
        widened=found.widened,
        n_tested=found.n_tested,
        n_steps=found.n_steps,
    )


def _share(level: float) -> float:
    return math.sin(min(math.pi / 2, max(0.0, level))) ** 2


def _tested(series: _Series, more: Mapping[str, Any], ahead: int) -> _Tested:
    """Return what a model would have said at the last origins, beside what came."""
    n_origins = min(_ORIGINS, len(series) - FEWEST + 2)
    first = len(series) - n_origins
    errors = np.full((n_origins, ahead), np.nan)
    spreads = np.full((n_origins, ahead), np.nan)
    for row, origin in enumerate(range(first, len(series))):
        centre, spread = _fitted(series[:origin], more, ahead)
        came = series[origin : origin + ahead]
        errors[row, : len(came)] = came - centre[: len(came)]
        spreads[row] = spread
    return _Tested(errors, spreads)


def _fitted(series: _Series, more: Mapping[str, Any], ahead: int) -> tuple[_Series, _Series]:
    """Return the values ahead and the standard deviation of each."""
    ets: Any = library("statsmodels.tsa.exponential_smoothing.ets", "forecast")
    named = library("pandas", "forecast").Series(series)  # the library asks for its index
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a fit did not come to rest: the back-test judges it
        fit = ets.ETSModel(named, **more).fit(disp=False)
        told = fit.get_prediction(start=len(series), end=len(series) + ahead - 1)
        frame = told.summary_frame(alpha=1 - _COVERED)
    centre = np.asarray(frame["mean"], np.float64)
    spread = (np.asarray(frame["pi_upper"], np.float64) - centre) / _Z
    floor = float(np.std(series)) * 1e-3 + 1e-12
    return centre, np.maximum(spread, floor)


def _reach(reached: _Series) -> float:
    """Return how many deviations held all but one in twenty, counted as a sample does."""
    reached = reached[~np.isnan(reached)]
    if not len(reached):
        return _Z
    rank = math.ceil(_COVERED * (len(reached) + 1))
    return float(np.sort(reached)[min(rank, len(reached)) - 1])
