"""The policy is changed on a page, after its consequences were read; times only grow shorter."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.countries import keep_days_by_country
from kindline.policy import profile, profile_names, shortened
from kindline.store.conversations import load_one
from kindline.store.in_force import choices, in_force
from kindline.store.retention import due, forget
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, House, text_of

STRICT = {"profile": "eu-strict", "findings": "1", "agent_behaviours": "7", "states": "30"}
CONSENTED = {"profile": "eu-consented", "findings": "180", "agent_behaviours": "180"}


def test_consequences_are_told_before_anything_changes(house: House) -> None:
    """What differs, and how many conversations would lose their words within the hour."""
    house.clock.moved = timedelta(days=10)
    officer = house.as_role("dpo")
    told = text_of(officer.post("/policy/preview", {**CONSENTED, "findings": "5"}))
    assert "Words and findings, days 180 5" in told
    assert "4 conversations lose their words and findings within the hour" in told
    with house.store.read() as tenancy:
        assert choices(tenancy) == []


def test_what_is_chosen_is_in_force_and_written_down(house: House) -> None:
    """For this tenant alone, by name and time; retention heeds it."""
    answer = house.as_role("dpo").post("/policy", {**CONSENTED, "findings": "5"})
    assert answer.headers["location"] == "/policy"
    page = text_of(house.as_role("admin").get("/policy"))
    assert f"dpo@{OURS}.test · eu-consented, findings 5" in page
    later = house.clock() + timedelta(days=10)
    for tenant, is_gone in ((OURS, True), (THEIRS, False)):
        with house.store.of(tenant).begin() as tenancy:
            assert (due(tenancy, in_force(tenancy, "eu-consented"), now=later)["findings"] > 0) == (
                is_gone
            )
            forget(tenancy, now=later)
            one = load_one(tenancy, f"{tenant}-mine")
            assert one is not None
            assert (one.turns is None) == is_gone


def test_no_time_is_lengthened(house: House) -> None:
    """More days than the profile allows are its days; what is no number shortens nothing."""
    house.as_role("dpo").post("/policy", {**STRICT, "findings": "400", "states": "x"})
    with house.store.read() as tenancy:
        assert in_force(tenancy, "uk").keep_days == profile("eu-strict").keep_days


def test_an_unknown_profile_is_refused(house: House) -> None:
    """And nothing changes."""
    answer = house.as_role("dpo").post("/policy", {**STRICT, "profile": "none"})
    assert answer.status_code == 422
    with house.store.read() as tenancy:
        assert choices(tenancy) == []


@pytest.mark.parametrize(("country", "days"), [("be", 31), ("FR", 181), ("NL", 181), (None, 181)])
def test_the_law_of_a_country_shortens(house: House, country: str | None, days: int) -> None:
    """Belgian words go after a month, whatever the policy; others when it says so."""
    one = conversation("My bill is wrong.", id="abroad", country=country)
    keep(house.store, one, house.clock(), policy="eu-consented")
    for n_days, is_gone in ((days - 2, False), (days, True)):
        with house.store.begin() as tenancy:
            forget(tenancy, now=house.clock() + timedelta(days=n_days))
            found = load_one(tenancy, "abroad")
        assert found is not None
        assert (found.turns is None) == is_gone


@given(
    st.sampled_from(profile_names()),
    st.dictionaries(st.sampled_from(["findings", "states", "agent_behaviours"]), st.integers(0)),
)
def test_shortening_never_lengthens(name: str, keep_days: dict[str, int]) -> None:
    """Of no profile, whatever is asked; and a country's days are such a shortening."""
    rules = profile(name)
    for days in (keep_days, *keep_days_by_country().values()):
        told = shortened(rules, days)
        assert all(told.keep_days[what] <= n for what, n in rules.keep_days.items())
        assert told.keep_days.keys() == rules.keep_days.keys()
