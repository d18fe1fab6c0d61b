"""A batch that is loaded is what analysing would have stored; loading again changes nothing."""

from datetime import timedelta
from functools import partial
import json
from pathlib import Path
from typing import Any

import pytest

from kindline.batch import pool
from kindline.batch.folder import Folder
from kindline.batch.loading import Load, Loaded
from kindline.batch.run import run
from kindline.errors import InputError, PolicyError
from kindline.pipeline import Run
from kindline.store.cases import cases
from kindline.store.conversations import load, load_rejected
from kindline.store.database import Store, opened
from kindline.store.erasure import object_to
from tests.batch.inputs import NOW, RECIPE, filled, job, lines


def batch(folder: Path) -> Folder:
    """Analyse a folder by a batch, and return what it wrote."""
    out = folder.parent / "out"
    run(job(folder, out), partial(pool.done, n_workers=1))
    return Folder(address=str(out))


def loaded(store: Store, target: Folder) -> Loaded:
    """Load a batch, and return what it came to."""
    one = Load(store=store, target=target, now=NOW)
    for _ in one.parts():
        pass
    return one.told


def held(store: Store) -> list[Any]:
    """Return all that a store tells of its conversations but when it was put there."""
    with store.read() as tenancy:
        return [
            (one.analysis, one.turns, one.started_at, one.queue, one.handling, one.carried)
            for one in load(tenancy)
        ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return 300 conversations, as many as COPY is used for, and one record that is none."""
    made = filled(tmp_path / "in", 75)
    (made / "en.jsonl").write_text("\n".join((*lines(75), '{"id": "bad", "turns": 1}')), "utf-8")
    return made


def test_loading_is_analysing(store: Store, tmp_path: Path, folder: Path) -> None:
    """The same rows, sealed and in the clear, come of both ways; twice changes nothing."""
    target = batch(folder)
    told = loaded(store, target)
    assert dict(told.became) == {"analysed": 300, "rejected": 1}
    other = opened(tmp_path / "other" / "kindline.db")
    files = [(path, path.as_posix()) for path in sorted(folder.iterdir())]
    analysing = Run(store=other, judges=RECIPE.judges(), now=NOW)
    assert len(list(analysing.analyses(files))) == 300
    assert held(store) == held(other)
    with store.read() as tenancy, other.read() as beside:
        (rejected,), (same,) = load_rejected(tenancy), load_rejected(beside)
    assert (rejected["field"], rejected["record"]) == (same["field"], "line 76")
    before = held(store)
    assert dict(loaded(store, target).became) == {"stored before": 300, "rejected": 1}
    assert held(store) == before
    other.close()


def test_a_batch_that_is_taken_away_leaves_what_is_not_its_own(store: Store, folder: Path) -> None:
    """Words, markers and plan are gone; a file that somebody put beside them is there."""
    target = batch(folder)
    out = Path(target.address)
    (out / "read-me.txt").write_text("mine", "utf-8")
    one = Load(store=store, target=target, now=NOW)
    assert list(one.parts())
    one.remove()
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["read-me.txt"]
    assert len(held(store)) == 300


def test_objections_and_copies_are_heeded(store: Store, tmp_path: Path) -> None:
    """Who objects is denied, words and all; the same contact under two ids counts once."""
    said = [json.loads(line) for line in lines(6)]
    said[0]["customer_id"] = "c-objecting"
    said.append(said[1] | {"id": "copy-of-1"})
    home = tmp_path / "in"
    home.mkdir()
    (home / "a.jsonl").write_text("\n".join(map(json.dumps, said)), "utf-8")
    with store.begin() as tenancy:
        object_to(tenancy, "c-objecting", now=NOW)
    told = loaded(store, batch(home))
    assert dict(told.became) == {"analysed": 5, "denied": 1, "duplicates": 1}
    with store.read() as tenancy:
        (denied,) = [one for one in load(tenancy) if one.analysis["status"] == "denied"]
    assert denied.turns is None
    assert denied.analysis["conversation_id"] == said[0]["id"]


PLAIN = "the washing machine stopped again and the water is still in it so what do i do " * 4
NAMED = f"Good morning, my name is Margaret Whitfield and my number is 020 7946 0018. {PLAIN}"


def told_twice(folder: Path, words: str, other: str, *, refuses_first: bool) -> Path:
    """Return a folder in which one contact is told twice and refused once."""
    turns = [{"party": "customer", "text": words}]
    said = {"id": "same", "language": "en", "lawful_basis": "consent", "turns": turns}
    refusing = said | {"id": other, "lawful_basis": "denied"}
    folder.mkdir()
    for name, one in zip("ab" if refuses_first else "ba", (refusing, said), strict=True):
        (folder / f"{name}.jsonl").write_text(json.dumps(one), "utf-8")
    return folder


@pytest.mark.parametrize("words", [PLAIN, NAMED])
@pytest.mark.parametrize("other", ["another", "same"])
@pytest.mark.parametrize("refuses_first", [True, False])
def test_a_refusal_in_a_copy_holds_for_all(
    store: Store, tmp_path: Path, words: str, other: str, *, refuses_first: bool
) -> None:
    """Under its id or another, in any order, whatever is blotted out: no word is stored."""
    home = told_twice(tmp_path / "in", words, other, refuses_first=refuses_first)
    loaded(store, batch(home))
    assert held(store)
    assert [kept for _, kept, *_ in held(store) if kept is not None] == []


@pytest.mark.parametrize("words", [PLAIN, NAMED])
@pytest.mark.parametrize("refuses_first", [True, False])
def test_a_refusal_in_a_copy_holds_where_files_are_analysed(
    store: Store, tmp_path: Path, words: str, *, refuses_first: bool
) -> None:
    """Two runs, one a file, so that only the store knows of the first."""
    home = told_twice(tmp_path / "in", words, "another", refuses_first=refuses_first)
    for path in sorted(home.iterdir()):
        list(Run(store=store, judges=RECIPE.judges(), now=NOW).analyses([(path, path.name)]))
    assert held(store)
    assert [kept for _, kept, *_ in held(store) if kept is not None] == []


def test_cues_of_today_open_cases_and_old_ones_do_not(store: Store, tmp_path: Path) -> None:
    """A case for each recent cue; those of history are counted and left."""
    words = "I do not want to live any more, I just want to die."
    home = tmp_path / "in"
    home.mkdir()
    days = {"new": 1, "old": 40}
    said = [
        {
            "id": name,
            "language": "en",
            "started_at": (NOW - timedelta(days=n)).isoformat(),
            "turns": [{"party": "customer", "text": words}],
        }
        for name, n in days.items()
    ]
    (home / "a.jsonl").write_text("\n".join(map(json.dumps, said)), "utf-8")
    told = loaded(store, batch(home))
    assert told.n_old_cues == 1
    with store.read() as tenancy:
        assert [one.conversation_id for one in cases(tenancy)] == ["new"]


def test_bytes_that_were_changed_are_refused(tmp_path: Path) -> None:
    """A file that is not what its marker says stops the load, and names itself."""
    home = filled(tmp_path / "in", 2, ("en",))
    target, store = batch(home), opened(tmp_path / "kindline.db")
    (file,) = (tmp_path / "out" / "analyses").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(InputError, match="the bytes that the batch wrote"):
        loaded(store, target)
    assert held(store) == []
    store.close()


def test_an_unfinished_batch_is_not_loaded(tmp_path: Path) -> None:
    """Without its manifest a folder is no batch."""
    store = opened(tmp_path / "kindline.db")
    with pytest.raises(PolicyError, match="finished"):
        Load(store=store, target=Folder(address=str(tmp_path)), now=NOW)
    store.close()
