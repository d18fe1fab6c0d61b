"""
Long work is a row: taken under a lease, kept alive by a heartbeat, tried again, put aside at last.

A worker that dies lets its lease run out, and another takes the job. What a job does to the store
and that it is done are one transaction (`complete`), which holds the lease: so nothing is lost and
nothing done twice, whenever a worker is killed (tests/store/test_jobs.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
import secrets
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kindline.errors import LeaseLostError
from kindline.store.database import Store, Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import JOBS

LEASE = timedelta(seconds=60)
MOST_TRIES = 6
FIRST_WAIT = timedelta(seconds=10)  # doubled with every try: the last comes after five minutes
KEPT = timedelta(days=30)
State = Literal["waiting", "running", "done", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as a worker holds it."""

    job_id: str
    tenant: str
    kind: str
    told: Mapping[str, Any]
    lease: str
    n_tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A job as a page shows it."""

    job_id: str
    kind: str
    told: Mapping[str, Any]
    state: State
    n_tries: int
    progress: Mapping[str, Any]
    problem: str | None
    made_at: datetime
    ended_at: datetime | None


def enqueue(
    tenancy: Tenancy,
    kind: str,
    told: Mapping[str, Any],
    *,
    now: datetime,
    once: str | None = None,
    asked_by: str | None = None,
) -> str | None:
    """Return the id of a new job; None where one of that name (`once`) is there already."""
    row = {
        "job_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        "kind": kind,
        "told": json.dumps(told),
        "state": "waiting",
        "due_at": now,
        "n_tries": 0,
        "once": once,
        "asked_by": asked_by,
        "made_at": now,
    }
    dialect = postgresql if tenancy.is_postgresql else sqlite
    put = dialect.insert(JOBS).values(row).on_conflict_do_nothing(index_elements=["once"])
    job_id: str | None = tenancy.connection.scalar(put.returning(JOBS.c.job_id))
    return job_id


def take(store: Store, kinds: Collection[str], *, now: datetime) -> Job | None:
    """Return the job that has waited longest, or one whose worker fell silent; None for none."""
    columns = JOBS.c
    is_due = (columns.state == "waiting") & (columns.due_at <= now)
    is_silent = (columns.state == "running") & (columns.lease_until < now)
    query = (
        select(JOBS)
        .where(columns.kind.in_(kinds), or_(is_due, is_silent))
        .order_by(columns.due_at, columns.job_id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer, and says nothing of it
    )
    with store.begin() as tenancy:
        row = tenancy.connection.execute(query).mappings().first()
        if row is None:
            return None
        lease = secrets.token_hex(16)
        if row["n_tries"] >= MOST_TRIES:
            _end(tenancy.connection, row["job_id"], "dead", now, problem="its workers fell silent")
            return None
        changed = {
            "state": "running",
            "lease": lease,
            "lease_until": now + LEASE,
            "n_tries": row["n_tries"] + 1,
        }
        is_it = columns.job_id == row["job_id"]
        tenancy.connection.execute(update(JOBS).where(is_it).values(changed))
    return Job(
        job_id=row["job_id"],
        tenant=row["tenant_id"],
        kind=row["kind"],
        told=json.loads(row["told"]),
        lease=lease,
        n_tries=row["n_tries"] + 1,
    )


def beat(
    store: Store, job: Job, *, now: datetime, progress: Mapping[str, Any] | None = None
) -> None:
    """Keep a job's lease alive and tell how far it is; raises LeaseLostError."""
    changed: dict[str, Any] = {"lease_until": now + LEASE}
    if progress is not None:
        changed["progress"] = json.dumps(progress)
    with store.begin() as tenancy:
        _held(tenancy.connection, job, changed)


def complete(
    tenancy: Tenancy, job: Job, *, now: datetime, progress: Mapping[str, Any] | None = None
) -> None:
    """End a job well, in the transaction of what it did; raises LeaseLostError, undoing both."""
    changed: dict[str, Any] = {"state": "done", "ended_at": now, "lease_until": None}
    if progress is not None:
        changed["progress"] = json.dumps(progress)
    _held(tenancy.connection, job, changed)


