"""The index of words: it holds what can be searched, and nothing of what is gone."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest
from sqlalchemy import select

from kindline.errors import ModelError
from kindline.store import postings
from kindline.store.backup import back_up
from kindline.store.database import Store, opened
from kindline.store.erasure import erase_conversation, erase_customer, settle
from kindline.store.postings import index, is_behind, numbers_with
from kindline.store.restoring import restore
from kindline.store.retention import forget
from kindline.store.tables import CONVERSATIONS, POSTINGS
from kindline.text.terms import sought
from tests.store.kept import conversation, keep


def find(store: Store, query: str) -> set[str]:
    """Return the ids of the conversations that the index names for a query."""
    with store.read() as tenancy:
        numbers = numbers_with(tenancy, sought(query).terms)
        named = select(CONVERSATIONS.c.conversation_id).where(
            CONVERSATIONS.c.tenant_id == tenancy.tenant,
            CONVERSATIONS.c.number.in_(numbers.tolist()),
        )
        return set(tenancy.connection.scalars(named))


def index_all(store: Store) -> None:
    """Take everything into the index."""
    with store.begin() as tenancy:
        while index(tenancy, n_most=2):
            pass


def n_postings(store: Store) -> int:
    """Return how many rows the index has."""
    with store.read() as tenancy:
        return len(tenancy.connection.execute(select(POSTINGS.c.chunk)).all())


@pytest.fixture
def kept(store: Store, now: datetime) -> Store:
    """Return a store with three conversations that can be searched."""
    for identity, text in (
        ("one", "The boiler drips on the carpet."),
        ("two", "My boilers are cold, and so is the carpet."),
        ("three", "An invoice nobody can read."),
    ):
        keep(store, conversation(text, id=identity, customer_id=f"C-{identity}"), now)
    index_all(store)
    return store


def test_the_index_names_who_holds_every_word(kept: Store) -> None:
    """In any form; words that stand nowhere together name nobody."""
    assert find(kept, "boiler") == {"one", "two"}
    assert find(kept, "boiler cold") == {"two"}
    assert find(kept, "boiler invoice") == set()
    assert find(kept, "zebra") == set()


def test_another_tenants_words_are_not_there(kept: Store, now: datetime) -> None:
    """Neither found nor told by what stands for them."""
    other = kept.of("other")
    keep(other, conversation("The boiler sings.", id="theirs"), now)
    index_all(other)
    assert find(other, "boiler") == {"theirs"}
    assert find(kept, "boiler") == {"one", "two"}
    with kept.read() as tenancy:
        words = select(POSTINGS.c.word_key, POSTINGS.c.tenant_id)
        keys = {"own": set[int](), "other": set[int]()}
        for key, tenant in tenancy.connection.execute(words):
            keys[tenant].add(key)
    assert keys["own"].isdisjoint(keys["other"])


def test_what_is_erased_leaves_no_trace(kept: Store, now: datetime) -> None:
    """A conversation, then a customer, then all: the index is empty."""
    with kept.begin() as tenancy:
        receipt = erase_conversation(tenancy, "two", asked_by="dpo", now=now)
    assert receipt.told["search"] == "taken out of the index of words"
    assert (find(kept, "boiler"), find(kept, "cold")) == ({"one"}, set())
    for customer in ("C-one", "C-three"):
        with kept.begin() as tenancy:
            erase_customer(tenancy, customer, asked_by="dpo", now=now)
    assert n_postings(kept) == 0


def test_what_is_forgotten_leaves_no_trace(kept: Store, now: datetime) -> None:
    """When the words' time is over they can be searched no more."""
    with kept.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=2))
    assert n_postings(kept) == 0
    index_all(kept)
    assert (find(kept, "boiler"), n_postings(kept)) == (set(), 0)


def test_words_that_are_replaced_are_searched_as_they_are_now(kept: Store, now: datetime) -> None:
    """The old ones name nobody at once, the new ones as soon as they are indexed."""
    keep(kept, conversation("The radiator drips.", id="one"), now)
    assert find(kept, "carpet") == {"two"}
    with kept.read() as tenancy:
        assert is_behind(tenancy)
    index_all(kept)
    assert (find(kept, "radiator"), find(kept, "boiler")) == ({"one"}, {"two"})


def test_the_same_words_stay_searchable(kept: Store, now: datetime) -> None:
    """Judging them again, under another policy, is no reason to index them again."""
    keep(kept, conversation("The boiler drips on the carpet.", id="one"), now, "eu-consented")
    with kept.read() as tenancy:
        assert not is_behind(tenancy)
    assert find(kept, "drips") == {"one"}


def test_no_backup_has_an_index_and_a_restored_store_makes_it_again(
    kept: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """It is rebuilt from what the words' keys still open."""
    path, manifest = back_up(kept, tmp_path / "backups", now=now)
    assert "postings" not in manifest.n_rows
    with kept.begin() as tenancy:
        erase_conversation(tenancy, "two", asked_by="dpo", now=now)
    settle(kept)
    restore(empty, path)
    assert find(empty, "boiler") == set()
    index_all(empty)
    assert find(empty, "boiler") == {"one"}


def test_who_has_no_index_library_erases_all_the_same(
    kept: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is thrown away, and made again by who has it."""

    def missing(name: str, extra: str) -> None:
        raise ModelError(name, expected=f"kindline[{extra}]", found="not installed")

    with monkeypatch.context() as patched:
        patched.setattr(postings, "library", missing)
        with kept.begin() as tenancy:
            erase_conversation(tenancy, "two", asked_by="dpo", now=now)
    assert n_postings(kept) == 0
    index_all(kept)
    assert find(kept, "boiler") == {"one"}


def test_a_full_chunk_is_followed_by_another(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers beyond a bitmap's reach lie in the next; a search reads both."""
    monkeypatch.setattr(postings, "_BITS", 1)
    for number in range(5):
        keep(store, conversation(f"The boiler number {number}.", id=f"n{number}"), now)
    index_all(store)
    assert find(store, "boiler") == {f"n{number}" for number in range(5)}
    with store.begin() as tenancy:
        erase_conversation(tenancy, "n3", asked_by="dpo", now=now)
    assert find(store, "boiler") == {"n0", "n1", "n2", "n4"}


WORDS = ("boiler", "carpet", "invoice", "tram", "letter")


@settings(max_examples=15, deadline=None)
@given(
    said=st.lists(st.sets(st.sampled_from(WORDS), min_size=1), min_size=1, max_size=6),
    data=st.data(),
)
def test_the_index_says_what_reading_all_would(
    said: list[set[str]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was kept and erased, a search of one word names those that hold it."""
    now = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
    store = opened(tmp_path_factory.mktemp("laws") / "kindline.db")
    for number, words in enumerate(said):
        keep(store, conversation(" ".join(sorted(words)), id=str(number)), now)
    index_all(store)
    gone = data.draw(st.sets(st.sampled_from(range(len(said)))))
    for number in gone:
        with store.begin() as tenancy:
            erase_conversation(tenancy, str(number), asked_by="dpo", now=now)
    for word in WORDS:
        expected = {str(n) for n, words in enumerate(said) if word in words and n not in gone}
        assert find(store, word) == expected
    store.close()
