"""Batches in processes of their own, and somebody who kills them at random."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import os
from pathlib import Path
from random import Random
import signal
import subprocess
import time

from tests.commands.test_commands import PROGRAM


@contextmanager
def started(
    source: Path | str, target: Path | str, *more: str, home: Path, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """Start `kindline batch`, in a session of its own."""
    command = [str(PROGRAM), "batch", str(source), str(target), "--basis", "consent", *more]
    clean = {name: value for name, value in os.environ.items() if "KINDLINE" not in name}
    with subprocess.Popen(
        command,
        env=clean | {"KINDLINE_HOME": str(home), "OMP_NUM_THREADS": "1"} | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process


def ran(
    source: Path | str, target: Path | str, *more: str, home: Path, **settings: str
) -> tuple[str, int]:
    """Run a batch to its end; return what it told and its status."""
    with started(source, target, *more, home=home, **settings) as process:
        told = process.communicate()[1]
    return told, process.returncode


def killed_until_done(
    source: Path, target: Path, *more: str, home: Path, n_kills: int, seed: int, every_s: float
) -> tuple[int, int]:
    """
    Run a batch that is killed at random, workers and driver, until it is done.

    Returns how many workers and how many drivers were killed.
    """
    chance, n_workers, n_drivers = Random(seed), 0, 0  # noqa: S311 -- when to kill, no secret
    while True:
        with started(source, target, *more, home=home) as process:
            while process.poll() is None:
                time.sleep(every_s * chance.uniform(0.3, 1.7))
                if n_workers + n_drivers >= n_kills or process.poll() is not None:
                    break
                if chance.random() < 0.3:
                    process.kill()
                    n_drivers += 1
                elif victims := children(process.pid):
                    _kill(chance.choice(victims))
                    n_workers += 1
            told = process.communicate(timeout=120)[1]
        if process.returncode == 0:
            return n_workers, n_drivers
        if process.returncode > 0:
            raise AssertionError(told)


def children(pid: int) -> list[int]:
    """Return the processes that a process started, those of theirs too, that work."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text("utf-8").rpartition(")")
        except OSError:
            continue
        if int(rest.split()[1]) == pid:
            child = int(name.partition(" ")[0])
            found += [child, *children(child)]
    return [one for one in found if "multiprocessing.forkserver" in _command(one)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
