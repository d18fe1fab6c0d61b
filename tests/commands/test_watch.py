"""Files that arrive in a folder, a bucket or on an SFTP server are taken once, when whole."""

import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

from tests.bucket import put
from tests.commands.test_commands import ROOT, SAID, run, write

PYTHON = (sys.executable, "-W", "ignore")
PASSWORD = {"FSSPEC_SFTP_PASSWORD": "secret"}


def said(name: str) -> list[dict[str, Any]]:
    """Return a contact of that name."""
    return [{**SAID, "id": name, "lawful_basis": "consent"}]


def watch(place: str | Path, home: Path, *more: str, **settings: str) -> tuple[str, str, int]:
    """Return the count, everything told, and the exit status of two looks."""
    told = run("watch", str(place), "--every", "0.3", "--once", *more, home=home, **settings)
    assert "Traceback" not in told.stderr, told.stderr
    counts = [line for line in told.stderr.splitlines() if " read = " in line]
    return (counts or [""])[-1], told.stderr, told.returncode


def test_each_file_is_taken_once(tmp_path: Path) -> None:
    """A second watch finds nothing new; a file that changed is taken again, as it is now."""
    place = tmp_path / "in"
    place.mkdir()
    write(place / "a.jsonl", said("a"))
    assert watch(place, tmp_path)[0].startswith("1 read = 1 analysed")
    assert watch(place, tmp_path)[0] == ""
    write(place / "a.jsonl", [*said("a"), *said("b")])
    assert watch(place, tmp_path)[0].startswith("2 read = 1 analysed")


def test_what_cannot_be_read_is_put_aside_with_its_reason(tmp_path: Path) -> None:
    """A copy and the reason lie in quarantine, once; the place itself is left as it was."""
    place = tmp_path / "in"
    place.mkdir()
    (place / "notes.bin").write_bytes(b"\x00nothing we know")
    (place / "half.jsonl.part").write_text("{", "utf-8")
    _, told, status = watch(place, tmp_path)
    assert "put aside" in told
    assert status == 0
    kept = sorted(path.name for path in (tmp_path / "quarantine").rglob("*") if path.is_file())
    assert kept == ["notes.bin", "notes.bin.why.json"]
    (why,) = (tmp_path / "quarantine").rglob("*.why.json")
    assert "no format we know" in json.loads(why.read_text("utf-8"))[0]
    assert sorted(path.name for path in place.iterdir()) == ["half.jsonl.part", "notes.bin"]
    assert "put aside" not in watch(place, tmp_path)[1]


def test_half_written_file_waits_until_it_is_whole(tmp_path: Path) -> None:
    """A file that grows between two looks is not touched; once it rests, it is read whole."""
    place = tmp_path / "in"
    place.mkdir()
    file = place / "grows.jsonl"
    program = [Path(sys.executable).with_name("kindline"), "watch", place, "--every", "0.4"]
    environment = os.environ | {"KINDLINE_HOME": str(tmp_path)}
    watching = subprocess.Popen(
        list(map(str, program)), env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        for number in range(6):
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(said(f"c-{number}")[0]) + "\n")
            time.sleep(0.25)
        assert watching.stderr is not None
        counts = next(line for line in watching.stderr if " read = " in line)
        assert counts.startswith("6 read = 6 analysed")
    finally:
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=20)


def test_place_that_is_away_is_said_so(tmp_path: Path) -> None:
    """A server that does not answer is no traceback, and its password is in no message."""
    told = watch("sftp://centre:secret@127.0.0.1:9/in", tmp_path)
    assert told[2] == 1
    assert "no answer" in told[1]
    assert "secret" not in told[1]


def test_place_that_does_not_exist_is_said_so(tmp_path: Path) -> None:
    """A mistyped folder is not watched in silence for ever."""
    told = watch(tmp_path / "nowhere", tmp_path)
    assert told[2] == 1
    assert "nothing there" in told[1]


def test_bucket_is_watched(tmp_path: Path, bucket: dict[str, str]) -> None:
    """Objects of an S3-compatible store are taken once each, whatever folder they lie in."""
    put(bucket, "2026/11/a.jsonl", write(tmp_path / "a.jsonl", said("a")))
    assert watch("s3://calls", tmp_path, **bucket)[0].startswith("1 read = 1 analysed")
    put(bucket, "2026/12/b.jsonl", write(tmp_path / "b.jsonl", said("b")))
    assert watch("s3://calls", tmp_path, **bucket)[0].startswith("1 read = 1 analysed")


def test_sftp_server_is_watched(tmp_path: Path) -> None:
    """Files on an SFTP server are taken; the password comes from the environment."""
    place = tmp_path / "served" / "in"
    place.mkdir(parents=True)
    write(place / "a.jsonl", said("a"))
    command = [*PYTHON, str(ROOT / "tests" / "sftp_server.py"), str(place.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        address = f"sftp://centre@127.0.0.1:{int(serving.stdout.readline())}/in"
        for expected in ("1 read = 1 analysed", ""):
            counted, told, _ = watch(address, tmp_path, **PASSWORD)
            assert counted.startswith(expected), told
        serving.kill()
