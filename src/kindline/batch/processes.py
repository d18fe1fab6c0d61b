"""
Processes of a batch: forked off one that holds modules and weights, gone with who started them.

Forked pages are shared: a worker begins at once, and weights are in memory once a machine. Where
there is no fork server (Windows) each begins anew.
"""

from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from multiprocessing.context import ForkServerContext, SpawnContext
import os
import signal
import threading

_PRELOADED = "kindline.batch.preloaded"


def context() -> ForkServerContext | SpawnContext:
    """Return what starts processes here."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    forking = get_context("forkserver")
    forking.set_forkserver_preload([_PRELOADED])
    return forking


def die_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however it went."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def ended_after(seconds: float) -> Generator[None, None, None]:
    """
    End this process if what is done here takes longer than that; 0 is for ever.

    The kernel ends it, so that even what holds the interpreter, as an endless pattern does, goes.
    Where there are no such alarms (Windows) nothing is ended.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
