"""A file handed in on the page is taken in by a worker, and lies nowhere afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

import pytest

from kindline.config import Settings
from kindline.store.conversations import load_one, load_rejected
from kindline.store.jobs import jobs
from kindline.store.uploads import sweep
from kindline.work.chores import EVERY_HOUR, chores, plan
from kindline.work.worker import Worker
from tests.web.conftest import OURS, WORD, House

CALL = {
    "id": "handed-in",
    "language": "en",
    "turns": [{"party": "customer", "text": f"My {WORD} came broken, I want my money back."}],
}


@pytest.fixture
def worker(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Return a worker on the house's store, with its clock."""
    monkeypatch.setenv("KINDLINE_HOME", str(tmp_path))
    monkeypatch.setenv("KINDLINE_POLICY", "eu-consented")
    told: list[tuple[str, Mapping[str, Any]]] = []
    return Worker(
        store=house.store,
        chores=chores(Settings(), house.clock),
        plan=plan,
        clock=house.clock,
        report=lambda event, more: told.append((event, more)),
    )


def hand_in(house: House, raw: bytes, basis: str = "consent") -> int:
    """Hand a file in as the analyst; return the status of the answer."""
    files = {"files": ("calls +31612345678.jsonl", raw)}
    return house.as_role("analyst").post("/imports", {"basis": basis}, files=files).status_code


def states(house: House) -> list[tuple[str, Mapping[str, Any]]]:
    """Return state and progress of the files handed in."""
    with house.store.read() as tenancy:
        return [(one.state, one.progress) for one in jobs(tenancy, kind="take_in")]


def test_a_file_is_taken_in_and_counted(house: House, worker: Worker, tmp_path: Path) -> None:
    """Count in is count out; until then it lies sealed, name and all, and then not at all."""
    lines = [CALL, {**CALL, "id": "no"}, {"id": "broken"}]
    raw = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert hand_in(house, raw) == 303
    kept = list((tmp_path / "uploads").iterdir())
    assert len(kept) == 1
    for part in (kept[0].name.encode(), kept[0].read_bytes()):
        assert WORD.encode() not in part
        assert b"31612345678" not in part
    while worker.step():
        pass
    ((state, progress),) = states(house)
    assert state == "done"
    assert progress["n_read"] == 3
    parts = ("n_analysed", "n_denied", "n_rejected", "n_known", "n_duplicates", "n_joined")
    assert sum(progress[name] for name in parts) == 3
    assert progress["n_rejected"] == 1
    assert not list((tmp_path / "uploads").iterdir())
    with house.store.read() as tenancy:
        assert load_one(tenancy, "handed-in") is not None
    assert house.as_role("analyst").get("/conversations/handed-in").status_code == 200


def test_the_name_of_a_file_is_shown_and_kept_nowhere(house: House, worker: Worker) -> None:
    """It may hold a caller's number: also where a record of it was rejected."""
    hand_in(house, b'{"id": "broken"}')
    while worker.step():
        pass
    page = house.as_role("analyst").get("/status").text
    assert "upload-" in page
    assert "31612345678" not in page
    with house.store.read() as tenancy:
        assert "31612345678" not in repr(load_rejected(tenancy))


def test_what_a_killed_worker_left_unpacked_is_swept(tmp_path: Path) -> None:
    """Words lie in no folder longer than a file takes; what is at work is left alone."""
    folder = tmp_path / "uploads" / "left"
    folder.mkdir(parents=True)
    (folder / "calls.jsonl").write_text(WORD)
    now = datetime.now(UTC)
    sweep(tmp_path, now=now)
    assert folder.exists()
    sweep(tmp_path, now=now + timedelta(hours=7))
    assert not folder.exists()


def test_without_a_basis_it_is_counted_and_not_read(house: House, worker: Worker) -> None:
    """What the form says of the basis is what holds."""
    hand_in(house, json.dumps(CALL).encode(), basis="")
    while worker.step():
        pass
    ((_, progress),) = states(house)
    assert (progress["n_denied"], progress["n_analysed"]) == (1, 0)


def test_an_upload_that_is_gone_is_tried_again_and_put_aside(
    house: House, worker: Worker, tmp_path: Path
) -> None:
    """A person is told and may try again; nothing of the file is in what they are told."""
    hand_in(house, json.dumps(CALL).encode())
    (kept,) = (tmp_path / "uploads").iterdir()
    kept.rename(tmp_path / "aside")
    for _ in range(10):
        worker.step()
        house.clock.moved += house.clock.moved or timedelta(minutes=6)
    ((state, _),) = states(house)
    assert state == "dead"
    browser = house.as_role("analyst")
    assert "put aside" in browser.get("/imports").text
    (tmp_path / "aside").rename(kept)
    with house.store.read() as tenancy:
        job_id = jobs(tenancy, kind="take_in")[0].job_id
    browser.post(f"/imports/{job_id}/retry")
    while worker.step():
        pass
    assert states(house)[0][0] == "done"


def test_an_unknown_basis_and_no_file_are_told(house: House) -> None:
    """The form says what is wrong."""
    assert hand_in(house, b"x", basis="because") == 422
    answer = house.as_role("analyst").post("/imports", {}, files={"files": ("", b"")})
    assert answer.status_code == 422


def test_what_is_due_every_hour_is_put_in_once(house: House, worker: Worker) -> None:
    """For each tenant, and its index; and old sessions, words and receipts are seen to."""
    for _ in range(3):
        worker.plan(house.store, house.clock())
    n_done = 0
    while worker.step():
        n_done += 1
    assert n_done == 2 * (len(EVERY_HOUR) + 1)
    house.clock.moved = timedelta(days=200)
    worker.plan(house.store, house.clock())
    while worker.step():
        pass
    with house.store.read() as tenancy:
        kept = load_one(tenancy, f"{OURS}-mine")
    assert kept is not None
    assert kept.turns is None


def test_progress_is_told_until_it_is_over(house: House, worker: Worker) -> None:
    """Each change once, and an end: nobody is told for ever."""
    assert hand_in(house, b'{"id": "x"}') == 303
    while worker.step():
        pass
    told = house.as_role("analyst").get("/imports/progress")
    assert told.headers["content-type"].startswith("text/event-stream")
    events = told.text.strip().split("\n\n")
    assert len(events) == 2
    assert "taken in" in json.loads(events[0].removeprefix("data: "))
    assert events[1] == "event: over\ndata: -"
