"""The engine of one machine: a pool of processes, made again when one of them is killed."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from kindline.batch.parts import Part
from kindline.batch.processes import context, die_with_parent
from kindline.batch.worker import Job, Marker, Worker
from kindline.errors import UnavailableError

_AHEAD = 2  # parts handed out a worker: one in work, one waiting
_BROKEN = (BrokenProcessPool, EOFError, ConnectionError)  # the latter: no process could be forked
_MOST_BROKEN = 50  # pools in a row that did no part
_OWN: dict[str, Worker] = {}

Outcome = Marker | UnavailableError


def done(job: Job, parts: Sequence[Part], *, n_workers: int) -> Iterator[Outcome]:
    """
    Return what became of each part, as it is done; an error for one that could not be written.

    A killed worker takes the pool with it, and so does what they are forked off: their parts are
    begun anew in another.
    """
    left, n_broken = {part.name: part for part in parts}, 0
    while left:
        try:
            for name, outcome in _handed_out(job, list(left.values()), n_workers):
                n_broken = 0
                del left[name]
                yield outcome
        except _BROKEN:
            n_broken += 1
            if n_broken > _MOST_BROKEN:
                raise UnavailableError("every worker ends at once: is there memory?") from None


def _handed_out(job: Job, parts: Sequence[Part], n_workers: int) -> Iterator[tuple[str, Outcome]]:
    waiting, running = iter(parts), dict[Future[Marker], str]()
    with ProcessPoolExecutor(
        n_workers, mp_context=context(), initializer=_start, initargs=(job,)
    ) as pool:
        for part in islice(waiting, n_workers * _AHEAD):
            running[pool.submit(_do, part)] = part.name
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                try:
                    yield name, future.result()
                except UnavailableError as error:
                    yield name, error
            for part in islice(waiting, len(finished)):
                running[pool.submit(_do, part)] = part.name


def _start(job: Job) -> None:
    die_with_parent()
    _OWN["worker"] = Worker(job)


def _do(part: Part) -> Marker:
    return _OWN["worker"](part)
