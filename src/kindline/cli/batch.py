"""`kindline batch`: a folder or bucket of conversations analysed, on this machine or on many."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
import os
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.progress import Progress
import typer

from kindline.batch import pool, ray_run
from kindline.batch.folder import Folder
from kindline.batch.operators import Recipe
from kindline.batch.run import Engine, Total
from kindline.batch.run import run as run_batch
from kindline.batch.worker import Job
from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.running import ears_of, judges_of

ENGINES = ("pool", "ray")
_MIB = 1 << 20


def run(  # noqa: PLR0913, PLR0917 -- a command has as many options as it has
    source: Annotated[str, typer.Argument(help="Folder or bucket to read, as s3://calls/2026.")],
    target: Annotated[str, typer.Argument(help="Folder or bucket to write to; one of its own.")],
    policy_name: Annotated[
        str | None, typer.Option("--policy", help="Policy profile; see `kindline policies`.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="Basis for conversations that state none.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of recordings that state none.")
    ] = None,
    engine: Annotated[str, typer.Option(help=f"Who does it: {' or '.join(ENGINES)}.")] = "pool",
    address: Annotated[
        str | None, typer.Option(help="Ray cluster, as auto; without: one of its own here.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Workers; of a cluster, at most so many.")
    ] = os.cpu_count() or 1,
    part_mib: Annotated[int, typer.Option(min=1, help="Size of a part, MiB.")] = 8,
    part_minutes: Annotated[
        float, typer.Option(min=0, help="A part that takes longer hangs; 0: none does.")
    ] = 10,
) -> None:
    """Analyse a folder or bucket, part by part; begun anew it goes on where it was."""
    if engine not in ENGINES:
        raise UnknownNameError("engine", engine, ENGINES)
    recipe = _recipe(Settings(), policy_name, basis, language)
    job = Job(
        source=Folder(address=source),
        target=Folder(address=target),
        recipe=recipe,
        patience_s=60 * part_minutes,
    )
    by: Engine = partial(pool.done, n_workers=workers)
    if engine == "ray":
        by = partial(ray_run.done, n_workers=workers, address=address)
    with Progress(console=Console(stderr=True), transient=True) as progress:

        def follow(outcomes: Iterable[Any], n: int, of: int) -> Iterator[Any]:
            yield from progress.track(outcomes, total=n, description=f"{n} of {of} parts to do")

        total = run_batch(job, by, n_bytes=part_mib * _MIB, follow=follow)
    tell(total)


def tell(total: Total) -> None:
    """Print the counts; end badly where parts are not done or records were rejected."""
    for error in dict.fromkeys(map(str, total.undone)):
        typer.echo(f"not done: {error}", err=True)
    typer.echo(total, err=True)
    if total.undone:
        typer.echo(f"{len(total.undone)} parts are not done; the same command goes on", err=True)
    raise typer.Exit(1 if total.undone or total.counts["rejected"] else 0)


def _recipe(
    settings: Settings, policy: str | None, basis: str | None, language: str | None
) -> Recipe:
    judges, ears = judges_of(settings, policy=policy, basis=basis), ears_of(settings, language)
    return Recipe(
        policy=judges.rules.name,
        now=datetime.now(UTC),
        basis=judges.declared,
        redacts=settings.redact,
        vcon_keys=_whole(settings.vcon_keys),
        learnt=_whole(settings.learnt),
        heads=_whole(settings.heads),
        language=ears.language,
        channels=ears.channels,
        speech_model=_whole(ears.choice.folder),
        speech_device=ears.choice.device,
    )


def _whole(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()
