"""`kindline models`: models of others, fetched or taken from a folder, and checked."""

from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline import borrowed
from kindline.config import Settings
from kindline.errors import ModelError, UnknownNameError

ACTIONS = ("list", "get", "check", "add")


def run(
    action: Annotated[str, typer.Argument(help="list, get NAME, check [NAME] or add FOLDER.")],
    what: Annotated[str | None, typer.Argument(help="The name or folder meant.")] = None,
    name: Annotated[str | None, typer.Option(help="Name for an added folder.")] = None,
    licence: Annotated[str, typer.Option(help="Licence of an added folder.")] = "not stated",
) -> None:
    """Keep models of others: sentence encoders for `train`, recognisers for recordings."""
    settings = Settings()
    if action not in ACTIONS:
        raise UnknownNameError("action", action, ACTIONS)
    if action == "list":
        Console().print(_table(settings.home))
    elif action == "check":
        _check(what, settings.home)
    elif what is None:
        raise ModelError(action, found="no name or folder", expected="one: see --help")
    elif action == "get":
        offers = borrowed.offers()
        if what not in offers:
            raise UnknownNameError("model", what, tuple(offers))
        _tell(borrowed.get(offers[what], settings.home, settings.hub))
    else:
        folder = Path(what)
        _tell(borrowed.add(folder, settings.home, name=name or folder.name, licence=licence))


def _check(what: str | None, home: Path) -> None:
    names = [what] if what else [one.name for one in borrowed.kept(home)]
    n_wrong = 0
    for one in names:
        found = borrowed.problems(one, home)
        n_wrong += len(found)
        for problem in found or ["as it came"]:
            typer.echo(f"{one}: {problem}")
    raise typer.Exit(1 if n_wrong else 0)


def _tell(manifest: borrowed.Manifest) -> None:
    typer.echo(f"kept {manifest.name}: {len(manifest.files)} files, licence {manifest.licence}")


def _table(home: Path) -> Table:
    table = Table("name", "here", "licence", "source")
    here = {one.name: one for one in borrowed.kept(home)}
    for one in here.values():
        table.add_row(one.name, "yes", one.licence, one.source)
    for name, offer in borrowed.offers().items():
        if name not in here:
            table.add_row(name, "no", offer.licence, f"hub: {', '.join(offer.languages)}")
    return table
