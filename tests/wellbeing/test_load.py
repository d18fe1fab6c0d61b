"""Load as exposure: it adds up, dies away, is compared with one's own days, and leads to rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.errors import InputError
from kindline.wellbeing.breaks import offer
from kindline.wellbeing.exposure import (
    FEWEST_DAYS,
    Contact,
    compared,
    load_at,
    peaks,
    weights,
    weights_from,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
RULES = weights()


def contact(ended_min_ago: float, *, lasted_min: float = 5, **more: float) -> Contact:
    """Return a contact that ended so long ago."""
    end = NOW - timedelta(minutes=ended_min_ago)
    told = {"has_abuse": False, "has_risk": False, "given_min": 0.0} | more
    return Contact(start=end - timedelta(minutes=lasted_min), end=end, **told)  # type: ignore[arg-type]


CONTACTS = st.lists(
    st.builds(
        contact,
        st.floats(0, 600),
        has_abuse=st.booleans(),
        has_risk=st.booleans(),
        given_min=st.floats(0, 40),
    ),
    max_size=8,
)


def test_each_weighs_as_it_is_written() -> None:
    """Abuse 2, risk 4, a minute .1, no gap .5, at the moment a contact ends."""
    assert load_at([contact(0, has_abuse=True)], RULES, NOW).whole == pytest.approx(2.0)
    assert load_at([contact(0, has_risk=True)], RULES, NOW).whole == pytest.approx(4.0)
    assert load_at([contact(0, given_min=12.0)], RULES, NOW).whole == pytest.approx(1.2)
    close = [contact(5, lasted_min=5), contact(0, lasted_min=4.9)]
    assert load_at(close, RULES, NOW).no_gap == pytest.approx(0.5)
    apart = [contact(6, lasted_min=5), contact(0, lasted_min=5)]
    assert load_at(apart, RULES, NOW).no_gap == 0


@given(CONTACTS, st.floats(0, 300))
def test_half_is_left_after_each_hour(contacts: list[Contact], minutes: float) -> None:
    """Without new contacts load only dies away, by half an hour's half-life each sixty minutes."""
    now = load_at(contacts, RULES, NOW).whole
    later = load_at(contacts, RULES, NOW + timedelta(minutes=minutes)).whole
    assert later == pytest.approx(now * 0.5 ** (minutes / 60))


@given(CONTACTS)
def test_a_contact_more_never_lightens(contacts: list[Contact]) -> None:
    """Load is a sum: more exposure is never less of it."""
    fewer = load_at(contacts[1:], RULES, NOW)
    every = load_at(contacts, RULES, NOW)
    assert every.abuse >= fewer.abuse - 1e-9
    assert every.given >= fewer.given - 1e-9
    assert every.risk >= fewer.risk - 1e-9


def test_a_contact_of_unknown_length_is_not_close_to_any() -> None:
    """A mail has no length: it is no call without a pause before it, nor before another."""
    some = [contact(0.1, lasted_min=0), contact(0.05, lasted_min=0), contact(0, lasted_min=0.04)]
    assert load_at(some, RULES, NOW).no_gap == 0


def test_what_is_not_over_yet_is_no_load() -> None:
    """A contact counts from its end on."""
    assert load_at([contact(-1, has_risk=True)], RULES, NOW).whole == 0


def test_a_day_is_compared_with_ones_own_days_alone() -> None:
    """Too few days say nothing; then the quarters of one's own days."""
    assert compared(9.0, [1.0] * (FEWEST_DAYS - 1)) is None
    own = [float(n) for n in range(20)]
    assert [compared(at, own) for at in (1.0, 10.0, 19.0)] == ["lighter", "usual", "heavier"]


def test_peaks_are_by_day_of_the_end() -> None:
    """The highest of each day, and what is a day old weighs nothing."""
    some = [contact(60 * 30, has_abuse=True), contact(0, has_abuse=True)]
    found = peaks(some, RULES)
    assert found == {"2026-11-26": pytest.approx(2.0), "2026-11-27": pytest.approx(2.0)}


def test_a_day_is_a_clocks_day() -> None:
    """Noon of UTC is an evening in Sydney; an hour past its midnight is the next day there."""
    late = replace(contact(0, has_abuse=True), end=NOW + timedelta(hours=2))
    sydney = ZoneInfo("Australia/Sydney")
    assert list(peaks([contact(0, has_abuse=True), late], RULES, sydney)) == [
        "2026-11-27",
        "2026-11-28",
    ]
    assert list(peaks([late], RULES)) == ["2026-11-27"]


def test_after_risk_a_quarter_of_an_hour_is_offered() -> None:
    """Fifteen minutes or more, until one was taken (FACTS 3.2)."""
    some = [contact(10, has_risk=True)]
    found = offer(some, [], RULES, NOW)
    assert found is not None
    assert (found.minutes, found.because) == (15, "risk")
    assert offer(some, [NOW - timedelta(minutes=5)], RULES, NOW) is None
    assert offer(some, [NOW - timedelta(minutes=30)], RULES, NOW) == found
    assert offer([contact(120, has_risk=True)], [], RULES, NOW) is None


@given(CONTACTS)
def test_a_break_for_load_has_three_to_ten_minutes(contacts: list[Contact]) -> None:
    """Never shorter, never longer, never without anything heavy (Albulescu 2022)."""
    found = offer(contacts, [], RULES, NOW)
    if found is not None and found.because == "load":
        assert 3 <= found.minutes <= 10
    if not any(one.is_heavy for one in contacts):
        assert found is None


def test_weights_that_cannot_be_are_refused() -> None:
    """A message names the one; after risk never less than fifteen minutes."""
    ours = RULES.as_told()
    assert weights_from(ours) == RULES
    for name, value in (("abuse", -1.0), ("half_life_min", 0.0), ("after_risk_min", 10.0)):
        with pytest.raises(InputError, match=name.replace("after_risk_min", "after risk")):
            weights_from({**ours, name: value})
    with pytest.raises(InputError, match="longest"):
        weights_from({**ours, "longest_min": 2.0})
