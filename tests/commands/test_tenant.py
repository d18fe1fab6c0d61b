"""`kindline tenant`: another house, with an administrator who is let in once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kindline.cli.tenant import run
from kindline.errors import InputError
from kindline.opening import DATABASE
from kindline.store.database import opened
from kindline.store.people import users
from kindline.store.sessions import user_of_link
from kindline.store.tables import TENANTS
from tests.store.kept import conversation, keep, texts


def test_a_second_house_has_people_and_conversations_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], now: datetime
) -> None:
    """And the link lets its administrator in."""
    run("north", name="North", admin="admin@north.test", out=tmp_path)
    secret = capsys.readouterr().out.strip().rpartition("/link/")[2]
    store = opened(tmp_path / DATABASE)
    keep(store, conversation("Ours.", id="one"), now)
    with store.of("north").read() as tenancy:
        (admin,) = users(tenancy)
        assert user_of_link(tenancy.connection, secret, now=datetime.now(UTC)) == admin.user_id
        assert list(tenancy.connection.scalars(select(TENANTS.c.name))) == ["North"]
    assert (texts(store.of("north")), len(texts(store))) == ({}, 1)
    store.close()


@pytest.mark.parametrize("identity", ["", "North", "a b", "-a", "a" * 64, "../x"])
def test_an_id_is_plain(tmp_path: Path, identity: str) -> None:
    """It is a folder's name as well."""
    with pytest.raises(InputError):
        run(identity, name="x", admin="a@b.test", out=tmp_path)


def test_an_address_is_of_one_house(tmp_path: Path) -> None:
    """Nobody signs in to two."""
    run("north", name="North", admin="admin@north.test", out=tmp_path)
    with pytest.raises(InputError, match="already"):
        run("south", name="South", admin="ADMIN@north.test", out=tmp_path)