def fail(store: Store, job: Job, problem: str, *, now: datetime, is_final: bool = False) -> None:
    """Let a job wait longer with every try, or put it aside: then a person looks at it."""
    is_dead = is_final or job.n_tries >= MOST_TRIES
    changed: dict[str, Any] = {
        "state": "dead" if is_dead else "waiting",
        "due_at": now + FIRST_WAIT * 2 ** (job.n_tries - 1),
        "problem": problem,
        "lease_until": None,
        "ended_at": now if is_dead else None,
    }
    with store.begin() as tenancy:
        _held(tenancy.connection, job, changed)


def retry(tenancy: Tenancy, job_id: str, *, now: datetime) -> bool:
    """Let a job that was put aside be tried again; return whether there was one."""
    own = (JOBS.c.tenant_id == tenancy.tenant) & (JOBS.c.job_id == job_id)
    changed = {"state": "waiting", "due_at": now, "n_tries": 0, "ended_at": None}
    done = update(JOBS).where(own, JOBS.c.state == "dead").values(changed)
    return tenancy.connection.execute(done).rowcount > 0


def jobs(
    tenancy: Tenancy,
    *,
    kind: str | None = None,
    job_id: str | None = None,
    once: str | None = None,
    n_most: int = 50,
) -> list[JobState]:
    """Return a tenant's jobs, the latest first: of a kind, of an id, of a name."""
    query = select(JOBS).where(JOBS.c.tenant_id == tenancy.tenant)
    for column, value in ((JOBS.c.kind, kind), (JOBS.c.job_id, job_id), (JOBS.c.once, once)):
        if value is not None:
            query = query.where(column == value)
    query = query.order_by(JOBS.c.made_at.desc(), JOBS.c.job_id).limit(n_most)
    return [_state(row) for row in tenancy.connection.execute(query).mappings()]


def waiting(connection: Connection) -> dict[str, int]:
    """Return how many jobs are in each state, of all tenants."""
    query = select(JOBS.c.state, func.count().label("n")).group_by(JOBS.c.state)
    return {row.state: row.n for row in connection.execute(query)}


def jobs_by_state(tenancy: Tenancy) -> dict[tuple[str, str], int]:
    """Return how many of a tenant's jobs there are, by kind and state."""
    query = (
        select(JOBS.c.kind, JOBS.c.state, func.count().label("n"))
        .where(JOBS.c.tenant_id == tenancy.tenant)
        .group_by(JOBS.c.kind, JOBS.c.state)
        .order_by(JOBS.c.kind, JOBS.c.state)
    )
    return {(row.kind, row.state): row.n for row in tenancy.connection.execute(query)}


def forget_done(connection: Connection, *, now: datetime) -> None:
    """Delete jobs that ended long ago."""
    is_old = (JOBS.c.ended_at.is_not(None)) & (JOBS.c.ended_at < now - KEPT)
    connection.execute(JOBS.delete().where(is_old))


def _held(connection: Connection, job: Job, changed: Mapping[str, Any]) -> None:
    """Change a job that is still held under the same lease; raises LeaseLostError."""
    is_held = (JOBS.c.job_id == job.job_id) & (JOBS.c.lease == job.lease)
    held = update(JOBS).where(is_held, JOBS.c.state == "running").values(changed)
    if connection.execute(held).rowcount == 0:
        raise LeaseLostError(f"job {job.job_id} was taken over")


def _end(connection: Connection, job_id: str, state: str, now: datetime, *, problem: str) -> None:
    changed = {"state": state, "ended_at": now, "problem": problem, "lease_until": None}
    connection.execute(update(JOBS).where(JOBS.c.job_id == job_id).values(changed))


def _state(row: RowMapping) -> JobState:
    return JobState(
        job_id=row["job_id"],
        kind=row["kind"],
        told=json.loads(row["told"]),
        state=row["state"],
        n_tries=row["n_tries"],
        progress=json.loads(row["progress"]) if row["progress"] else {},
        problem=row["problem"],
        made_at=in_utc(row["made_at"]),
        ended_at=row["ended_at"] and in_utc(row["ended_at"]),
    )
