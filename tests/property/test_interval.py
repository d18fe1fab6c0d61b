"""Laws of time, against counting single milliseconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kindline.model.interval import Interval, covered_ms, merged, overlap_ms
from tests.strategies import intervals

many = st.lists(intervals, max_size=8)


def milliseconds(some: list[Interval]) -> set[int]:
    """Return every millisecond inside, one by one."""
    return {ms for interval in some for ms in range(interval.start_ms, interval.end_ms)}


@given(many)
def test_merged_covers_the_same_milliseconds(some: list[Interval]) -> None:
    """Merging neither adds nor loses a millisecond, and leaves gaps between its results."""
    result = merged(some)
    assert milliseconds(list(result)) == milliseconds(some)
    assert all(a.end_ms < b.start_ms for a, b in pairwise(result))


@given(many)
def test_covered_counts_each_millisecond_once(some: list[Interval]) -> None:
    """Two people talking at once are one stretch of talk."""
    assert covered_ms(some) == len(milliseconds(some))


@given(many, many)
def test_overlap_is_what_both_cover(left: list[Interval], right: list[Interval]) -> None:
    """Overlap is the milliseconds in both."""
    assert overlap_ms(left, right) == len(milliseconds(left) & milliseconds(right))
