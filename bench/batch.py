"""
How fast is a batch: two workers beside one, Ray beside the pool, a million in how much memory?

    python bench/batch.py [--scale 30000] [--engines 100000] [--long 1000000]

Conversations of the corpus under new ids, in files of a language, analysed by `kindline batch` as a
person runs it. Ratios are the result. Memory is that of all its processes together (PSS, looked at
twice a second). `long` also tells whether the second half took as long as the first.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import platform
import subprocess
import sys
from tempfile import TemporaryDirectory
import threading
import time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "nl", "hu", "fr")
PROGRAM = Path(sys.executable).with_name("kindline")


def main() -> None:
    """Print one JSON object with every figure, each size as it is done on stderr."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=int, default=30_000)
    options.add_argument("--engines", type=int, default=100_000)
    options.add_argument("--long", type=int, default=1_000_000)
    given = options.parse_args()
    told: dict[str, Any] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    if given.scale:
        one, two = _timed(given.scale, "--workers", "1"), _timed(given.scale, "--workers", "2")
        told["workers"] = {
            "n": given.scale,
            "one": one,
            "two": two,
            "two_beside_one": _ratio(one, two),
        }
    if given.engines:
        pool = _timed(given.engines, "--workers", "2")
        ray = _timed(given.engines, "--workers", "2", "--engine", "ray")
        told["engines"] = {
            "n": given.engines,
            "pool": pool,
            "ray": ray,
            "ray_takes_more": round(ray["seconds"] / pool["seconds"] - 1, 3),
        }
    if given.long:
        told["long"] = {"n": given.long, **_timed(given.long, "--workers", "2")}
    print(json.dumps(told, indent=1))


def _ratio(one: dict[str, Any], two: dict[str, Any]) -> float:
    return round(float(one["seconds"] / two["seconds"]), 2)


def _timed(n: int, *how: str) -> dict[str, Any]:
    with TemporaryDirectory() as home:
        source, target = _filled(Path(home) / "in", n), Path(home) / "out"
        command = [str(PROGRAM), "batch", str(source), str(target), "--basis", "consent", *how]
        began = time.time()
        with (
            subprocess.Popen(
                command,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            ) as process,
            _watched(process.pid) as peak,
        ):
            told = process.communicate()[1]
        seconds = time.time() - began
        if process.returncode:
            raise SystemExit(told)
        read = json.loads((target / "manifest.json").read_text("utf-8"))["read"]
        done = sorted(path.stat().st_mtime - began for path in (target / "parts").iterdir())
    middle, end = done[len(done) // 2], done[-1]
    found = {
        "seconds": round(seconds, 1),
        "read": read,
        "a_second": round(read / seconds),
        "peak_mb": peak[0],
        "second_half_beside_first": round((end - middle) / middle, 2),
        "parts": len(done),
    }
    print(json.dumps({"how": how, "n": n, **found}), file=sys.stderr, flush=True)
    return found


def _filled(folder: Path, n: int) -> Path:
    folder.mkdir()
    for code in LANGUAGES:
        path = ROOT / "corpus" / code / "conversations.jsonl"
        held = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        with (folder / f"{code}.jsonl").open("w", encoding="utf-8") as out:
            for number in range(n // len(LANGUAGES)):
                one = held[number % len(held)] | {"id": f"{code}-{number}"}
                out.write(json.dumps(one, ensure_ascii=False) + "\n")
    return folder


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Return the peak memory, in MB, of a process and all it started, while the block lasts."""
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.5):
            peak[0] = max(peak[0], sum(map(_pss_kb, _family(pid))) // 1024)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        is_over.set()
        looking.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        kids = {int(kid) for task in tasks for kid in task.read_text("utf-8").split()}
    except OSError:
        return found
    return [*found, *(one for kid in kids for one in _family(kid))]


def _pss_kb(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line[:4] == "Pss:"), 0)


if __name__ == "__main__":
    main()
