"""Agreement of two, survival, rates, hazards: worked examples, floors, what chance may do."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.metrics.hazard import FEWEST_TEAMS, TeamTime, hazards
from kindline.metrics.kappa import kappa
from kindline.metrics.rate import rate
from kindline.metrics.survival import survival, there_after


def test_kappa_by_hand() -> None:
    """Fifty things: 35 alike, 25 by chance: (0.7 - 0.5) / (1 - 0.5)."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = kappa(pairs, n_unjudged=3)
    assert found.value == pytest.approx(0.4)
    assert (found.n, found.n_unjudged) == (50, 3)
    assert found.low is not None
    assert found.high is not None
    assert 0.1 < found.low < 0.4 < found.high < 0.7


@given(st.lists(st.sampled_from("abc"), min_size=10, max_size=40))
def test_who_says_the_same_agrees_wholly(values: list[str]) -> None:
    """One where both say the same of all; no value where neither ever says anything else."""
    found = kappa([(value, value) for value in values])
    assert found.value == (pytest.approx(1.0) if len(set(values)) > 1 else None)
    assert kappa([("a", "b")] * 9).value is None


def test_survival_by_hand() -> None:
    """Of ten, one leaves of ten at risk, then two of eight: 0.9, then 0.9 x 6/8."""
    spells = [(100, True), (150, False), (200, True), (200, True), *((300, False),) * 6]
    steps = survival(spells)
    assert steps is not None
    assert [(one.days, one.there.value) for one in steps] == [
        (100, pytest.approx(0.9)),
        (200, pytest.approx(0.675)),
    ]
    for one in steps:
        there = one.there
        assert there.low is not None
        assert there.high is not None
        assert 0 <= there.low < (there.value or 0) < there.high <= 1
    before = there_after(steps, 50, 10)
    assert (before.value, before.high) == (1.0, 1.0)
    assert before.low == pytest.approx(0.05 ** (1 / 10))
    assert there_after(steps, 250, 10) == steps[-1].there


def test_too_few_have_no_curve() -> None:
    """Fewer than ten people or three leavers: nothing, which is not one."""
    assert survival([(10, True)] * 9) is None
    assert survival([(10, True), (10, True), *((20, False),) * 20]) is None
    assert survival([(0, True)] * 30) is None


def test_a_rate_by_its_table() -> None:
    """Ten events: 4.80 to 18.39 (Byar, as tables of the exact interval have it to two digits)."""
    found = rate(10, 2.0, n=7)
    assert found.value == pytest.approx(5.0)
    assert found.low == pytest.approx(4.795 / 2, rel=0.01)
    assert found.high == pytest.approx(18.39 / 2, rel=0.01)
    assert rate(0, 2.0, n=7).low == 0
    assert rate(3, 0.0, n=7).value is None


def teams(n: int, seed: int, slope: float) -> list[TeamTime]:
    """Return teams that lose more people where their condition is higher, by chance besides."""
    chance = Random(seed)  # noqa: S311 -- no secret
    found: list[TeamTime] = []
    for _ in range(n):
        condition = chance.uniform(0.05, 0.35)
        leaving = 0.25 * slope ** ((condition - 0.2) / 0.1)
        n_left = sum(chance.random() < leaving for _ in range(20))
        found.append(TeamTime(n_left=n_left, years=20.0, condition=condition))
    return found


def test_what_is_planted_is_found_and_its_ratio_told() -> None:
    """Thirty teams, twice as many leavers by ten points."""
    found = hazards({"bad": teams(30, 3, 2.0), "idle": teams(30, 4, 1.0)})
    bad = found["bad"].ratio
    assert found["bad"].is_found
    assert bad.low is not None
    assert bad.high is not None
    assert 1 < bad.low < 2 < bad.high


def test_a_condition_is_looked_for_the_way_it_is_worse() -> None:
    """The other way round nothing is found, however clear it is; without a way both are."""
    better = {"rest": teams(30, 3, 0.5)}
    assert hazards(better)["rest"].is_found
    assert hazards(better, {"rest": -1})["rest"].is_found
    assert not hazards(better, {"rest": 1})["rest"].is_found


def test_few_teams_or_leavers_have_no_hazard() -> None:
    """Below the floors there is no value and nothing is found."""
    few = {
        "few": teams(FEWEST_TEAMS - 1, 1, 3.0),
        "none": [TeamTime(n_left=0, years=9, condition=n / 20) for n in range(12)],
    }
    for one in hazards(few).values():
        assert (one.ratio.value, one.p, one.is_found) == (None, None, False)
    same = [TeamTime(n_left=2, years=9, condition=0.2)] * 12
    assert hazards({"same": same})["same"].ratio.value is None


def test_chance_alone_is_seldom_found() -> None:
    """Of 200 houses with five conditions and nothing in them, at most 18 (5 % and three errors)."""
    n_false = 0
    for seed in range(200):
        told = {str(n): teams(12, 1_000 * n + seed, 1.0) for n in range(5)}
        n_false += any(one.is_found for one in hazards(told, {"0": 1, "1": -1}).values())
    assert n_false <= 18
