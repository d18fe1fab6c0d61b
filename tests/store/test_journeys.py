"""Journeys: which contact follows one, what is left when time is up, and who is in none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kindline.selfservice.journeys import Event, Journey, journeys
from kindline.store.database import Store
from kindline.store.erasure import erase_customer, object_to
from kindline.store.insight_tables import JOURNEYS
from kindline.store.journeys import contacts_after, ended_counts, link, numbers_after, save_journeys
from kindline.store.retention import forget
from tests.store.kept import conversation, keep

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
BILL = "My invoice is wrong, I was charged twice."


def event(**more: Any) -> Event:
    """Return an event of a session that failed to pay."""
    told: dict[str, Any] = {
        "session": "s-1",
        "customer": "c-1",
        "at": AT,
        "surface": "app",
        "step": "pay invoice",
        "outcome": "error",
        "reason": None,
    }
    return Event(**(told | more))


def stored(store: Store, *events: Event, now: datetime = AT) -> list[Any]:
    """Save and link sessions; return their rows."""
    with store.begin() as tenancy:
        save_journeys(tenancy, journeys(events), now=now)
        link(tenancy)
        return list(tenancy.connection.execute(select(JOURNEYS).order_by(JOURNEYS.c.number)))


def contact(
    store: Store, identity: str, at: datetime, now: datetime, customer: str = "c-1"
) -> None:
    """Keep a contact of a customer."""
    said = {"id": identity, "customer_id": customer, "started_at": at.isoformat()}
    keep(store, conversation(BILL, **said), now, policy="eu-consented")


def test_the_first_contact_within_the_window_follows(store: Store, now: datetime) -> None:
    """Not one before it, not another customer's, not one of a week later, not the second."""
    contact(store, "before", AT - timedelta(hours=1), now)
    contact(store, "other", AT + timedelta(hours=1), now, customer="c-2")
    contact(store, "late", AT + timedelta(days=7, hours=1), now)
    assert stored(store, event())[0].followed_by is None
    contact(store, "second", AT + timedelta(days=2), now)
    contact(store, "first", AT + timedelta(days=1), now)
    with store.begin() as tenancy:
        assert link(tenancy) == 1
        (number,) = numbers_after(tenancy, "pay invoice", "app", at_most=5)
        (row,) = contacts_after(tenancy, since=AT, until=AT + timedelta(days=9))
        assert row["number"] == number
        assert row["ending"] == "error"


def test_reasons_must_not_contradict(store: Store, now: datetime) -> None:
    """A contact about a bill does not follow a session about a delivery."""
    contact(store, "bill", AT + timedelta(hours=1), now)
    assert stored(store, event(reason="order"))[0].followed_by is None
    assert stored(store, event(session="s-2", reason="billing"))[1].followed_by is not None


def test_nobody_known_is_followed_by_nobody_known(store: Store, now: datetime) -> None:
    """It is counted, and judged neither way."""
    contact(store, "bill", AT + timedelta(hours=1), now)
    (row,) = stored(store, event(customer=None))
    assert (row.is_known, row.followed_by) == (False, None)
    with store.read() as tenancy:
        (told,) = ended_counts(tenancy, since=AT, until=AT + timedelta(days=30))
    assert not told["is_judged"]


def test_an_answer_is_about_the_contact_before_it(store: Store, now: datetime) -> None:
    """The one question after a contact tells why it came."""
    contact(store, "bill", AT - timedelta(hours=1), now)
    asked = event(surface="question", outcome="answer", step="barrier")
    assert stored(store, asked)[0].followed_by is not None
    with store.read() as tenancy:
        (row,) = contacts_after(tenancy, since=AT - timedelta(days=1), until=AT)
    assert (row["answer"], row["ending"]) == ("barrier", None)


def test_a_session_goes_on_in_the_next_file(store: Store) -> None:
    """Read again it is no second one; it keeps its beginning and has its last ending."""
    stored(store, event(outcome="step"))
    (row,) = stored(store, event(at=AT + timedelta(hours=1), outcome="completed"))
    assert row.ending == "completed"
    assert row.begun_at.replace(tzinfo=UTC) == AT


def test_read_again_a_journey_keeps_its_contact(store: Store, now: datetime) -> None:
    """Also when the contact's own keys are gone by then, and nothing could be found any more."""
    contact(store, "bill", AT + timedelta(hours=1), now - timedelta(days=500))
    before = stored(store, event())[0].followed_by
    with store.begin() as tenancy:
        forget(tenancy, now=now)
    assert before is not None
    assert stored(store, event())[0].followed_by == before


def test_no_pseudonym_lies_in_the_clear(store: Store) -> None:
    """What the log calls customer and session stands in no row."""
    (row,) = stored(store, event(session="session-xyz", customer="customer-xyz"))
    assert "xyz" not in repr(row)


def test_when_time_is_up_it_tells_of_nobody_and_still_counts(store: Store, now: datetime) -> None:
    """Links stay as numbers; keys are gone."""
    contact(store, "bill", AT + timedelta(hours=1), now)
    stored(store, event(), now=now)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=31))
        row = tenancy.connection.execute(select(JOURNEYS)).one()
    assert row.customer_key is None
    assert row.session_key.startswith("past-")
    assert row.is_known
    assert row.followed_by is not None


def test_erased_and_objecting_customers_are_in_no_journey(store: Store, now: datetime) -> None:
    """Neither what was stored before nor what comes after names them."""
    stored(store, event())
    with store.begin() as tenancy:
        erase_customer(tenancy, "c-1", asked_by="dpo", now=now)
        object_to(tenancy, "c-2", now=now)
    rows = stored(store, event(session="s-2", customer="c-2"))
    assert [row.customer_key for row in rows] == [None, None]
    assert [row.is_known for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        ("completed", "completed"),
        ("error", "error"),
        ("asked_person", "asked_person"),
        ("step", "gave_up"),
    ],
)
def test_the_last_event_tells_how_it_ended(outcome: str, ending: str) -> None:
    """Whatever came before, in whatever order it was logged."""
    events = [
        event(at=AT + timedelta(minutes=2), outcome=outcome, step="end"),
        event(at=AT, outcome="step", step="start"),
        event(at=AT + timedelta(minutes=1), outcome="error", step="middle", reason="billing"),
    ]
    (told,) = journeys(events)
    assert isinstance(told, Journey)
    assert (told.ending, told.last_step, told.reason) == (ending, "end", "billing")
