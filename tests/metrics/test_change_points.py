"""A share that moved for good is found where it moved; one that only scatters shows no change."""

import numpy as np
import pytest

from kindline.metrics.change_points import change_points


@pytest.mark.parametrize("n_steps", [12, 26, 52])
@pytest.mark.parametrize("n", [60, 600])
def test_without_a_change_hardly_any_is_found(n_steps: int, n: int) -> None:
    """In at most 5 of 100 series."""
    random = np.random.default_rng(n_steps * n)
    n_false = sum(
        bool(change_points([(int(k), n) for k in random.binomial(n, 0.06, n_steps)]))
        for _ in range(100)
    )
    assert n_false <= 9  # 5 of 100, and what chance may add


def test_more_scatter_than_chance_is_no_change() -> None:
    """Centres scatter more than coins: weeks differ, and that alone is no new level."""
    random = np.random.default_rng(5)
    n_false = 0
    for _ in range(100):
        shares = np.clip(random.normal(0.06, 0.01, 52), 0.001, 1)
        n_false += bool(change_points([(int(k), 2_000) for k in random.binomial(2_000, shares)]))
    assert n_false <= 11  # what scatters was measured on 51 differences alone


def test_a_change_is_found_where_it_is() -> None:
    """From 5 to 8 % of 600 a week: in nine of ten series one change, two weeks off at most."""
    random = np.random.default_rng(6)
    n_found = 0
    for _ in range(100):
        counted = np.r_[random.binomial(600, 0.05, 26), random.binomial(600, 0.08, 26)]
        found = change_points([(int(k), 600) for k in counted])
        n_found += len(found) == 1 and abs(found[0].at - 26) <= 2
    assert n_found >= 90


def test_a_step_without_judged_contacts_is_left_out() -> None:
    """Its place is kept: a change is told by the step it begins in."""
    steps = [(5, 100)] * 10 + [(0, 0)] * 3 + [(40, 100)] * 10
    (change,) = change_points(steps)
    assert change.at == 13
    assert change.by.value == pytest.approx(0.35)


def test_few_steps_tell_nothing() -> None:
    """Of seven weeks no level is known."""
    assert change_points([(1, 10)] * 3 + [(9, 10)] * 4) == []
