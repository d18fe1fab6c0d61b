"""What comes lies in the interval foretold; the model says how it did, and is silent of little."""

import numpy as np
import pytest

from kindline.metrics.forecast import FEWEST, forecast, forecast_share


def test_what_comes_lies_in_the_interval() -> None:
    """Levels that stand, and levels that wander: bench/forecast.py measures 94 of 100 on more."""
    random = np.random.default_rng(3)
    held: list[bool] = []
    for moves in (0.0, 0.006) * 8:
        levels = np.cumsum(random.normal(0, moves, 30)) + 0.25
        counted = random.binomial(600, np.sin(levels) ** 2)
        found = forecast_share([(int(k), 600) for k in counted[:26]])
        assert found is not None
        came = counted[26:] / 600
        held += [bool(s.low <= c <= s.high) for s, c in zip(found.steps, came, strict=True)]
    assert np.mean(held) >= 0.9


def test_a_share_stays_a_share() -> None:
    """However rare it is, no step is foretold below nothing."""
    found = forecast_share([(k, 400) for k in (1, 0, 2, 0, 1, 3, 0, 1, 0, 0, 2, 1, 0, 1)])
    assert found is not None
    assert all(0 <= step.low <= step.value <= step.high <= 1 for step in found.steps)


def test_a_season_is_used_where_the_series_has_two() -> None:
    """A week of days that repeats is foretold better by a model that knows of it."""
    random = np.random.default_rng(4)
    season = np.tile([10, 30, 50, 40, 30, 80, 90], 8) + random.normal(0, 2, 56)
    found = forecast(list(season), ahead=7, season=7)
    assert found is not None
    assert found.model == "ETS(A,N,A)"
    assert found.error < found.naive_error
    assert [round(step.value / 10) for step in found.steps] == [1, 3, 5, 4, 3, 8, 9]


def test_of_few_steps_nothing_is_foretold() -> None:
    """Eleven weeks are no series."""
    assert forecast_share([(5, 100)] * (FEWEST - 1)) is None


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_a_series_that_never_moves_is_no_error(value: float) -> None:
    """It is foretold to stay."""
    found = forecast([value] * 20)
    assert found is not None
    assert found.steps[0].value == pytest.approx(value, abs=0.01)
