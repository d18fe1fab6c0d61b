"""`kindline train`: heads on a sentence encoder of yours, from our corpus or your own."""

from pathlib import Path
from typing import Annotated

import typer

from kindline.borrowed import folder_of
from kindline.config import Settings
from kindline.errors import MalformedInputError, UnavailableError, UnknownNameError
from kindline.languages import codes
from kindline.text.pretrained import load

OURS = "hashed"


def run(
    encoder: Annotated[
        str,
        typer.Option(
            help="Folder of a sentence encoder, or the name of one in `kindline models list`."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for what is learnt; see KINDLINE_HEADS.")],
    language: Annotated[
        list[str] | None, typer.Option(help="Language to learn; may be given again. All if none.")
    ] = None,
    corpus: Annotated[Path, typer.Option(help="Folder with the corpus.")] = Path("corpus"),
) -> None:
    """Learn labels on a sentence encoder, to be used beside ours."""
    wanted = language or list(codes())
    for code in wanted:
        if code not in codes():
            raise UnknownNameError("language", code, codes())
        if not (corpus / code).is_dir():
            raise MalformedInputError(
                (corpus / code).as_posix(),
                "folder",
                "path",
                "nothing there",
                "a corpus: see --help",
            )
    if encoder == OURS:
        raise UnavailableError(f"{OURS} heads ship with Kindline; training/build.py makes them")
    try:
        from kindline.training.encoded import train  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"{error.name} is not installed: pip install 'kindline[train]'"
        ) from None
    folder = folder_of(encoder, Settings().home)
    for name, n_turns in train(corpus, wanted, load(folder), folder, out).items():
        typer.echo(f"{name}: learnt from {n_turns} turns", err=True)
    typer.echo(f"wrote {out}; use it with KINDLINE_HEADS={out}", err=True)
