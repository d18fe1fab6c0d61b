"""Erlang C and A against FACTS 5.2; the simulation against both, and what company costs."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.staffing.erlang import Demand, agents_needed, erlang_a, erlang_c
from kindline.staffing.simulation import Mixture, played

FACTS = Demand(calls_an_hour=120, handle_s=300, patience_s=180)


@pytest.mark.parametrize(
    ("agents", "waits", "level", "occupancy", "wait_s"),
    [
        (11, 0.682, 0.362, 0.909, 204.6),
        (12, 0.449, 0.607, 0.833, 67.4),
        (13, 0.285, 0.766, 0.769, 28.5),
        (14, 0.174, 0.867, 0.714, 13.1),
        (15, 0.102, 0.927, 0.667, 6.1),
    ],
)
def test_erlang_c_as_in_facts(
    agents: int, waits: float, level: float, occupancy: float, wait_s: float
) -> None:
    """Three digits of every figure."""
    found = erlang_c(FACTS, agents)
    assert found is not None
    assert found.service_level is not None
    assert round(found.waits, 3) == waits
    assert round(found.service_level, 3) == level
    assert round(found.occupancy, 3) == occupancy
    assert round(found.wait_s, 1) == wait_s


@pytest.mark.parametrize(
    ("agents", "abandoned", "waits", "occupancy", "wait_s"),
    [
        (11, 0.097, 0.374, 0.821, 17.4),
        (12, 0.064, 0.274, 0.780, 11.5),
        (13, 0.040, 0.190, 0.738, 7.2),
        (14, 0.024, 0.125, 0.697, 4.3),
    ],
)
def test_erlang_a_as_in_facts(
    agents: int, abandoned: float, waits: float, occupancy: float, wait_s: float
) -> None:
    """Three digits of every figure."""
    found = erlang_a(FACTS, agents)
    assert round(found.abandoned, 3) == abandoned
    assert round(found.waits, 3) == waits
    assert round(found.occupancy, 3) == occupancy
    assert round(found.wait_s, 1) == wait_s


def test_a_queue_that_grows_for_ever_has_no_figures() -> None:
    """Ten erlangs take more than ten agents; fourteen answer eighty per cent in time."""
    assert erlang_c(FACTS, 10) is None
    assert agents_needed(FACTS) == 14


@given(
    calls=st.floats(1, 5_000),
    handle=st.floats(10, 2_000),
    patience=st.floats(5, 2_000),
    more=st.integers(1, 60),
)
def test_laws_of_a_queue(calls: float, handle: float, patience: float, more: int) -> None:
    """More agents: nobody waits longer. Shares are shares, also in centres of hundreds."""
    demand = Demand(calls_an_hour=calls, handle_s=handle, patience_s=patience)
    agents = int(demand.load) + more
    fewer, plenty = erlang_c(demand, agents), erlang_c(demand, agents + 1)
    assert fewer is not None
    assert plenty is not None
    assert plenty.wait_s <= fewer.wait_s
    lossy = erlang_a(demand, agents)
    for found in (fewer, lossy):
        assert 0 <= found.waits <= 1
        assert 0 <= found.occupancy <= 1
        assert 0 <= found.abandoned <= 1
    assert erlang_a(demand, agents + 1).abandoned <= lossy.abandoned + 1e-12


@pytest.mark.parametrize("agents", [12, 14])
def test_the_simulation_agrees_with_erlang_c(agents: int) -> None:
    """Where both hold, the formula lies in the simulation's interval."""
    formula = erlang_c(FACTS, agents)
    found = played(Mixture(calls_an_hour=120, service_s=300), agents, hours=2_000)
    assert formula is not None
    assert formula.service_level is not None
    slack = 0.01
    assert found.service_level_low - slack <= formula.service_level
    assert formula.service_level <= found.service_level_high + slack
    assert found.occupancy == pytest.approx(formula.occupancy, abs=0.01)


def test_the_simulation_agrees_with_erlang_a() -> None:
    """Those who hang up are as many as the formula says."""
    formula = erlang_a(FACTS, 12)
    mixture = Mixture(calls_an_hour=120, service_s=300, patience_s=180)
    found = played(mixture, 12, hours=2_000)
    assert found.abandoned == pytest.approx(formula.abandoned, abs=0.005)


def test_what_company_costs() -> None:
    """At three per cent of callers fourteen agents still answer eighty per cent (FACTS 5.2)."""
    levels = {
        share: played(
            Mixture(calls_an_hour=120, service_s=300, company_share=share), 14, hours=3_000
        )
        for share in (0.0, 0.03, 0.10)
    }
    for share, told in ((0.0, 0.867), (0.03, 0.802), (0.10, 0.569)):
        assert levels[share].service_level == pytest.approx(told, abs=0.02), share


def test_a_budget_caps_what_is_given() -> None:
    """Five minutes on top of the matter take less than fifteen altogether."""
    mixture = {"calls_an_hour": 120.0, "service_s": 300.0, "company_share": 0.1}
    free = played(Mixture(**mixture), 14)
    given_five = played(Mixture(**mixture, given_s=300.0), 14)
    assert given_five.service_level > free.service_level
