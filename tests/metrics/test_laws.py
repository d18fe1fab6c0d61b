"""Laws of single numbers that hold whatever the sample."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.metrics.caused import Ended, caused, is_small
from kindline.metrics.combined import complement, difference, product
from kindline.metrics.deflection import ceiling
from kindline.metrics.expected_time import WEIGHT, Cell, expected_of, expected_s
from kindline.metrics.loyalty import SHARE, Ending, levels, recovery
from kindline.metrics.mood_change import mood_change
from kindline.metrics.prevalence import Labelled, interval_with
from kindline.metrics.ratio import mean, ratio, sums_of
from kindline.metrics.sampling import plan
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

COUNTS = st.integers(0, 500)
STATES = st.sampled_from(["lost", "at_risk", "kept", "won"])


def told(counted: int, against: int) -> Estimate:
    """Return a share of counts."""
    return share_of(counted, against, n_unjudged=0)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_difference_turned_round_is_its_negative(a: int, b: int, c: int, d: int) -> None:
    """Who is compared with whom changes the sign and nothing else."""
    one, other = told(a, b), told(c, d)
    there, back = difference(one, other), difference(other, one)
    if there.value is None:
        assert a + b == 0 or c + d == 0
        return
    assert back.value == pytest.approx(-there.value)
    assert back.low == pytest.approx(-(there.high or 0.0))


@given(COUNTS, COUNTS)
def test_of_all_nothing_is_left(a: int, b: int) -> None:
    """A share times what is certain is itself; times nothing it is nothing."""
    share = told(a, b)
    certain = Estimate(value=1.0, low=1.0, high=1.0, n=1, n_unjudged=0, method="known")
    same = product(share, certain)
    assert (same.value, same.low, same.high) == pytest.approx((share.value, share.low, share.high))
    assert product(share, complement(certain)).value in (None, 0.0)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 100)), min_size=2, max_size=30))
def test_a_ratio_lies_in_its_interval_and_between_its_groups(
    groups: list[tuple[float, float]],
) -> None:
    """No ratio of sums is beyond the largest and the smallest of its parts."""
    found = ratio(sums_of(groups))
    assert found.value is not None
    parts = [above / below for above, below in groups]
    assert min(parts) - 1e-9 <= found.value <= max(parts) + 1e-9


def test_one_group_has_no_scatter_and_so_no_value() -> None:
    """Unknown is not zero."""
    assert ratio(sums_of([(3, 4)])).value is None
    assert mean(1, 3.0, 9.0).value is None


@given(st.lists(st.tuples(STATES, st.floats(0, 400)), min_size=1, max_size=12))
def test_loyalty_stays_within_its_scale_and_the_last_contact_counts_most(
    course: list[tuple[str, float]],
) -> None:
    """Each contact sets at least half of the level anew."""
    endings = [Ending(state, days) for state, days in course]
    found = levels(endings)
    values = {"lost": -1.0, "at_risk": -0.5, "kept": 0.5, "won": 1.0}
    assert all(-1 <= one <= 1 for one in found)
    assert abs(found[-1] - values[endings[-1].state]) <= 2 * SHARE


def test_loyalty_fades_and_recovers() -> None:
    """After a year hardly anything of a loss is left; the next day half of it is."""
    soon = levels([Ending("lost", 0), Ending("won", 1)])[-1]
    late = levels([Ending("lost", 0), Ending("won", 365)])[-1]
    assert soon == pytest.approx(1 - 2 * 0.5 * 0.5 ** (1 / 90))
    assert late > 0.9


def test_recovery_counts_what_came_after_a_loss_alone() -> None:
    """Two losses were followed by somebody judged; one of them was made good."""
    found = recovery([["lost", "kept"], ["at_risk", "lost"], ["kept", "won"], ["lost"]])
    assert (found.value, found.n) == (0.5, 2)


@given(st.dictionaries(st.sampled_from(range(8)), st.integers(1, 100), min_size=1))
def test_the_ceiling_lies_between_its_bounds(by_cause: dict[int, int]) -> None:
    """What is not known makes the bounds, and counts as neither."""
    by_cause.pop(6, None)
    found = ceiling(by_cause, None)
    if found is None:
        assert not by_cause
        return
    assert found.at_least <= found.at_most
    if found.mended.value is not None:
        assert found.at_least - 1e-9 <= found.mended.value <= found.at_most + 1e-9


def test_nothing_is_caused_where_as_many_come_anyway() -> None:
    """The baseline explains all of it."""
    found = caused(Ended(n=200, n_contacts=20), Ended(n=1000, n_contacts=100))
    assert found.value == pytest.approx(0)
    assert (found.low or 0) < 0 < (found.high or 0)


def test_small_cells_are_small_by_sessions_or_by_people() -> None:
    """FACTS 5.4: fewer than 30, or fewer than 10 people."""
    assert is_small(Ended(n=29, n_contacts=20))
    assert is_small(Ended(n=300, n_contacts=9))
    assert not is_small(Ended(n=30, n_contacts=10))


def test_an_expected_time_of_few_is_drawn_to_the_wider_kind() -> None:
    """Of one contact nearly all is the wider kind's; of very many nearly nothing is."""
    few = Cell(kind=("voice", "billing"), n=1, total_s=1_000, squares_s=1e6)
    many = Cell(kind=("voice", "order"), n=10_000, total_s=3e6, squares_s=1e9)
    found = expected_s([few, many])
    voice = found["voice",]
    assert found["voice", "billing"] == pytest.approx((1_000 + WEIGHT * voice) / (1 + WEIGHT))
    assert found["voice", "order"] == pytest.approx(300, abs=1)
    assert expected_of(("voice", "never seen"), found) == voice
    assert expected_of(("email",), found) == found[()]


def test_moods_not_named_are_left_unjudged() -> None:
    """They are on neither side."""
    found = mood_change({("angry", None): 5, (None, "calm"): 2, ("sad", "calm"): 3})
    assert (found.soothed.value, found.soothed.n, found.soothed.n_unjudged) == (1.0, 3, 7)


def test_a_plan_says_when_labels_do_not_help() -> None:
    """Of 60 contacts chance alone makes the interval wide: no labels halve it."""
    sample = [Labelled(is_so=n < 40, is_flagged=n < 30) for n in range(400)]
    few, many = plan(6, 60, sample), plan(6_000, 60_000, sample)
    assert few is not None
    assert many is not None
    assert few.n_more is None
    assert few.least > few.width / 2
    assert many.n_more is not None
    assert many.least < many.width / 2
    with_them = interval_with(6_000, 60_000, sample, times=1 + many.n_more / 400)
    with_one_less = interval_with(6_000, 60_000, sample, times=1 + (many.n_more - 1) / 400)
    assert with_them is not None
    assert with_one_less is not None
    assert with_them[1] - with_them[0] <= many.width / 2 < with_one_less[1] - with_one_less[0]
    assert plan(6, 60, []) is None
