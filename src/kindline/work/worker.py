"""A worker: takes a job, keeps its lease alive while it works, ends it, takes the next."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any

from kindline.errors import InputError, LeaseLostError
from kindline.store.database import Store
from kindline.store.jobs import LEASE, Job, beat, fail, take
from kindline.tracing import span

IDLE_S = 1.0
_BEATS = 3  # within a lease


@dataclass(slots=True)
class Told:
    """How far a job is: what the worker that does it says, and the heartbeat passes on."""

    progress: dict[str, Any] = field(default_factory=dict[str, Any])


Chore = Callable[[Store, Job, Told], None]
Report = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """
    What a worker needs: the store, the chores by kind, what puts due ones in, a clock, a log.

    A chore ends its job itself, by `complete`, in the transaction of what it did.
    """

    store: Store
    chores: Mapping[str, Chore]
    plan: Callable[[Store, datetime], None]
    clock: Callable[[], datetime]
    report: Report
    idle_s: float = IDLE_S

    def run(self, stop: Event) -> None:
        """Work until told to stop; a job that was begun is ended first."""
        while not stop.is_set():
            self.plan(self.store, self.clock())
            if not self.step():
                stop.wait(self.idle_s)

    def step(self) -> bool:
        """Do one job; return whether there was one."""
        job = take(self.store, self.chores.keys(), now=self.clock())
        if job is None:
            return False
        told = Told()
        try:
            with self._alive(job, told), span(f"job {job.kind}"):
                self.chores[job.kind](self.store.of(job.tenant), job, told)
        except LeaseLostError:
            self.report("job lost", {"kind": job.kind, "job_id": job.job_id})
        except InputError as error:
            self._failed(job, error, is_final=True)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the next job is done
            self._failed(job, error, is_final=False)
        else:
            self.report("job done", {"kind": job.kind, "job_id": job.job_id})
        return True

    def _failed(self, job: Job, error: Exception, *, is_final: bool) -> None:
        problem = type(error).__name__  # its message may quote somebody
        self.report("job failed", {"kind": job.kind, "job_id": job.job_id, "problem": problem})
        try:
            fail(self.store, job, problem, now=self.clock(), is_final=is_final)
        except LeaseLostError:
            self.report("job lost", {"kind": job.kind, "job_id": job.job_id})

    @contextmanager
    def _alive(self, job: Job, told: Told) -> Generator[None]:
        """Beat while the job is done."""
        over = Event()

        def go_on() -> None:
            while not over.wait(LEASE.total_seconds() / _BEATS):
                try:
                    beat(self.store, job, now=self.clock(), progress=dict(told.progress))
                except LeaseLostError:
                    return

        heart = Thread(target=go_on, daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()
