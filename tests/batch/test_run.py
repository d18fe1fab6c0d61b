"""Whatever dies, each record is told of once: in the analyses, or among the rejected."""

from collections.abc import Iterator, Sequence
from functools import partial
import json
import os
from pathlib import Path
import resource
import time
from typing import Any

import pytest

from kindline.batch import pool
from kindline.batch.parts import Part
from kindline.batch.run import Engine, run
from kindline.batch.worker import N_TRIES, Job
from kindline.errors import PolicyError, UnavailableError
from tests.batch.inputs import RECIPE, filled, hashes, job, lines, serial, told_alike, written
from tests.batch.killing import children, killed_until_done, ran, started
from tests.bucket import put
from tests.commands.test_commands import run as command

HERE = Path(__file__).parent
SMALL = ("--part-mib", "1", "--workers", "2")


engine: Engine = partial(pool.done, n_workers=2)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder of twenty conversations in each of four languages."""
    return filled(tmp_path / "in", 20)


def test_batch_says_what_the_library_says(tmp_path: Path, source: Path) -> None:
    """All of a folder is analysed as one after another would be, and counted."""
    total = run(job(source, tmp_path / "out"), engine, n_bytes=20_000)
    assert str(total).startswith("80 read = 80 analysed + 0 denied + 0 rejected")
    expected = serial(sorted(source.iterdir()))
    rows = written(tmp_path / "out")
    assert {row["conversation_id"] for row in rows} == expected.keys()
    for row in rows:
        assert told_alike(json.loads(row["analysis"]), expected[row["conversation_id"]])


def test_what_is_done_is_not_done_again(tmp_path: Path, source: Path) -> None:
    """A second run touches no part; new files are done, changed ones done again, once each."""
    out = tmp_path / "out"
    run(job(source, out), engine)
    before = {path: path.stat().st_mtime_ns for path in (out / "analyses").iterdir()}
    run(job(source, out), engine)
    assert {path: path.stat().st_mtime_ns for path in (out / "analyses").iterdir()} == before
    filled(tmp_path / "more", 25, ("en",))
    (tmp_path / "more" / "en.jsonl").rename(source / "en-2.jsonl")
    assert run(job(source, out), engine).n_read == 105
    (source / "en-2.jsonl").write_text((source / "en.jsonl").read_text("utf-8"), "utf-8")
    assert run(job(source, out), engine).n_read == 100
    assert len(written(out)) == 100


def test_two_ways_of_judging_do_not_mix(tmp_path: Path, source: Path) -> None:
    """A folder judged by one policy is not gone on with by another."""
    run(job(source, tmp_path / "out"), engine)
    other = RECIPE.__class__(policy="uk", basis="consent", now=RECIPE.now)
    with pytest.raises(PolicyError, match="policy"):
        run(job(source, tmp_path / "out", other), engine)


def test_a_manifest_tells_of_what_is_there(tmp_path: Path, source: Path) -> None:
    """While changed files are done again no manifest claims that all is done."""
    out, seen = tmp_path / "out", list[bool]()

    def looking(given: Job, parts: Sequence[Part]) -> Iterator[Any]:
        seen.append((out / "manifest.json").exists())
        yield from engine(given, parts)

    run(job(source, out), engine)
    (source / "hu.jsonl").write_text((source / "nl.jsonl").read_text("utf-8"), "utf-8")
    run(job(source, out), looking)
    assert seen == [False]
    assert (out / "manifest.json").exists()


def test_nothing_to_read_and_a_target_within_are_said_so(tmp_path: Path, source: Path) -> None:
    """A mistyped folder is not an empty success; a batch does not read itself."""
    with pytest.raises(UnavailableError, match="nothing there"):
        run(job(tmp_path / "nowhere", tmp_path / "out"), engine)
    with pytest.raises(PolicyError, match="lies in what is read"):
        run(job(source, source / "out"), engine)


def test_rejected_records_lie_beside(tmp_path: Path, source: Path) -> None:
    """What cannot be read is kept with its place and reason, and counted."""
    lines = (source / "en.jsonl").read_text("utf-8").splitlines()
    lines[3] = '{"id": "x", "turns": [{"party": "customer"}]}'
    (source / "en.jsonl").write_text("\n".join(lines), "utf-8")
    (source / "empty.json").write_bytes(b"")
    total = run(job(source, tmp_path / "out"), engine)
    assert total.n_read == 81
    assert dict(total.counts) == {"analysed": 79, "denied": 0, "rejected": 2}
    files = sorted((tmp_path / "out" / "rejected").iterdir())
    told = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    places = {(Path(one["source"]).name, one["record"]) for one in told}
    assert places == {("en.jsonl", "line 4"), ("empty.json", "file")}


def test_killed_workers_and_drivers_lose_and_double_nothing(tmp_path: Path) -> None:
    """Kills at random, the same command again: byte for byte what an undisturbed run writes."""
    source = filled(tmp_path / "in", 150)
    assert ran(source, tmp_path / "calm", *SMALL, home=tmp_path)[1] == 0
    seed = int.from_bytes(os.urandom(2))
    n_workers, n_drivers = killed_until_done(
        source, tmp_path / "out", *SMALL, home=tmp_path, n_kills=5, seed=seed, every_s=1.2
    )
    assert n_workers + n_drivers > 0, seed
    assert hashes(tmp_path / "out") == hashes(tmp_path / "calm"), seed


def test_a_killed_driver_leaves_no_worker(tmp_path: Path) -> None:
    """Workers die with who started them."""
    source = filled(tmp_path / "in", 150)
    with started(source, tmp_path / "out", *SMALL, home=tmp_path) as process:
        until = time.monotonic() + 30
        while not (workers := children(process.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        assert workers
        time.sleep(0.5)
        workers = children(process.pid)
        process.kill()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_record_that_kills_is_put_aside(tmp_path: Path, source: Path) -> None:
    """One that ends its worker every time is found and rejected; all others are analysed."""
    lines = (source / "fr.jsonl").read_text("utf-8").splitlines()
    lines[7] = json.dumps(json.loads(lines[7]) | {"id": "deadly-record"})
    (source / "fr.jsonl").write_text("\n".join(lines), "utf-8")
    told, status = ran(
        source, tmp_path / "out", "--workers", "1", home=tmp_path, PYTHONPATH=str(HERE / "deadly")
    )
    assert "80 read = 79 analysed + 0 denied + 1 rejected" in told
    assert status == 1
    (file,) = (tmp_path / "out" / "rejected").iterdir()
    problem = json.loads(file.read_text("utf-8"))
    assert problem["record"] == "line 8"
    assert "ended 3 processes" in problem["found"]
    assert not list((tmp_path / "out" / "tries").iterdir())


def test_a_record_that_hangs_is_put_aside(tmp_path: Path) -> None:
    """One that never ends, and holds the interpreter, is found and rejected as one that kills."""
    given = lines(3)
    given[1] = json.dumps(json.loads(given[1]) | {"id": "hanging-record"})
    home = tmp_path / "in"
    home.mkdir()
    (home / "en.jsonl").write_text("\n".join(given), "utf-8")
    hanging = {"PYTHONPATH": str(HERE / "deadly")}
    told, _ = ran(
        home, tmp_path / "out", "--workers", "1", "--part-minutes", "0.05", home=tmp_path, **hanging
    )
    assert "3 read = 2 analysed + 0 denied + 1 rejected" in told
    (file,) = (tmp_path / "out" / "rejected").iterdir()
    assert json.loads(file.read_text("utf-8"))["record"] == "line 2"


def test_a_full_disk_leaves_parts_undone_and_says_so(tmp_path: Path, source: Path) -> None:
    """Where no more can be written nothing is half there; with room again the run goes on."""
    out = tmp_path / "out"
    batch = ("batch", source, out, "--basis", "consent")
    most = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
    told = command(*batch, home=tmp_path, before=most)
    assert told.returncode == 1
    assert "not done" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (out / "manifest.json").exists()
    assert not list(out.rglob(".*.part"))
    assert command(*batch, home=tmp_path).returncode == 0
    assert len(written(out)) == 80


def test_a_slow_store_that_fails_is_gone_on_with(tmp_path: Path, source: Path) -> None:
    """A store without an answer costs its parts alone; asked again it gets them."""
    trouble = tmp_path / "trouble"
    trouble.touch()
    target = f"slow://{tmp_path}/out"
    slow = {"PYTHONPATH": str(HERE / "slow"), "SLOW_TROUBLE": str(trouble)}
    told, status = ran(source, target, home=tmp_path, **slow)
    assert status == 1
    assert "not done: slow://" in told
    assert "Traceback" not in told
    trouble.unlink()
    told, status = ran(source, target, home=tmp_path, **slow)
    assert status == 0, told
    assert "80 read = 80 analysed" in told
    assert len(written(tmp_path / "out")) == 80


def test_buckets_are_read_and_written(tmp_path: Path, bucket: dict[str, str], source: Path) -> None:
    """From an S3-compatible store to itself, by name of the bucket."""
    for file in source.iterdir():
        put(bucket, f"2026/{file.name}", file)
    told, status = ran("s3://calls/2026", "s3://calls/out", *SMALL, home=tmp_path, **bucket)
    assert status == 0, told
    assert "80 read = 80 analysed" in told
    again, _ = ran("s3://calls/2026", "s3://calls/out", *SMALL, home=tmp_path, **bucket)
    assert "80 read = 80 analysed" in again


def test_recordings_are_listened_to(tmp_path: Path, shared: Path) -> None:
    """A real recording in the folder is heard, analysed, and hers is a part of its own."""
    folder = filled(tmp_path / "in", 3, ("en",))
    sound = shared / "data" / "vcon_samples" / "examples" / "ab_call.wav"
    (folder / "call.wav").write_bytes(sound.read_bytes())
    told = command(
        "batch", folder, tmp_path / "out", "--basis", "consent", "--language", "en", home=tmp_path
    )
    assert "4 read = 4 analysed" in told.stderr, told.stderr
    assert len(json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))) == 2


def test_an_unknown_engine_and_place_are_said_so(tmp_path: Path) -> None:
    """A name that is none and a protocol nobody opens end in a sentence."""
    told = command("batch", tmp_path, tmp_path / "o", "--engine", "spark", home=tmp_path)
    assert (told.returncode, "pool, ray" in told.stderr) == (2, True)
    told = command("batch", "xyz://a", tmp_path / "o", home=tmp_path)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr


def test_a_part_taken_apart_is_the_same_part(tmp_path: Path) -> None:
    """A part that was done in halves, as somebody killed its process, is the same to the byte."""
    source = filled(tmp_path / "in", 130)
    lines = (source / "nl.jsonl").read_text("utf-8").splitlines()
    lines[7] = json.dumps(json.loads(lines[7]) | {"id": "deadly-once"})
    (source / "nl.jsonl").write_text("\n".join(lines), "utf-8")
    run(job(source, tmp_path / "calm"), engine)
    tries, once = tmp_path / "out" / "tries", tmp_path / "once"
    tries.mkdir(parents=True)
    once.touch()
    for name in hashes(tmp_path / "calm"):
        for number in range(N_TRIES):
            (tries / f"{name}-{number}").touch()
    deadly = {"PYTHONPATH": str(HERE / "deadly"), "DEADLY_ONCE": str(once)}
    _, status = ran(source, tmp_path / "out", home=tmp_path, **deadly)
    assert (status, once.exists()) == (0, False)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "calm")
