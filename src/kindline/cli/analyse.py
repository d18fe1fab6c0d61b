"""`kindline analyse`: files in, analyses out, everything counted."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
import json
from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
import typer

from kindline.analysis import collect_seldom
from kindline.config import Settings
from kindline.contract import as_json, duplicate_as_json, rejected_as_json
from kindline.intake.contacts import Handed
from kindline.intake.files import files_under
from kindline.model.conversation import Conversation
from kindline.opening import DATABASE
from kindline.pipeline import Run, Tally
from kindline.policy import BASES
from kindline.running import run_of

_MINUTE_MS = 60_000


def run(  # noqa: PLR0913, PLR0917 -- a command has as many options as it has
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to read.")],
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
    about: Annotated[
        list[Path] | None,
        typer.Option(help="Table or JSON Lines with what surrounds the contacts, a row each."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of recordings that state none.")
    ] = None,
    as_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on stdout.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Analyse also what is stored already.")
    ] = False,
) -> None:
    """Read conversations, tell which needs they hold, and store what was found."""
    settings = Settings()
    collect_seldom()
    one = run_of(settings, policy=policy_name, basis=basis, out=out, language=language)
    one.again = again
    for path in about or ():
        one.abouts.read(path)
    with _shown(one):
        for analysis in one.analyses(files_under(paths)):
            if as_lines:
                typer.echo(json.dumps(as_json(analysis), ensure_ascii=False))
    tell(one.tally, as_lines=as_lines)
    _tell_abouts(one)
    if one.judges.endpoint:
        typer.echo(one.opinions, err=True)
    raise typer.Exit(1 if one.tally.rejected or one.abouts.rejected else 0)


@contextmanager
def _shown(one: Run) -> Generator[None]:
    """Show a progress bar on stderr: contacts, and minutes listened to."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        minutes = progress.add_task("Listening, minutes", total=None, visible=False)

        def follow(handed: Sequence[Handed]) -> Iterable[Handed]:
            return progress.track(handed, description="Reading and analysing")

        def listen(milliseconds: int) -> None:
            progress.update(minutes, advance=milliseconds / _MINUTE_MS, visible=True)

        one.follow, one.listen = follow, listen
        yield


def tell(tally: Tally, *, as_lines: bool) -> None:
    """Print rejected records as JSON lines or sentences, then the counts, all on stderr."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for source, error in tally.rejected:
        line = json.dumps(rejected_as_json(error, source), ensure_ascii=False)
        typer.echo(line if as_lines else f"rejected: {error}", err=True)
    for conversation, twin in tally.duplicates:
        told = duplicate_as_json(conversation, twin)
        typer.echo(json.dumps(told) if as_lines else _same(conversation, twin), err=True)
    if tally.needs and not as_lines:
        errors.print(_table(tally))
    for reason, n in tally.denials.most_common():
        typer.echo(f"denied {n}: {reason}", err=True)
    if tally.hours.has_any:
        typer.echo(tally.hours, err=True)
    typer.echo(tally, err=True)


def _tell_abouts(one: Run) -> None:
    """Print which rows of tables beside the files found no contact, and which could not be read."""
    abouts = one.abouts
    if not (abouts.rows or abouts.rejected):
        return
    for error in abouts.rejected:
        typer.echo(f"rejected: {error}", err=True)
    n_idle = len(abouts.rows) - len(abouts.used)
    typer.echo(
        f"{len(abouts.rows) + len(abouts.rejected)} rows about contacts = {len(abouts.used)} used "
        f"+ {n_idle} of no contact here + {len(abouts.rejected)} rejected",
        err=True,
    )


def _same(conversation: Conversation, twin: str) -> str:
    return f"duplicate: {conversation.source}: {conversation.id} is {twin}, read before"


def _table(tally: Tally) -> Table:
    table = Table("need", "found", "not found", "unsure", "not assessed")
    for need, states in tally.needs.items():
        found, missing = (
            states["present"] + states["cue"],
            states["absent"] + states["no_cue_found"],
        )
        rest = (states["unsure"], states["not_assessed"])
        table.add_row(need, *(str(n) for n in (found, missing, *rest)))
    return table
