"""`kindline watch`: take in what arrives in a folder, a bucket or on an SFTP server."""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
import signal
from tempfile import TemporaryDirectory
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from kindline.cli.analyse import tell
from kindline.config import Settings
from kindline.errors import InputError, UnavailableError
from kindline.intake.watch import Place, forget_aside, quarantine
from kindline.opening import DATABASE
from kindline.pipeline import Run, batched
from kindline.policy import BASES
from kindline.running import run_of
from kindline.store.retention import forget
from kindline.store.taken import take, taken

QUARANTINE = "quarantine"


def run(  # noqa: PLR0913, PLR0917 -- a command has as many options as it has
    place: Annotated[str, typer.Argument(help="A folder, s3://bucket/path, sftp://host/path ...")],
    policy_name: Annotated[
        str | None, typer.Option("--policy", help="Policy profile; see `kindline policies`.")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(help=f"Basis for conversations that state none: {', '.join(BASES)}."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {DATABASE}; default KINDLINE_HOME.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of recordings that state none.")
    ] = None,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 30.0,
    once: Annotated[
        bool, typer.Option("--once", help="Take what is whole in two looks, then end.")
    ] = False,
) -> None:
    """Take each file once when it is whole, analyse it, and put aside what cannot be read."""
    settings = Settings()
    watched, aside = Place(address=place), (out or settings.home) / QUARANTINE
    n_looks = 0
    with _interruptible() as stop:
        while not stop.is_set() and (not once or n_looks < 2):  # noqa: PLR2004 -- two looks agree
            n_looks += 1
            try:
                one = run_of(settings, policy=policy_name, basis=basis, out=out, language=language)
                _take(watched, one, aside)
                one.store.close()
            except UnavailableError as error:
                if once:
                    raise
                typer.echo(f"kindline: {error}; looking again in {every:g} s", err=True)
            if not once or n_looks == 1:
                stop.wait(every)


@contextmanager
def _interruptible() -> Generator[Event]:
    """Remember an interrupt: raised while a library cleans up, it would be swallowed there."""
    stop = Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _take(watched: Place, one: Run, aside: Path) -> None:
    """Take what is whole and new: analysed and stored first, remembered as taken last."""
    forget_aside(aside, older_than=one.now - timedelta(days=one.judges.rules.keep_days["states"]))
    whole = watched.look()
    with one.store.begin() as tenancy:
        forget(tenancy, now=one.now)
        before = taken(tenancy, whole)
    new = {name: stamp for name, stamp in whole.items() if before.get(name) != stamp}
    if not new:
        return
    for names in batched(new):
        with TemporaryDirectory(prefix="kindline-") as folder:
            files = list(watched.fetch(names, Path(folder)))
            deque(one.analyses(files), maxlen=0)
            _put_aside(one, files, aside)
        with one.store.begin() as tenancy:
            take(tenancy, {name: new[name] for name in names}, now=one.now)
    tell(one.tally, as_lines=False)


def _put_aside(one: Run, files: list[tuple[Path, str]], aside: Path) -> None:
    """Keep a copy of each file of which nothing could be read."""
    errors: dict[str, list[InputError]] = {}
    for source, error in one.tally.rejected:
        errors.setdefault(source, []).append(error)
    for source in errors.keys() - one.tally.sources:
        for path, name in files:
            if name == source or source.startswith(f"{name} + ") or f" + {path.name}" in source:
                quarantine(aside, path, name, errors[source])
                typer.echo(f"put aside: {name}", err=True)
