"""The engine of one machine: a pool of processes, made again when one of them is killed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
import os

from kindline.batch.parent import die_with
from kindline.batch.parts import Part
from kindline.batch.worker import Job, Marker, Worker
from kindline.errors import UnavailableError

_AHEAD = 2  # parts handed out a worker: one in work, one waiting
_OWN: dict[str, Worker] = {}

Outcome = Marker | UnavailableError


def done(job: Job, parts: Sequence[Part], *, n_workers: int) -> Iterator[Outcome]:
    """
    Return what became of each part, as it is done; an error for one that could not be written.

    A killed worker takes the pool with it: its parts are begun anew in another.
    """
    left = {part.name: part for part in parts}
    while left:
        for outcome in _until_broken(job, list(left.values()), n_workers):
            name, told = outcome
            del left[name]
            yield told


def _until_broken(job: Job, parts: Sequence[Part], n_workers: int) -> Iterator[tuple[str, Outcome]]:
    context = get_context("spawn")
    waiting, running = iter(parts), dict[Future[Marker], str]()
    with ProcessPoolExecutor(
        n_workers, mp_context=context, initializer=_start, initargs=(os.getpid(), job)
    ) as pool:
        for part in _some(waiting, n_workers * _AHEAD):
            running[pool.submit(_do, part)] = part.name
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                try:
                    yield name, future.result()
                except BrokenProcessPool:
                    return
                except UnavailableError as error:
                    yield name, error
            try:
                for part in _some(waiting, len(finished)):
                    running[pool.submit(_do, part)] = part.name
            except BrokenProcessPool:
                return


def _some(parts: Iterator[Part], n: int) -> Iterator[Part]:
    for _, part in zip(range(n), parts, strict=False):
        yield part


def _start(parent: int, job: Job) -> None:
    die_with(parent)
    _OWN["worker"] = Worker(job)


def _do(part: Part) -> Marker:
    return _OWN["worker"](part)
