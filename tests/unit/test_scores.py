"""Scores of heads, against a well-kept library and by hand."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from kindline.training.scores import Judged, calibration_error, macro_f1, score_of

rows = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1, width=16), st.integers(0, 3)), min_size=2, max_size=30
)


def judged(items: list[tuple[bool, float, int]]) -> Judged:
    """Return items as a head would have judged them, found from one half on."""
    probability = np.array([chance for _, chance, _ in items])
    return Judged(
        truth=np.array([truth for truth, _, _ in items]),
        probability=probability,
        is_found=probability >= 0.5,
        stories=tuple(str(story) for _, _, story in items),
    )


@settings(max_examples=30)
@given(rows)
def test_scores_equal_those_of_scikit_learn(items: list[tuple[bool, float, int]]) -> None:
    """F1 and AUC are the usual ones; without both kinds of item there is none."""
    one = judged(items)
    told = score_of("head", one)
    if one.truth.all() or not one.truth.any():
        assert (told.f1.value, told.auc.value) == (None, None)
    else:
        f1 = f1_score(one.truth, one.is_found, zero_division=0)
        assert told.f1.value == pytest.approx(f1, abs=1e-4)
        auc = roc_auc_score(one.truth, one.probability)
        assert told.auc.value == pytest.approx(auc, abs=1e-4)


def test_calibration_error_by_hand() -> None:
    """Half the items say .9 and are right half the time; the others say .1 and are never."""
    truth = np.array([True, False, False, False])
    probability = np.array([0.9, 0.9, 0.1, 0.1])
    assert calibration_error(truth, probability) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)
    assert calibration_error(truth[:0], probability[:0]) is None


def test_interval_is_over_stories() -> None:
    """Fifty turns of one story are one witness: the interval is wider than over as many stories."""

    def width(n_stories: int) -> float:
        items = [(n % 2 == 0, 0.9, n % n_stories) for n in range(100)]
        told = score_of("head", judged(items)).f1
        return (told.high or 0.0) - (told.low or 0.0)

    assert width(2) > 1.5 * width(100)


def test_macro_f1_leaves_out_heads_without_a_true_item() -> None:
    """A label that never occurs in the test split cannot be scored, so it is not averaged in."""
    right = judged([(True, 0.9, 0), (False, 0.1, 1)])
    never = judged([(False, 0.9, 0), (False, 0.1, 1)])
    assert macro_f1([right, never]).value == 1.0
    assert macro_f1([never]).value is None
