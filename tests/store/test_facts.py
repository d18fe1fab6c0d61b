"""Facts are what SQL says, day by day, whoever keeps a copy; and nobody is in them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import itertools
from pathlib import Path

import pytest

from kindline.store.database import Store
from kindline.store.erasure import erase_conversation
from kindline.store.facts import Facts
from kindline.store.retention import forget
from tests.store.kept import conversation, keep

MONDAY = datetime(2026, 11, 16, 9, 40, tzinfo=UTC)
BY_DAY = "SELECT CAST(happened_at AS DATE) AS day, count(*) AS n FROM facts GROUP BY 1 ORDER BY 1"


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    """Return an empty copy."""
    made = Facts(tmp_path / "facts")
    yield made
    made.close()


def on(day: int, identity: str, text: str = "My invoice is wrong.") -> dict[str, str]:
    """Return what a conversation of a day says of itself."""
    started_at = (MONDAY + timedelta(days=day)).isoformat()
    return {"id": identity, "text": text, "started_at": started_at}


def refreshed(store: Store, facts: Facts) -> int:
    """Refresh a copy."""
    with store.read() as tenancy:
        return facts.refresh(tenancy)


def counts(facts: Facts, tenant: str = "own") -> list[int]:
    """Return how many facts each day has."""
    return [row["n"] for row in facts.rows(tenant, BY_DAY)]


def test_only_changed_days_are_made_again(store: Store, facts: Facts, now: datetime) -> None:
    """A day that nobody touched keeps its file; facts are what SQL says."""
    for day, identity in ((0, "a"), (0, "b"), (1, "c")):
        keep(store, conversation(**on(day, identity)), now)
    assert refreshed(store, facts) == 2
    assert refreshed(store, facts) == 0
    keep(store, conversation(**on(1, "d")), now)
    assert refreshed(store, facts) == 1
    assert counts(facts) == [2, 2]


def test_a_conversation_that_moves_is_in_one_day(store: Store, facts: Facts, now: datetime) -> None:
    """Read again with another start, it leaves the day it was in."""
    keep(store, conversation(**on(0, "a")), now)
    refreshed(store, facts)
    keep(store, conversation(**on(3, "a")), now)
    refreshed(store, facts)
    assert facts.rows("own", BY_DAY) == [{"day": MONDAY.date() + timedelta(days=3), "n": 1}]


def test_one_without_a_start_stays_where_it_was(store: Store, facts: Facts, now: datetime) -> None:
    """Analysed again a week later it did not happen a week later."""
    keep(store, conversation("My invoice is wrong."), now)
    keep(store, conversation("My invoice is very wrong."), now + timedelta(days=7))
    refreshed(store, facts)
    assert facts.rows("own", BY_DAY) == [{"day": now.date(), "n": 1}]


def test_what_is_erased_is_in_no_fact(store: Store, facts: Facts, now: datetime) -> None:
    """The day is made again without it."""
    for identity in ("a", "b"):
        keep(store, conversation(**on(0, identity)), now)
    refreshed(store, facts)
    with store.begin() as tenancy:
        erase_conversation(tenancy, "a", asked_by="dpo", now=now)
    refreshed(store, facts)
    assert counts(facts) == [1]


def test_facts_outlive_the_states_of_conversations(
    store: Store, facts: Facts, now: datetime
) -> None:
    """A year's trend does not end where the states' time does."""
    told = keep(store, conversation(**on(0, "a")), now)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=400))
    refreshed(store, facts)
    (row,) = facts.rows("own", "SELECT service, happened_at FROM facts")
    assert row["service"] == told["needs"]["service"]["state"]


def test_two_copies_say_the_same(store: Store, tmp_path: Path, now: datetime) -> None:
    """Each machine keeps its own; none takes a change away from another."""
    copies = [Facts(tmp_path / name) for name in ("one", "two")]
    for identity in ("a", "b"):
        keep(store, conversation(**on(0, identity)), now)
        assert [refreshed(store, copy) for copy in copies] == [1, 1]
    assert [counts(copy) for copy in copies] == [[2], [2]]
    for copy in copies:
        copy.close()


def test_a_tenant_reads_its_own_facts(store: Store, facts: Facts, now: datetime) -> None:
    """No row of another tenant, and nothing where there is nothing."""
    keep(store, conversation(**on(0, "a")), now)
    refreshed(store, facts)
    refreshed(store.of("other"), facts)
    assert (counts(facts), counts(facts, "other")) == ([1], [])


def test_a_fact_tells_of_nobody(store: Store, facts: Facts, tmp_path: Path, now: datetime) -> None:
    """Neither word nor id nor pseudonym, and no minute by which a call could be known."""
    said = on(0, "id-77", "Nobody rings my xylophone")
    keep(store, conversation(**said, customer_id="C-88", agent_id="A-99"), now)
    refreshed(store, facts)
    told = repr(facts.rows("own", "SELECT * FROM facts"))
    raw = b"".join(path.read_bytes() for path in (tmp_path / "facts").rglob("*.parquet"))
    for word in ("xylophone", "id-77", "C-88", "A-99"):
        assert word not in told
        assert word.encode() not in raw
    (row,) = facts.rows("own", "SELECT happened_at FROM facts")
    assert row["happened_at"] == MONDAY.replace(minute=0)


def test_refreshing_takes_a_tenth_of_the_time_at_most(
    store: Store, facts: Facts, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While much comes in, pages are some seconds old rather than slow; then they catch up."""
    seconds = itertools.count()  # a clock on which every look takes a second
    monkeypatch.setattr("kindline.store.facts.monotonic", lambda: float(next(seconds)))
    keep(store, conversation(**on(0, "a")), now)
    assert refreshed(store, facts) == 1
    keep(store, conversation(**on(0, "b")), now)
    told = [refreshed(store, facts) for _ in range(15)]
    assert told[:8] == [0] * 8
    assert sum(told) == 1


