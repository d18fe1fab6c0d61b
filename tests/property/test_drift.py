"""Drift: nothing moved is nothing, more moved is more, too few say nothing."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.metrics.drift import FEWEST, drift

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5000), max_size=6)


@given(COUNTS, COUNTS)
def test_it_is_never_negative_and_the_same_both_ways(
    before: dict[str, int], now: dict[str, int]
) -> None:
    """And says nothing of fewer than a hundred."""
    one, other = drift(before, now), drift(now, before)
    if min(sum(before.values()), sum(now.values())) < FEWEST:
        assert (one.index, one.verdict) == (None, "too few")
    else:
        assert one.index is not None
        assert one.index >= -1e-12
        assert one.index == pytest.approx(other.index)


@given(COUNTS)
def test_what_did_not_move_is_steady(counts: dict[str, int]) -> None:
    """The same shares, ten times as many or not."""
    if sum(counts.values()) >= FEWEST:
        assert drift(counts, counts).index == pytest.approx(0)


def test_a_worked_figure() -> None:
    """Half and half becomes eight to two: (.3 ln 1.6) + (-.3 ln .4) = .416."""
    told = drift({"a": 50_000, "b": 50_000}, {"a": 80_000, "b": 20_000})
    assert told.index == pytest.approx(0.4159, abs=0.0005)
    assert told.verdict == "another"


def test_a_new_kind_is_told_and_is_no_infinity() -> None:
    """A language nobody called in before."""
    told = drift({"nl": 900}, {"nl": 900, "de": 100})
    assert told.index is not None
    assert told.verdict != "steady"
