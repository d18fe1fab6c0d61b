"""Jobs are done once, whoever dies: nothing is lost, nothing is done twice."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import multiprocessing
import os
from pathlib import Path
import random
import signal
import time
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from kindline.errors import LeaseLostError
from kindline.store.database import Store, opened
from kindline.store.jobs import (
    FIRST_WAIT,
    LEASE,
    MOST_TRIES,
    Job,
    beat,
    complete,
    enqueue,
    fail,
    jobs,
    retry,
    take,
)
from kindline.store.tables import JOBS, TEAMS

N_KILLS = int(os.environ.get("KINDLINE_TEST_KILLS", "25"))  # 200 in docs/measured.md
KINDS = ("count",)


def put(store: Store, now: datetime, **told: Any) -> str:
    """Put a job in."""
    with store.begin() as tenancy:
        made = enqueue(tenancy, "count", told, now=now)
    assert made is not None
    return made


def state_of(store: Store) -> str:
    """Return the state of the one job."""
    with store.read() as tenancy:
        (one,) = jobs(tenancy)
    return one.state


def test_a_job_is_taken_by_one(store: Store, now: datetime) -> None:
    """Who comes second gets nothing while the first is alive."""
    put(store, now, n=1)
    first = take(store, KINDS, now=now)
    assert first is not None
    assert first.told == {"n": 1}
    assert take(store, KINDS, now=now) is None
    with store.begin() as tenancy:
        complete(tenancy, first, now=now)
    assert state_of(store) == "done"
    assert take(store, KINDS, now=now + LEASE * 2) is None


def test_a_silent_workers_job_goes_to_another_and_its_work_is_undone(
    store: Store, now: datetime
) -> None:
    """It comes back from the dead, tries to end the job, and everything it did is undone."""
    put(store, now)
    slow = take(store, KINDS, now=now)
    late = now + LEASE + timedelta(seconds=1)
    quick = take(store, KINDS, now=late)
    assert slow is not None
    assert quick is not None
    with pytest.raises(LeaseLostError):
        do(store, slow, late)
    with store.begin() as tenancy:
        assert marks(tenancy.connection) == 0
        complete(tenancy, quick, now=late)
    with pytest.raises(LeaseLostError):
        beat(store, slow, now=late)


def test_a_heartbeat_keeps_a_job(store: Store, now: datetime) -> None:
    """As long as it beats, nobody else takes it; progress is told."""
    put(store, now)
    job = take(store, KINDS, now=now)
    assert job is not None
    for n in range(1, 4):
        beat(store, job, now=now + n * LEASE, progress={"n": n})
        assert take(store, KINDS, now=now + n * LEASE + LEASE / 2) is None
    with store.read() as tenancy:
        assert jobs(tenancy)[0].progress == {"n": 3}


def test_a_failing_job_waits_longer_each_time_and_is_put_aside(store: Store, now: datetime) -> None:
    """Then a person decides; it can be tried again."""
    job_id = put(store, now)
    at = now
    for n in range(MOST_TRIES):
        job = take(store, KINDS, now=at)
        assert job is not None
        fail(store, job, "ValueError", now=at)
        if n < MOST_TRIES - 1:
            assert take(store, KINDS, now=at + FIRST_WAIT * 2**n - timedelta(seconds=1)) is None
        at += FIRST_WAIT * 2**n
    assert state_of(store) == "dead"
    with store.begin() as tenancy:
        assert retry(tenancy, job_id, now=at)
        assert not retry(tenancy, "another", now=at)
    assert take(store, KINDS, now=at) is not None


def test_what_kills_its_workers_is_put_aside(store: Store, now: datetime) -> None:
    """A job that never comes to fail, as its worker dies each time, does not go on for ever."""
    put(store, now)
    at = now
    for _ in range(MOST_TRIES):
        assert take(store, KINDS, now=at) is not None
        at += LEASE + timedelta(seconds=1)
    assert take(store, KINDS, now=at) is None
    assert state_of(store) == "dead"


def test_two_of_one_name_are_one(store: Store, now: datetime) -> None:
    """What is due every hour is put in by whoever thinks of it."""
    with store.begin() as tenancy:
        assert enqueue(tenancy, "count", {}, now=now, once="hour 12") is not None
        assert enqueue(tenancy, "count", {}, now=now, once="hour 12") is None
        assert enqueue(tenancy, "count", {}, now=now, once="hour 13") is not None


def do(store: Store, job: Job, now: datetime) -> None:
    """Do what a job is for and end it, in one transaction."""
    with store.begin() as tenancy:
        tenancy.connection.execute(insert(TEAMS), [a_mark(job.job_id)])
        complete(tenancy, job, now=now)


def a_mark(name: str) -> dict[str, str]:
    """Return a row that stands for what a job did."""
    return {"team_id": os.urandom(8).hex(), "tenant_id": "own", "name": f"{name} {os.urandom(4)!r}"}


def marks(connection: Any) -> int:
    """Return how many things were done."""
    return int(connection.scalar(select(func.count()).select_from(TEAMS)))


def worker(url: str, key_file: str, short: float) -> None:
    """Work until nothing is left, with leases as short as the clock of this test is fast."""
    store = opened(url, key_file=Path(key_file), is_migrated=False)
    while True:
        now = datetime.now(UTC) + timedelta(seconds=(time.monotonic() % 1000) * short)
        job = take(store, KINDS, now=now)
        if job is None:
            time.sleep(0.01)
            continue
        time.sleep(0.002)
        try:
            do(store, job, now)
        except LeaseLostError:
            continue


def test_workers_killed_at_any_moment_lose_and_double_nothing(store: Store) -> None:
    """
    Two workers, now one and now the other held up beyond its lease or killed: all jobs are done,
    and each once.

    Their clocks run three hundred times as fast, so that leases run out within the test.
    """
    chance = random.Random(5)  # noqa: S311 -- when to kill
    n_jobs = N_KILLS * 4
    start = datetime.now(UTC) - timedelta(days=1)
    with store.begin() as tenancy:
        for n in range(n_jobs):
            enqueue(tenancy, "count", {"n": n}, now=start)
    context = multiprocessing.get_context("fork")
    url = store.engine.url.render_as_string(hide_password=False)
    given = (url, store.keyring.where, 300.0)
    store.engine.dispose()
    running = [context.Process(target=worker, args=given, daemon=True) for _ in range(2)]
    for one in running:
        one.start()
    for kill in range(N_KILLS):
        time.sleep(chance.uniform(0.02, 0.12))
        victim = running[kill % 2]
        if kill % 3 == 0:
            hold_up(victim)
        victim.kill()
        victim.join()
        running[kill % 2] = context.Process(target=worker, args=given, daemon=True)
        running[kill % 2].start()
    assert waited_for(store, n_jobs) == {"done": n_jobs}
    for one in running:
        one.kill()
        one.join()
    with store.read() as tenancy:
        assert marks(tenancy.connection) == n_jobs


def hold_up(victim: multiprocessing.process.BaseProcess) -> None:
    """Stop a worker for longer than its lease, then let it go on as if nothing had been."""
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGSTOP)
    time.sleep(0.35)
    os.kill(victim.pid, signal.SIGCONT)
    time.sleep(0.05)


def waited_for(store: Store, n_jobs: int) -> Mapping[str, int]:
    """Return how many jobs are in which state, once all are done or a minute is over."""
    query = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
    for _ in range(600):
        with store.read() as tenancy:
            told = dict(tenancy.connection.execute(query).all())
        if told == {"done": n_jobs}:
            break
        time.sleep(0.1)
    return told
