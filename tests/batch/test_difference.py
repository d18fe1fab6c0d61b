"""Two batches side by side: a label that was flipped is found, and nothing else is."""

from functools import partial
import json
from pathlib import Path
import shutil

import pyarrow as pa
import pyarrow.parquet as pq

from kindline.batch import pool
from kindline.batch.difference import difference
from kindline.batch.folder import Folder
from kindline.batch.run import run
from tests.batch.inputs import filled, job
from tests.commands.test_commands import run as command

FLIPPED = {"present": "absent", "absent": "present", "unsure": "present", "not_assessed": "absent"}


def made(tmp_path: Path) -> Path:
    """Return a batch of twelve conversations in each of two languages."""
    out = tmp_path / "before"
    source = filled(tmp_path / "in", 12, ("en", "nl"))
    run(job(source, out), partial(pool.done, n_workers=1))
    return out


def later(before: Path, n_flipped: int) -> Path:
    """Return another version of a batch: the first Dutch ones flipped, weights of another name."""
    after = before.with_name("after")
    shutil.copytree(before, after)
    (file,) = (after / "analyses").iterdir()
    rows, n_left = pq.read_table(file), n_flipped
    told = rows.to_pylist()
    for row in told:
        if row["language"] == "nl" and n_left:
            row["companionship"], n_left = FLIPPED[row["companionship"]], n_left - 1
    pq.write_table(pa.Table.from_pylist(told[1:], schema=rows.schema), file)
    manifest = json.loads((after / "manifest.json").read_text("utf-8"))
    manifest["versions"]["nl"]["weights"] = "later"
    (after / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return after


def test_what_flipped_is_told_by_language(tmp_path: Path) -> None:
    """Five planted flips are five, in their language, with an interval; the rest is as it was."""
    before = made(tmp_path)
    found = difference(Folder(address=str(before)), Folder(address=str(later(before, 5))))
    assert {(one.language, one.label) for one in found.flips} == {("nl", "companionship")}
    assert sum(one.n for one in found.flips) == 5
    flipped = found.flipped("nl", "companionship")
    assert flipped.value is not None
    assert flipped.low is not None
    assert flipped.high is not None
    assert flipped.low < 5 / 12 == flipped.value < flipped.high
    assert found.flipped("nl", "support").value == 0
    assert (found.n_only_before, found.n_only_after) == (1, 0)
    assert set(found.versions) == {"nl"}
    assert found.versions["nl"][1] == {"weights": "later"}


def test_the_command_tells_it(tmp_path: Path) -> None:
    """As a page of the terminal and as data."""
    before = made(tmp_path)
    after = later(before, 2)
    told = command("compare", before, after, home=tmp_path)
    assert "2 labels flipped; 23 in both" in told.stderr
    assert "companionship" in told.stdout
    data = json.loads(command("compare", before, after, "--json", home=tmp_path).stdout)
    assert sum(one["n"] for one in data["flips"]) == 2
    same = command("compare", before, before, home=tmp_path)
    assert "0 labels flipped; 24 in both" in same.stderr
