"""The same contact in two files is one conversation; a refusal in one of them holds for both."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kindline.analysis import analyse
from kindline.model.conversation import Conversation, ConversationId, LawfulBasis, Turn
from kindline.policy import profile
from kindline.store.conversations import load, save
from kindline.store.database import Store
from kindline.store.duplicates import Seen

SAID = (
    "Good morning, this is the water company, how may I help you today?",
    "Well, the bill has gone up again and I live here by myself, so I can't see how that is.",
    "Let me have a look. There was a leak two doors down, and your meter is shared with them.",
    "Is that so? Nobody told me about it, but then there is nobody here who would.",
)
CONSENT = LawfulBasis(name="consent")
REFUSED = LawfulBasis(name=None)


def contact(name: str, *, basis: LawfulBasis | None = CONSENT, n_turns: int = 4) -> Conversation:
    """Return the contact as one product exports it."""
    turns = tuple(
        Turn(role="customer" if number % 2 else "agent", text=text)
        for number, text in enumerate(SAID[:n_turns])
    )
    return Conversation(
        id=ConversationId(name), source=name, turns=turns, language="en", lawful_basis=basis
    )


def as_another_product_tells_it(one: Conversation, name: str) -> Conversation:
    """Return the same words: capitals and marks gone, in one turn of a side nobody named."""
    words = " ".join(turn.text for turn in one.turns).upper().replace(",", "").replace(".", "")
    return replace(one, id=ConversationId(name), turns=(Turn(role="unknown", text=words),))


def read(store: Store, *chunk: Conversation, now: datetime) -> list[tuple[str, str | None]]:
    """Read as a run does: find the copies, analyse and keep the rest."""
    with store.read() as tenancy:
        placed = Seen(declared=None).distinct(tenancy, chunk, now=now)
    rules = profile()
    fresh = [one for one, twin in placed if twin is None]
    done = [(one, analyse(one, rules, declared=None, now=now)) for one in fresh]
    with store.begin() as tenancy:
        save(tenancy, done, now=now)
    return [(one.id, twin) for one, twin in placed]


def kept(store: Store) -> dict[str, str]:
    """Return the status of what is stored, by id."""
    with store.read() as tenancy:
        return {one.analysis["conversation_id"]: one.analysis["status"] for one in load(tenancy)}


@pytest.mark.parametrize("is_one_run", [True, False])
def test_a_contact_told_by_two_products_is_one(
    store: Store, now: datetime, is_one_run: bool
) -> None:
    """In one run or in two, and the first to be read counts."""
    first = contact("first")
    second = as_another_product_tells_it(first, "second")
    if is_one_run:
        told = read(store, first, second, now=now)
    else:
        told = read(store, first, now=now) + read(store, second, now=now)
    assert told == [("first", None), ("second", "first")]
    assert kept(store) == {"first": "analysed"}


def test_the_same_words_at_another_time_are_another_contact(store: Store, now: datetime) -> None:
    """A recorded message says the same to everybody; its start tells the contacts apart."""
    first = replace(contact("first"), started_at=now)
    later = replace(contact("later"), started_at=now + timedelta(hours=1))
    close = replace(contact("close"), started_at=now + timedelta(seconds=20))
    told = read(store, first, now=now) + read(store, later, close, now=now)
    assert told == [("first", None), ("later", None), ("close", "first")]


def test_few_words_tell_no_contacts_apart(store: Store, now: datetime) -> None:
    """Two people may well say the same in a line or two."""
    told = read(store, contact("one", n_turns=2), contact("other", n_turns=2), now=now)
    assert [twin for _, twin in told] == [None, None]


def test_a_copy_that_refuses_takes_what_was_found_away(store: Store, now: datetime) -> None:
    """The customer refused somewhere; which product noted it is no matter."""
    read(store, contact("first"), now=now)
    read(store, contact("second", basis=REFUSED), now=now)
    assert kept(store) == {"first": "denied"}
    assert read(store, contact("third"), now=now) == [("third", "first")]


@pytest.mark.parametrize("is_one_run", [True, False])
def test_a_contact_without_a_basis_waits_for_the_copy_that_has_one(
    store: Store, now: datetime, is_one_run: bool
) -> None:
    """No basis is no refusal."""
    first, second = contact("first", basis=None), contact("second")
    if is_one_run:
        told = read(store, first, second, now=now)
    else:
        told = read(store, first, now=now) + read(store, second, now=now)
    assert told == [("first", None), ("second", None)]
    assert kept(store) == {"first": "denied", "second": "analysed"}


def test_a_refusal_is_heard_before_anything_of_the_run_is_read(store: Store, now: datetime) -> None:
    """Whether it stands first or last, under the same id or another, however short."""
    told = read(store, contact("one"), contact("two", basis=REFUSED), now=now)
    assert told == [("one", "two"), ("two", None)]
    short = contact("three", n_turns=1)
    told = read(store, replace(short, lawful_basis=REFUSED), short, now=now)
    assert told == [("three", None), ("three", "three")]
    assert kept(store) == {"two": "denied", "three": "denied"}
