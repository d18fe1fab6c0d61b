"""A worker made from settings."""

from datetime import UTC, datetime
from functools import partial

from kindline.config import Settings
from kindline.store.database import Store
from kindline.work.chores import QUICK, chores, plan, plan_reports
from kindline.work.worker import Report, Worker

_QUICK_S = 0.2


def worker_of(settings: Settings, store: Store, report: Report) -> Worker:
    """Return a worker that knows every chore."""
    return Worker(
        store=store,
        chores=chores(settings, now),
        plan=partial(_planned, settings),
        clock=now,
        report=report,
    )


def quick_worker_of(settings: Settings, store: Store, report: Report) -> Worker:
    """Return a worker beside the other, for what somebody waits for."""
    every = chores(settings, now)
    return Worker(
        store=store,
        chores={kind: every[kind] for kind in QUICK},
        plan=_nothing,
        clock=now,
        report=report,
        idle_s=_QUICK_S,
    )


def _planned(settings: Settings, store: Store, now: datetime) -> None:
    """Put in what is due."""
    plan(store, now)
    plan_reports(store, settings, now)


def _nothing(_store: Store, _now: datetime) -> None:
    """Put nothing in: the other worker does."""


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)
