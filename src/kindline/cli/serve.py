"""`kindline serve`: the pages, in one process or in several."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.errors import PolicyError
from kindline.extras import library
from kindline.opening import store_of
from kindline.store.database import Store

_LARGEST_FRAME = 512 * 1024  # bytes; AudioHook sends up to half of it
_APPLICATION = "kindline.web.serving:from_settings"


def run(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
    workers: Annotated[
        int | None, typer.Option(help="Processes; more than one needs PostgreSQL, and `work`.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
) -> None:
    """Serve the pages; the first start makes an administrator and prints a link, good once."""
    if out is not None:
        os.environ["KINDLINE_HOME"] = str(out)
    os.environ.setdefault("KINDLINE_ADDRESS", f"http://{host}:{port}")
    if workers is not None:
        os.environ["KINDLINE_WORKERS"] = str(workers)
    settings = Settings()
    store = store_of(settings)
    if settings.workers > 1 and store.engine.dialect.name == "sqlite":
        raise PolicyError("several workers need PostgreSQL: set KINDLINE_DATABASE_URL")
    with TemporaryDirectory(prefix="kindline-") as counts:
        if settings.workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before anything counts
        _serve(settings, store, host, port)


def _serve(settings: Settings, store: Store, host: str, port: int) -> None:
    uvicorn, serving = library("uvicorn", "web"), library("kindline.web.serving", "web")
    secret = serving.first_link(store)
    store.close()
    if secret is not None:
        typer.echo(f"First visit, once, within a day: {settings.address}/link/{secret}", err=True)
    typer.echo(f"Kindline is at {settings.address}", err=True)
    uvicorn.run(
        _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        access_log=False,  # it would log what stood in the address
        log_level="warning",
        timeout_graceful_shutdown=5,  # streams that a page follows never end by themselves
        server_header=False,
        ws_max_size=_LARGEST_FRAME,
        ws_per_message_deflate=False,  # sound does not shrink, and hostile frames do not swell
    )
