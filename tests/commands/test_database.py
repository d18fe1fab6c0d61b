"""The database as a person keeps it: on either engine, backed up, erased from, given a new key."""

from collections.abc import Iterator
import json
from pathlib import Path

import pytest

from tests.commands.test_commands import SAID, run, write
from tests.conftest import schema

WORD = "xylophone"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Return the settings that name a database."""
    if request.param == "sqlite":
        yield {}
        return
    with schema() as url:
        yield {"KINDLINE_DATABASE_URL": url}


def calls(folder: Path, *customers: str) -> Path:
    """Write a call of each customer, with a word that no program says by itself."""
    turns = [{"party": "customer", "text": f"My {WORD} came broken, I want my money back."}]
    return write(
        folder / "calls.jsonl",
        [
            {**SAID, "id": f"call-{n}", "turns": turns, "customer_id": name}
            | {"lawful_basis": "consent"}
            for n, name in enumerate(customers)
        ],
    )


def test_a_customer_is_erased_everywhere_and_heeded_afterwards(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    """Gone from the database and from the backup made before; the next call is not read."""
    file = calls(tmp_path, "C-1", "C-2", "C-1")
    assert run("analyse", file, home=tmp_path, **settings).returncode == 0
    backed = run("db", "backup", tmp_path / "backups", home=tmp_path, **settings)
    assert backed.returncode == 0, backed.stderr
    erased = run("erase", "C-1", "--objection", home=tmp_path, **settings)
    receipt = json.loads(erased.stdout)
    assert (receipt["what"], receipt["n_conversations"]) == ("customer", 2)
    assert list(receipt["backups"].values()) == ["keys destroyed"]
    exported = run("export", "jsonl", tmp_path / "left.jsonl", home=tmp_path, **settings)
    assert exported.stderr.startswith("1 conversations")
    again = run("analyse", file, home=tmp_path, **settings)
    assert "denied 2: refused" in again.stderr
    (backup,) = (tmp_path / "backups").glob("*.kindline-backup")
    other = tmp_path / "other"
    restored = run(
        *("db", "restore", backup, "--out", other),
        home=tmp_path,
        KINDLINE_KEY_FILE=str(tmp_path / "kindline.key"),
    )
    assert restored.stderr == "1 conversations restored, 2 erased since\n"


def test_a_database_is_checked_and_given_a_new_key(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    """Whole before and after, under a key that the old file did not have."""
    run("analyse", calls(tmp_path, "C-1"), home=tmp_path, **settings)
    assert run("db", "upgrade", home=tmp_path, **settings).returncode == 0
    before = json.loads((tmp_path / "kindline.key").read_text())["keys"]
    assert "1 keys wrapped" in run("db", "rotate-key", home=tmp_path, **settings).stderr
    assert run("db", "drop-old-keys", home=tmp_path, **settings).returncode == 0
    after = json.loads((tmp_path / "kindline.key").read_text())["keys"]
    assert len(after) == 1
    assert not before.keys() & after.keys()
    checked = run("db", "check", home=tmp_path, **settings)
    assert checked.returncode == 0
    assert "is whole" in checked.stderr
    assert "1 conversations opened" in checked.stderr


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    """A name that is missing, an address nobody answers at, an erasure of nothing."""
    told = run("db", "backup", home=tmp_path)
    assert (told.returncode, told.stderr) == (
        2,
        "kindline: nothing named; expected a folder after the action\n",
    )
    nowhere = "postgresql://kindline:hunter2@127.0.0.1:1/nowhere"
    told = run("db", "check", home=tmp_path, KINDLINE_DATABASE_URL=nowhere)
    assert told.returncode == 1
    assert "no answer" in told.stderr
    assert "hunter2" not in told.stderr
    told = run("erase", "nobody", home=tmp_path)
    assert told.returncode == 2
    told = run("db", "check", home=tmp_path, KINDLINE_DATABASE_URL="mysql://127.0.0.1/x")
    assert "expected sqlite:///FILE or postgresql://USER@HOST/NAME" in told.stderr


def test_no_file_of_an_installation_holds_a_word_that_was_said(tmp_path: Path) -> None:
    """Neither database nor log of it nor key file nor backup, but for what was written to read."""
    run("analyse", calls(tmp_path, "C-1"), home=tmp_path)
    run("db", "backup", tmp_path / "backups", home=tmp_path)
    (tmp_path / "calls.jsonl").unlink()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or WORD.encode() not in path.read_bytes(), path