def test_contacts_of_one_matter_are_alike_and_tell_no_more(
    store: Store, facts: Facts, now: datetime
) -> None:
    """One customer on one reason; all contacts of a customer only where they agreed to it."""
    bill = "My invoice is wrong, I was charged twice."
    for identity, text, customer, basis, policy in (
        ("a", bill, "c-1", "consent", "eu-consented"),
        ("b", bill, "c-1", "consent", "eu-consented"),
        ("c", "My parcel never came.", "c-1", "consent", "eu-consented"),
        ("d", bill, "c-2", "contract", "eu-consented"),
        ("e", bill, "c-1", "consent", "eu-strict"),
    ):
        said = {"id": identity, "customer_id": customer, "lawful_basis": basis}
        keep(store, conversation(text, **said), now, policy=policy)
    refreshed(store, facts)
    rows = facts.rows("own", "SELECT matter, person, reason FROM facts ORDER BY number")
    bills = [row["matter"] for row in rows if row["reason"] == rows[0]["reason"]]
    assert bills[0] == bills[1] == bills[-1]
    assert bills[2] != bills[0]
    assert rows[2]["matter"] != bills[0]
    persons = [row["person"] for row in rows]
    assert persons[0] == persons[1] == persons[2]
    assert persons[0] is not None
    assert persons[3:] == [None, None]


def test_facts_made_before_tell_of_nobody_once_their_time_is_up(
    store: Store, facts: Facts, now: datetime
) -> None:
    """The day is made again, without what made its contacts alike."""
    bill = "My invoice is wrong, I was charged twice."
    keep(store, conversation(bill, id="a", customer_id="c-1"), now, policy="eu-consented")
    refreshed(store, facts)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=500))
    assert refreshed(store, facts) == 1
    (row,) = facts.rows("own", "SELECT matter, person FROM facts")
    assert (row["matter"], row["person"]) == (None, None)
