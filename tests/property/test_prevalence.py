"""The corrected share: worked figures, coverage by simulation, and when it is refused."""

import numpy as np
import pytest

from kindline.errors import InputError
from kindline.metrics.prevalence import Labelled, prevalence

N_RUNS = 1500
LEAST_COVERAGE = 0.94
SETTINGS = (  # true share, sensitivity, specificity, n, sample true, sample false
    (0.05, 0.57, 0.89, 2000, 100, 300),
    (0.10, 0.57, 0.89, 2000, 100, 300),
    (0.20, 0.75, 0.95, 1000, 60, 200),
    (0.30, 0.90, 0.90, 500, 50, 50),
    (0.02, 0.80, 0.98, 5000, 80, 400),
)


def sample(n_found: int, n_true: int, n_passed: int, n_false: int) -> list[Labelled]:
    """Return a labelled sample with these counts."""
    found = [Labelled(is_so=True, is_flagged=n < n_found) for n in range(n_true)]
    return found + [Labelled(is_so=False, is_flagged=n >= n_passed) for n in range(n_false)]


@pytest.mark.parametrize(
    ("flagged", "value", "low", "high"),
    [(220, 0.0, 0.0, 0.077), (300, 0.087, 0.001, 0.164), (400, 0.196, 0.110, 0.279)],
)
def test_worked_figures(flagged: int, value: float, low: float, high: float) -> None:
    """2,000 calls, 100 lonely and 300 other ones labelled, .57 and .89 (FACTS 5.4)."""
    told = prevalence(flagged, 2000, sample(57, 100, 267, 300), drawn="random")
    assert (told.value, told.low, told.high) == pytest.approx((value, low, high), abs=0.001)


@pytest.mark.parametrize("setting", SETTINGS)
def test_interval_covers_the_truth(setting: tuple[float, float, float, int, int, int]) -> None:
    """In 94 of 100 samples at least the true share lies inside."""
    truth, se, sp, n, n_true, n_false = setting
    chance = np.random.default_rng(20261123)
    covered = 0
    for _ in range(N_RUNS):
        n_flagged = int(chance.binomial(n, truth * se + (1 - truth) * (1 - sp)))
        labelled = sample(
            int(chance.binomial(n_true, se)), n_true, int(chance.binomial(n_false, sp)), n_false
        )
        told = prevalence(n_flagged, n, labelled, drawn="random")
        assert told.low is not None
        assert told.high is not None
        covered += told.low <= truth <= told.high
    assert covered / N_RUNS >= LEAST_COVERAGE


def test_weights_undo_strata() -> None:
    """Flagged contacts drawn ten times as often count a tenth: the estimate is the plain one."""
    plain = sample(80, 100, 360, 400)
    strata = [one for one in plain if one.is_flagged for _ in range(10)]
    weighted = [Labelled(is_so=o.is_so, is_flagged=True, weight=0.1) for o in strata]
    weighted += [one for one in plain if not one.is_flagged]
    told = prevalence(300, 1000, weighted, drawn="stratified")
    assert told.value == pytest.approx(prevalence(300, 1000, plain, drawn="random").value)


def test_our_corpus_corrects_nothing() -> None:
    """It is no sample of anybody's contacts."""
    with pytest.raises(InputError, match="no sample"):
        prevalence(10, 100, sample(9, 10, 9, 10), drawn="corpus")


@pytest.mark.parametrize(
    "labelled",
    [[], sample(5, 10, 0, 0), sample(2, 10, 8, 10)],
    ids=["none", "one kind", "no better than chance"],
)
def test_a_useless_sample_is_refused(labelled: list[Labelled]) -> None:
    """Without both kinds, or where flags say nothing, there is no number."""
    with pytest.raises(InputError):
        prevalence(10, 100, labelled, drawn="random")
