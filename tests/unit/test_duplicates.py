"""The same contact in two files is one conversation; a refusal in one of them holds for both."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from kindline.analysis import analyse
from kindline.model.conversation import Conversation, ConversationId, LawfulBasis, Turn
from kindline.policy import profile
from kindline.store.conversations import load, save
from kindline.store.database import opened
from kindline.store.duplicates import Seen

SAID = (
    "Good morning, this is the water company, how may I help you today?",
    "Well, the bill has gone up again and I live here by myself, so I can't see how that is.",
    "Let me have a look. There was a leak two doors down, and your meter is shared with them.",
    "Is that so? Nobody told me about it, but then there is nobody here who would.",
)
CONSENT = LawfulBasis(name="consent")
REFUSED = LawfulBasis(name=None)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an empty store."""
    made = opened(tmp_path / "kindline.db")
    yield made
    made.dispose()


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


def read(engine: Engine, *chunk: Conversation, now: datetime) -> list[tuple[str, str | None]]:
    """Read as a run does: find the copies, analyse and keep the rest."""
    with engine.connect() as connection:
        placed = Seen(declared=None).distinct(connection, chunk, now=now)
    rules = profile()
    fresh = [one for one, twin in placed if twin is None]
    done = [(one, analyse(one, rules, declared=None, now=now)) for one in fresh]
    with engine.begin() as connection:
        save(connection, done, now=now)
    return [(one.id, twin) for one, twin in placed]


def kept(engine: Engine) -> dict[str, str]:
    """Return the status of what is stored, by id."""
    with engine.connect() as connection:
        return {one.analysis["conversation_id"]: one.analysis["status"] for one in load(connection)}


@pytest.mark.parametrize("is_one_run", [True, False])
def test_a_contact_told_by_two_products_is_one(
    engine: Engine, now: datetime, is_one_run: bool
) -> None:
    """In one run or in two, and the first to be read counts."""
    first = contact("first")
    second = as_another_product_tells_it(first, "second")
    if is_one_run:
        told = read(engine, first, second, now=now)
    else:
        told = read(engine, first, now=now) + read(engine, second, now=now)
    assert told == [("first", None), ("second", "first")]
    assert kept(engine) == {"first": "analysed"}


def test_the_same_words_at_another_time_are_another_contact(engine: Engine, now: datetime) -> None:
    """A recorded message says the same to everybody; its start tells the contacts apart."""
    first = replace(contact("first"), started_at=now)
    later = replace(contact("later"), started_at=now + timedelta(hours=1))
    close = replace(contact("close"), started_at=now + timedelta(seconds=20))
    told = read(engine, first, now=now) + read(engine, later, close, now=now)
    assert told == [("first", None), ("later", None), ("close", "first")]


def test_few_words_tell_no_contacts_apart(engine: Engine, now: datetime) -> None:
    """Two people may well say the same in a line or two."""
    told = read(engine, contact("one", n_turns=2), contact("other", n_turns=2), now=now)
    assert [twin for _, twin in told] == [None, None]


def test_a_copy_that_refuses_takes_what_was_found_away(engine: Engine, now: datetime) -> None:
    """The customer refused somewhere; which product noted it is no matter."""
    read(engine, contact("first"), now=now)
    read(engine, contact("second", basis=REFUSED), now=now)
    assert kept(engine) == {"first": "denied"}
    assert read(engine, contact("third"), now=now) == [("third", "first")]


@pytest.mark.parametrize("is_one_run", [True, False])
def test_a_contact_without_a_basis_waits_for_the_copy_that_has_one(
    engine: Engine, now: datetime, is_one_run: bool
) -> None:
    """No basis is no refusal."""
    first, second = contact("first", basis=None), contact("second")
    if is_one_run:
        told = read(engine, first, second, now=now)
    else:
        told = read(engine, first, now=now) + read(engine, second, now=now)
    assert told == [("first", None), ("second", None)]
    assert kept(engine) == {"first": "denied", "second": "analysed"}


def test_a_refusal_is_heard_before_anything_of_the_run_is_read(
    engine: Engine, now: datetime
) -> None:
    """Whether it stands first or last, under the same id or another, however short."""
    told = read(engine, contact("one"), contact("two", basis=REFUSED), now=now)
    assert told == [("one", "two"), ("two", None)]
    short = contact("three", n_turns=1)
    told = read(engine, replace(short, lawful_basis=REFUSED), short, now=now)
    assert told == [("three", None), ("three", "three")]
    assert kept(engine) == {"two": "denied", "three": "denied"}
