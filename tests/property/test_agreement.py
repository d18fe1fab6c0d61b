"""Agreement between people: a published example, and laws that hold for any judgements."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.metrics.agreement import agreement

# Krippendorff 2011: four observers, twelve units; alpha for nominal data is .743.
OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def by_unit(*observers: str) -> list[list[str]]:
    """Return what was said of each unit; a point is nothing said."""
    return [[one for one in unit if one != "."] for unit in zip(*observers, strict=True)]


def test_the_published_example() -> None:
    """Missing judgements and all."""
    told = agreement(by_unit(*OBSERVERS))
    assert told.value == pytest.approx(0.743, abs=0.0005)


def test_two_who_judge_two_kinds() -> None:
    """The same paper's first example: ten units, alpha .095."""
    told = agreement(by_unit("0100000010", "1110010000"))
    assert told.value == pytest.approx(0.095, abs=0.0005)
    assert told.n == 10


@given(st.lists(st.sampled_from(["present", "absent", "unsure"]), min_size=2, max_size=40))
def test_who_agree_in_all_have_one(said: list[str]) -> None:
    """Unless all is the same, when nobody can tell."""
    told = agreement([[one, one] for one in said])
    assert told.value == (None if len(set(said)) == 1 else 1.0)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=20))
def test_neither_order_nor_names_matter(units: list[list[str]]) -> None:
    """Who judged first, and what the values are called, changes nothing."""
    renamed = [["xyz"["abc".index(one)] for one in reversed(unit)] for unit in units]
    one, other = agreement(units), agreement(renamed)
    assert one.value == pytest.approx(other.value)
    assert (one.n, one.n_unjudged) == (other.n, other.n_unjudged)
    assert one.n + one.n_unjudged == len(units)
