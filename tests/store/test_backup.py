"""A backup brings everything back but what was erased since, and opens to nobody without keys."""

from datetime import datetime, timedelta
from pathlib import Path
import zipfile

import pytest
from sqlalchemy import select

from kindline.errors import KeyringError, StoreError
from kindline.store import keyring
from kindline.store.backup import KEYS_FILE, back_up
from kindline.store.checks import health
from kindline.store.database import Store
from kindline.store.erasure import erase_conversation, erase_customer, receipts, settle
from kindline.store.restoring import restore
from kindline.store.retention import forget
from kindline.store.rotation import finish, rotate
from kindline.store.tables import KEYS
from tests.store.kept import conversation, keep, texts


def test_what_is_restored_is_what_was_backed_up(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """From either engine into either engine, words and all, and it can be written on."""
    told = {f"c{n}": f"Call number {n} about my invoice" for n in range(3)}
    for identity, text in told.items():
        keep(store, conversation(text, id=identity, customer_id="C-1"), now)
    path, manifest = back_up(store, tmp_path / "backups", now=now)
    assert manifest.n_rows["conversations"] == 3
    restored = restore(empty, path)
    assert (restored.n_rows["conversations"], restored.n_gone) == (3, 0)
    assert texts(empty) == {identity: [text] for identity, text in told.items()}
    keep(empty, conversation("one more", id="new"), now)
    assert len(texts(empty)) == 4
    assert health(empty).problems == ()


def test_what_was_erased_does_not_come_back(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """A backup made before an erasure holds the words and opens them to nobody."""
    keep(store, conversation("stays", id="one"), now)
    keep(store, conversation("goes xylophone", id="two"), now)
    path, _ = back_up(store, tmp_path / "backups", now=now)
    with store.begin() as tenancy:
        receipt = erase_conversation(tenancy, "two", asked_by="dpo", now=now)
    assert receipt.told["backups"] == "pending"
    (settled,) = settle(store)
    assert list(settled.told["backups"].values()) == ["keys destroyed"]
    restored = restore(empty, path)
    assert (restored.n_rows["conversations"], restored.n_gone) == (1, 1)
    assert texts(empty) == {"one": ["stays"]}


def test_a_backup_holds_nothing_in_the_clear(store: Store, tmp_path: Path, now: datetime) -> None:
    """Neither words nor ids nor pseudonyms, in the backup or in the keys beside it."""
    names = {"id": "conversation-77", "customer_id": "customer-88"}  # too long to be met by chance
    keep(store, conversation("xylophone", **names), now)
    path, _ = back_up(store, tmp_path / "backups", now=now)
    with zipfile.ZipFile(path) as archive:
        raw = b"".join(archive.read(name) for name in archive.namelist())
    raw += path.with_name(KEYS_FILE).read_bytes()
    for word in ("xylophone", *names.values(), "companionship", "not_assessed"):
        assert word.encode() not in raw
        assert word.encode().hex().encode() not in raw


def test_words_that_were_forgotten_are_gone_from_the_next_backup_on(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """Retention destroys keys too: after the next backup the older one does not open them."""
    keep(store, conversation("short-lived", id="one"), now)
    first, _ = back_up(store, tmp_path / "backups", now=now)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=2))
    back_up(store, tmp_path / "backups", now=now + timedelta(days=2))
    restored = restore(empty, first)
    assert (restored.n_rows["conversations"], restored.n_gone) == (0, 1)


def test_an_erasure_leaves_the_last_backup_whole_otherwise(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """What was merely forgotten since the last backup comes back from it, to be forgotten again."""
    keep(store, conversation("short-lived", id="one"), now)
    keep(store, conversation("erased", id="two"), now)
    path, _ = back_up(store, tmp_path / "backups", now=now)
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=2))
        erase_conversation(tenancy, "two", asked_by="dpo", now=now)
    settle(store)
    assert restore(empty, path).n_gone == 1
    assert texts(empty) == {"one": ["short-lived"]}


