"""`kindline languages`: what each pack holds, who wrote it and who has read it."""

import json
from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.languages import card, codes, pack


def run(
    of_language: Annotated[
        str | None, typer.Option("--card", help="Print the card of one language.")
    ] = None,
    as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """List the language packs."""
    if of_language is not None:
        typer.echo(card(of_language))
        return
    packs = [pack(code) for code in codes()]
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "version": one.version,
            "n_cues": sum(len(cue.strong) + len(cue.weak) for cue in one.cues.values()),
            "source": one.source,
        }
        for one in packs
    ]
    if as_lines:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("code", "language", "version", "cues", "who wrote and read it")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
