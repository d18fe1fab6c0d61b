"""A worker made from settings."""

from datetime import UTC, datetime

from kindline.config import Settings
from kindline.store.database import Store
from kindline.work.chores import chores, plan
from kindline.work.worker import Report, Worker


def worker_of(settings: Settings, store: Store, report: Report) -> Worker:
    """Return a worker that knows every chore."""
    return Worker(
        store=store,
        chores=chores(settings, _now),
        plan=plan,
        clock=_now,
        report=report,
    )


def _now() -> datetime:
    return datetime.now(UTC)
