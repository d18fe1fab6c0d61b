"""Shares with the Wilson interval, against figures worked out elsewhere."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.metrics.share import share, wilson


@pytest.mark.parametrize(
    ("counted", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # Brown, Cai and DasGupta 2001: z2 / (n + z2)
        (1, 10, 0.0179, 0.4042),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),  # the same
        (10, 10, 0.7225, 1.0),
    ],
)
def test_wilson_matches_published_figures(counted: int, n: int, low: float, high: float) -> None:
    """The interval is the score interval without continuity correction."""
    assert wilson(counted, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share(pair: tuple[int, int]) -> None:
    """The share lies in its interval, and the interval in 0..1."""
    counted, n = pair
    low, high = wilson(counted, n)
    assert 0 <= low <= counted / n <= high <= 1


def test_unsure_is_in_no_part_of_a_share() -> None:
    """What was not judged is counted apart, never as absent."""
    told = share(["present", "absent", "unsure", "not_assessed", "absent"])
    assert (told.value, told.n, told.n_unjudged) == (pytest.approx(1 / 3), 3, 2)


def test_nothing_judged_gives_no_share() -> None:
    """Without a judgement there is no number, not a zero."""
    told = share(["unsure", "not_assessed"])
    assert (told.value, told.low, told.high, told.n, told.n_unjudged) == (None, None, None, 0, 2)
