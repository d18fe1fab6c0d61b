"""An application at a port of this machine, for tests that speak to it as others do."""

from collections.abc import Iterator
from contextlib import contextmanager
import socket
from threading import Thread
import time

from fastapi import FastAPI
import uvicorn


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(application: FastAPI, port: int) -> Iterator[None]:
    """Serve an application while the block goes on."""
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        log_level="error",
        access_log=False,
        ws_max_size=512 * 1024,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield
    server.should_exit = True
    thread.join()
