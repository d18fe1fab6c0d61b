"""What is kept: once, as it was, and no longer than the policy says."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
import json
from pathlib import Path
import sqlite3
from typing import Any
import zlib

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
import pytest
from sqlalchemy import RowMapping, create_engine, func, select, text

from kindline.errors import KeyringError, MalformedInputError, StoreError
from kindline.model.conversation import Turn
from kindline.policy import profile
from kindline.store import keyring
from kindline.store.conversations import (
    Stored,
    known,
    load,
    load_rejected,
    save_rejected,
    seal_of,
    sealed,
)
from kindline.store.database import Store, Tenancy, migrate, opened, prepare
from kindline.store.metadata import METADATA
from kindline.store.retention import forget
from kindline.store.sealing import stored_seal
from kindline.store.tables import CONVERSATIONS, KEYS
from tests.store.kept import conversation, keep

RULES = profile("eu-strict")


def test_what_is_loaded_is_what_was_saved(store: Store, now: datetime) -> None:
    """Analysis and words come back as they went in, also words beyond the basic plane."""
    told = keep(store, conversation("Nobody calls any more 😀"), now)
    with store.read() as tenancy:
        (stored,) = load(tenancy)
    assert stored.analysis == told
    assert stored.turns == ({"party": "customer", "text": "Nobody calls any more 😀"},)


def test_words_are_kept_under_the_role_that_was_told(store: Store, now: datetime) -> None:
    """Where the words told who is the agent, the page and the explanation show it too."""
    said = ("Goedemorgen, waarmee kan ik u helpen, meneer?", "Ik heb mijn rekening nog niet, help.")
    turns = tuple(Turn(role="unknown", speaker=text[:3], text=text) for text in said * 2)
    given = replace(conversation("x", language="nl"), turns=turns)
    keep(store, given, now)
    with store.read() as tenancy:
        (stored,) = load(tenancy)
    assert stored.turns is not None
    assert [turn["party"] for turn in stored.turns] == ["agent", "customer"] * 2


def test_saving_twice_keeps_one(store: Store, now: datetime) -> None:
    """The same conversation is one row, whatever changed in it; the last one counts."""
    keep(store, conversation("one"), now)
    told = keep(store, conversation("two"), now)
    with store.read() as tenancy:
        assert tenancy.connection.scalar(select(func.count()).select_from(CONVERSATIONS)) == 1
        (stored,) = load(tenancy)
    assert stored.analysis == told


def test_migrating_twice_changes_nothing(store: Store, now: datetime) -> None:
    """A database that is up to date stays as it is."""
    keep(store, conversation("one"), now)
    migrate(store.engine, store.keyring)
    with store.read() as tenancy:
        assert len(list(load(tenancy))) == 1


def test_denied_conversation_leaves_no_words(store: Store, now: datetime) -> None:
    """A refusal is counted: neither words nor unknown keys of it are kept."""
    keep(store, conversation("leave me out of it", objection=True, note="n"), now)
    with store.read() as tenancy:
        row = tenancy.connection.execute(select(CONVERSATIONS)).mappings().one()
    assert (row["turns"], row["carried"], row["status"]) == (None, None, "denied")


def test_agent_behaviours_go_on_their_own_day(store: Store, now: datetime) -> None:
    """What the agent did is the agent's for a week; the customer's states stay longer."""
    turns = [
        {"party": "customer", "text": "My invoice is wrong."},
        {"party": "agent", "text": "I'm sorry about that, that must be hard. I'll call you back."},
    ]
    told = keep(store, conversation("", turns=turns), now)
    assert told["agent"]["apology"]
    days = RULES.keep_days["agent_behaviours"]
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=days))
        (stored,) = load(tenancy)
        assert stored.analysis["agent"]["apology"] == told["agent"]["apology"]
        assert stored.analysis["agent"]["findings"] == []
        forget(tenancy, now=now + timedelta(days=days, seconds=1))
        (stored,) = load(tenancy)
        assert stored.analysis["agent"]["state"] == "not_assessed"
        assert stored.analysis["agent"]["apology"] == []
        assert stored.analysis["needs"]["service"]["state"] == told["needs"]["service"]["state"]


def test_what_is_forgotten_is_overwritten(tmp_path: Path) -> None:
    """A deleted word is wiped from the file, also where SQLite was built to leave it."""
    connection = sqlite3.connect(tmp_path / "kindline.db")
    connection.execute("PRAGMA secure_delete=OFF")
    prepare(connection)
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    connection.close()


def test_words_go_first_then_states(store: Store, now: datetime) -> None:
    """Findings and turns go after their days, the row after its own; nothing goes early."""
    keep(store, conversation("Nobody calls any more, I am so lonely."), now)
    words, states = RULES.keep_days["findings"], RULES.keep_days["states"]
    with store.begin() as tenancy:
        assert forget(tenancy, now=now + timedelta(days=words)) == 0
        assert forget(tenancy, now=now + timedelta(days=words, seconds=1)) == 1
        (stored,) = load(tenancy)
        assert stored.turns is None
        assert "lonely" not in str(stored.analysis)
        assert stored.analysis["needs"]["companionship"]["probability"] is not None
        assert not known(tenancy, ["a"])
        forget(tenancy, now=now + timedelta(days=states))
        assert forget(tenancy, now=now + timedelta(days=states, seconds=1)) == 1
        assert not list(load(tenancy))


def test_reasons_for_a_file_replace_its_earlier_ones(store: Store, now: datetime) -> None:
    """A mended file loses its old errors; another file keeps its own."""
    first = MalformedInputError("a", "line 1", "turns", "text", "a list")
    second = MalformedInputError("a", "line 2", "turns", "text", "a list")
    other = MalformedInputError("b", "line 1", "turns", "text", "a list")
    for errors in ([first, second], [other], [second]):
        with store.begin() as tenancy:
            save_rejected(tenancy, [(error.source, error) for error in errors], now=now)
    with store.read() as tenancy:
        kept = [(row["source"], row["record"]) for row in load_rejected(tenancy)]
    assert kept == [("a", "line 2"), ("b", "line 1")]


def only_row(store: Store) -> RowMapping:
    """Return the one stored row, sealed as it is."""
    with store.read() as tenancy:
        return tenancy.connection.execute(sealed(tenancy)).mappings().one()


def test_nothing_that_anybody_said_or_is_stands_in_the_clear(store: Store, now: datetime) -> None:
    """A row holds neither words nor quotes nor pseudonyms that can be read without the keys."""
    said = conversation("Nobody ever rings xylophone", customer_id="C-77", agent_id="A-12")
    keep(store, said, now)
    raw = repr(dict(only_row(store))).lower()
    for word in ("xylophone", "c-77", "a-12"):
        assert word not in raw


def test_what_was_moved_or_changed_does_not_open(store: Store, now: datetime) -> None:
    """Sealed bytes are bound to their column, and to being what they were."""
    keep(store, conversation("one"), now)
    row = only_row(store)
    with store.read() as tenancy:
        seal = seal_of(tenancy, row)
    changed = row["turns"][:-1] + bytes([row["turns"][-1] ^ 1])
    for raw in (row["analysis"], changed):
        with pytest.raises(StoreError, match="column turns"):
            seal.opened("turns", raw)


def test_a_key_does_not_open_another_conversation(store: Store, now: datetime) -> None:
    """A wrapped key that is put beside another conversation is refused."""
    keep(store, conversation("one"), now)
    row = only_row(store)
    with pytest.raises(KeyringError):
        stored_seal(store.keyring, store.tenant, "b", row["key_id"], row["wrapped"])


def test_another_tenant_sees_nothing(store: Store, now: datetime) -> None:
    """Rows belong to a tenant; the same id is another conversation elsewhere."""
    told = keep(store, conversation("one"), now)
    other = store.of("other")
    with other.read() as tenancy:
        assert not list(load(tenancy))
        assert not known(tenancy, ["a"])
    keep(other, conversation("two"), now)
    with store.read() as tenancy:
        assert [one.analysis for one in load(tenancy)] == [told]


def test_forgotten_words_do_not_open_in_an_older_copy(store: Store, now: datetime) -> None:
    """With the words goes the key: what a backup holds of them is lost with it."""
    keep(store, conversation("Nobody calls any more"), now)
    before = only_row(store)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=2))
        seal = seal_of(tenancy, only_row_of(tenancy))
    with pytest.raises(StoreError, match="column turns"):
        seal.opened("turns", before["turns"])


def only_row_of(tenancy: Tenancy) -> RowMapping:
    """Return the one row within a transaction."""
    return tenancy.connection.execute(sealed(tenancy)).mappings().one()


def test_equal_pseudonyms_are_equal_and_tell_nothing(store: Store) -> None:
    """What is searched by is blinded: by tenant, by kind, and so that it cannot be looked up."""
    with store.read() as tenancy, store.of("other").read() as other:
        one = tenancy.blind("customer", "C-77")
        assert one == tenancy.blind("customer", "C-77")
        told = {one, tenancy.blind("customer", "C-78"), tenancy.blind("agent", "C-77")}
        assert len(told | {other.blind("customer", "C-77")}) == 4
        assert tenancy.blind("customer", None) is None


def test_a_sealed_database_without_its_keys_says_so(tmp_path: Path, now: datetime) -> None:
    """No new key file is made for a database that another one sealed."""
    store = opened(tmp_path / "kindline.db")
    keep(store, conversation("one"), now)
    store.close()
    (tmp_path / "kindline.key").unlink()
    with pytest.raises(KeyringError, match="no file"):
        opened(tmp_path / "kindline.db")
    assert not (tmp_path / "kindline.key").exists()


def test_a_damaged_or_foreign_key_file_says_so(tmp_path: Path, now: datetime) -> None:
    """The message says which file to put right, and holds no key."""
    store = opened(tmp_path / "kindline.db")
    keep(store, conversation("one"), now)
    store.close()
    path = tmp_path / "kindline.key"
    assert path.stat().st_mode & 0o077 == 0
    secret = json.loads(path.read_text())["blinding"]
    keyring.write(keyring.made(str(path)), path)
    with opened(tmp_path / "kindline.db").read() as tenancy, pytest.raises(KeyringError):
        list(load(tenancy))
    path.write_text(f'{{"keys": {{"a": "00"}}, "blinding": "{secret}"}}')
    with pytest.raises(KeyringError, match="no key of 32 bytes") as raised:
        opened(tmp_path / "kindline.db")
    assert secret not in str(raised.value)


def test_what_an_older_version_stored_is_sealed(tmp_path: Path, now: datetime) -> None:
    """Migrating seals words that stood in the clear, and they come back as they were."""
    path = tmp_path / "kindline.db"
    store = opened(path)
    told = keep(store, conversation("Nobody rings my xylophone", customer_id="C-77"), now)
    with store.read() as tenancy:
        (stored,) = load(tenancy)
    store.close()
    path.unlink()
    as_version_4_wrote(path, stored, now)
    store = opened(path)
    with store.read() as tenancy:
        (again,) = load(tenancy)
        assert again.analysis == told
        assert again.turns == stored.turns
        assert only_row(store)["customer_key"] == tenancy.blind("customer", "C-77")
    store.close()
    assert b"xylophone" not in path.read_bytes()


def as_version_4_wrote(path: Path, stored: Stored, now: datetime) -> None:
    """Write a database as it was before tenants and seals: JSON, compressed, in the clear."""

    def packed(value: Any) -> bytes:
        return zlib.compress(json.dumps(value).encode(), 0)

    analysis = dict(stored.analysis)
    row = {
        "conversation_id": "a",
        "content_hash": "h",
        "version_key": "v",
        "status": "analysed",
        "source": "s",
        "n_turns": 1,
        **{name: analysis["needs"][name]["state"] for name in analysis["needs"]},
        "crisis": analysis["crisis"]["state"],
        "abuse": analysis["abuse"]["state"],
        "policy": "eu-strict",
        "stored_at": now.replace(tzinfo=None).isoformat(" "),
        "analysis": packed(analysis),
        "behaviours": packed(analysis["agent"]),
        "turns": packed(list(stored.turns or ())),
        "handling": packed(dict(stored.handling)),
    }
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(files("kindline.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes |= {"connection": connection, "keyring": keyring.made("none")}
        command.upgrade(config, "0004")
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO conversations ({names}) VALUES ({values})"), row)  # noqa: S608
    engine.dispose()


def test_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    """On both engines the migrated schema is the one in `tables`, column by column."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_states_outlive_whose_they_were(store: Store, now: datetime) -> None:
    """After the states' time a fact is left: nobody's, to the hour, and nothing opens it."""
    told = keep(store, conversation("My invoice is wrong.", customer_id="C-77"), now)
    sealed_before = only_row(store)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=RULES.keep_days["states"], seconds=1))
        assert not list(load(tenancy))
        assert tenancy.connection.scalar(select(func.count()).select_from(KEYS)) == 0
        row = tenancy.connection.execute(select(CONVERSATIONS)).mappings().one()
    assert row["service"] == told["needs"]["service"]["state"]
    gone = ("analysis", "turns", "handling", "customer_key", "words_key", "started_at")
    assert {row[name] for name in gone} == {None}
    assert row["conversation_id"] != sealed_before["conversation_id"]
    assert (row["happened_at"].minute, row["happened_at"].second) == (0, 0)


def test_a_keyring_shown_holds_no_key(store: Store) -> None:
    """What a debugger or a log prints of a store opens nothing."""
    shown = repr(store)
    assert store.keyring.blinding.hex() not in shown
    assert repr(store.keyring.blinding) not in shown