def test_a_database_in_use_is_not_restored_into(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    """Nothing is mixed into what is there."""
    path, _ = back_up(store, tmp_path / "backups", now=now)
    with pytest.raises(StoreError, match="expected an empty one"):
        restore(store, path)


def test_a_file_that_is_no_backup_and_a_backup_without_keys_say_so(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """The message names the file and what is needed."""
    path, _ = back_up(store, tmp_path / "backups", now=now)
    path.with_name(KEYS_FILE).unlink()
    with pytest.raises(KeyringError, match="file of keys beside"):
        restore(empty, path)
    path.write_bytes(b"no zip")
    (tmp_path / "backups" / KEYS_FILE).write_text("")
    with pytest.raises(StoreError, match="kindline db backup"):
        restore(empty, path)


def test_erasing_a_customer_takes_all_of_theirs_and_no_more(store: Store, now: datetime) -> None:
    """By the pseudonym, in one tenant; the receipt counts and names nobody."""
    for identity, customer in (("one", "C-1"), ("two", "C-1"), ("three", "C-2")):
        keep(store, conversation(identity, id=identity, customer_id=customer), now)
    other = store.of("other")
    keep(other, conversation("other", id="four", customer_id="C-1"), now)
    with store.begin() as tenancy:
        receipt = erase_customer(tenancy, "C-1", asked_by="dpo", now=now)
    assert receipt.told["n_conversations"] == 2
    assert (texts(store), texts(other)) == ({"three": ["three"]}, {"four": ["other"]})
    settle(store)
    with store.read() as tenancy:
        (kept,) = receipts(tenancy)
    assert kept.told["backups"] == {}
    assert "C-1" not in repr(kept)


def test_a_new_key_opens_what_old_ones_sealed(
    store: Store, empty: Store, tmp_path: Path, now: datetime
) -> None:
    """Also while a worker that knows only the old key goes on, and in backups made before."""
    keep(store, conversation("before", id="one"), now)
    path, _ = back_up(store, tmp_path / "backups", now=now)
    fresh, n_wrapped = rotate(store)
    assert n_wrapped == 2  # the conversation's and the backup's
    assert texts(store) == {"one": ["before"]}  # this worker reads the file again
    keep(store, conversation("meanwhile", id="two"), now)
    assert finish(store) == 1
    held = keyring.read(Path(store.keyring.where))
    assert list(held.keys) == [fresh.current]
    with store.read() as tenancy:
        assert set(tenancy.connection.scalars(select(KEYS.c.key_id))) == {fresh.current}
    restored = restore(Store(engine=empty.engine, keyring=held), path)
    assert restored.n_rows["conversations"] == 1


def test_old_keys_are_not_dropped_while_backups_are_out_of_reach(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    """Their keys are wrapped by the old one: without it those backups would be lost."""
    back_up(store, tmp_path / "backups", now=now)
    (tmp_path / "backups").rename(tmp_path / "elsewhere")
    rotate(store)
    with pytest.raises(KeyringError, match="out of reach"):
        finish(store)
    assert len(keyring.read(Path(store.keyring.where)).keys) == 2


def test_a_check_finds_what_does_not_open_and_what_has_no_key(store: Store, now: datetime) -> None:
    """Damage is told by row number; no word and no id of anybody is in it."""
    for identity in ("id-one", "id-two"):
        keep(store, conversation("xylophone", id=identity), now)
    with store.begin() as tenancy:
        tenancy.connection.execute(KEYS.delete().where(KEYS.c.conversation_id == "id-one"))
        broken = KEYS.update().where(KEYS.c.conversation_id == "id-two").values(wrapped=b"x" * 60)
        tenancy.connection.execute(broken)
    found = health(store)
    assert (found.n_conversations, len(found.problems)) == (0, 2)
    assert any("does not open" in told for told in found.problems)
    assert any("1 conversations without a key" in told for told in found.problems)
    assert not any("id-" in told or "xylophone" in told for told in found.problems)
