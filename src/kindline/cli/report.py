"""`kindline report`: one HTML page of what was stored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.opening import DATABASE, store_of
from kindline.report.page import page
from kindline.store.conversations import load, load_rejected
from kindline.store.retention import forget


def run(
    out: Annotated[
        Path | None, typer.Option(help=f"Folder with {DATABASE}; the page goes there too.")
    ] = None,
    no_words: Annotated[
        bool, typer.Option("--no-words", help="Leave out what people said: numbers only.")
    ] = False,
) -> None:
    """Write one self-contained HTML page of what was stored."""
    settings = Settings()
    folder = out or settings.home
    with store_of(settings, out).begin() as tenancy:
        forget(tenancy, now=datetime.now(UTC))
        stored = list(load(tenancy))
        rejected = load_rejected(tenancy)
    target = folder / "report.html"
    target.write_text(page(stored, rejected, has_words=not no_words), "utf-8", "replace")
    typer.echo(f"{len(stored)} conversations -> {target}", err=True)
