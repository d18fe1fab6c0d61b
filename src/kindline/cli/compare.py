"""`kindline compare`: two batches side by side, to see what another version judges otherwise."""

import json
from typing import Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.batch.difference import LABELS, Difference, difference
from kindline.batch.folder import Folder

_MOST_SHOWN = 40


def run(
    before: Annotated[str, typer.Argument(help="The earlier batch.")],
    after: Annotated[str, typer.Argument(help="The later batch.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Tell what changed between two batches: labels that flipped, by language."""
    found = difference(Folder(address=before), Folder(address=after))
    if as_json:
        typer.echo(json.dumps(_told(found), ensure_ascii=False, indent=1))
        return
    for language, (old, new) in found.versions.items():
        changed = ", ".join(f"{name} {old[name]} -> {new[name]}" for name in old)
        typer.echo(f"{language}: {changed}")
    out = Console(highlight=False, soft_wrap=True)
    if found.flips:
        out.print(_shares(found))
        out.print(_flips(found))
    n_flipped, n_both = sum(one.n for one in found.flips), sum(found.n_both.values())
    typer.echo(
        f"{n_flipped} labels flipped; {n_both} in both, {found.content_changed} of them with other "
        f"words; {found.n_only_before} only before, {found.n_only_after} only after",
        err=True,
    )


def _told(found: Difference) -> dict[str, object]:
    return {
        "in_both": found.n_both,
        "other_words": found.content_changed,
        "only_before": found.n_only_before,
        "only_after": found.n_only_after,
        "versions": {
            code: {"before": old, "after": new} for code, (old, new) in found.versions.items()
        },
        "flips": [
            {
                "language": one.language,
                "label": one.label,
                "before": one.before,
                "after": one.after,
                "n": one.n,
            }
            for one in found.flips
        ],
    }


def _shares(found: Difference) -> Table:
    table = Table("language", "label", "flipped", "of", "share", "95 %")
    for language, n in found.n_both.items():
        for label in LABELS:
            one = found.flipped(language, label)
            if one.value:
                low, high = one.low or 0.0, one.high or 0.0
                told = (f"{one.value:.2%}", f"{low:.2%} to {high:.2%}")
                table.add_row(language, label, str(round(one.value * n)), str(n), *told)
    return table


def _flips(found: Difference) -> Table:
    table = Table("language", "label", "before", "after", "n")
    for one in sorted(found.flips, key=lambda flip: -flip.n)[:_MOST_SHOWN]:
        table.add_row(one.language, one.label, one.before, one.after, str(one.n))
    return table
