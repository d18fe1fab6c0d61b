"""`kindline work`: a worker beside the pages, for what takes long."""

from collections.abc import Mapping
import json
import signal
from threading import Event, Thread
from types import FrameType
from typing import Annotated, Any

import typer

from kindline.config import Settings
from kindline.opening import store_of
from kindline.work.hiring import quick_worker_of, worker_of


def run(
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due, then end; for a timer.")
    ] = False,
) -> None:
    """Take jobs: forget on time, carry erasures on, take uploaded files in."""
    settings = Settings()
    store = store_of(settings)
    worker = worker_of(settings, store, _report)
    if once:
        worker.plan(store, worker.clock())
        while worker.step():
            pass
        store.close()
        return
    stop = Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, leave)
    quick = quick_worker_of(settings, store, _report)
    beside = Thread(target=quick.run, args=(stop,))
    beside.start()
    worker.run(stop)
    beside.join()
    store.close()


def _report(event: str, told: Mapping[str, Any]) -> None:
    typer.echo(json.dumps({"event": event, **told}), err=True)
