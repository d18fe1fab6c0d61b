"""`kindline learn`: decisions drawn from ours by what people settled in Review."""

from collections.abc import Sequence
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.config import Settings
from kindline.errors import InputError, UnavailableError
from kindline.running import turns_read_by
from kindline.text.learnt import Learnt

if TYPE_CHECKING:
    from kindline.training.learning import Learning
    from kindline.training.scores import Score


def run(
    reviewed: Annotated[
        Path, typer.Argument(exists=True, help="File that `kindline reviewed` wrote.")
    ],
    out: Annotated[Path, typer.Option(help="File for what is learnt; see KINDLINE_LEARNT.")],
) -> None:
    """Learn from what people settled, and keep what is better than ours on contacts unseen."""
    try:
        from kindline.training import learning  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"{error.name} is not installed: pip install 'kindline[train]'"
        ) from None
    settled: list[learning.Settled] = []
    n_refused = 0
    for one in learning.settled_in(reviewed):
        if isinstance(one, InputError):
            n_refused += 1
            typer.echo(str(one), err=True)
        else:
            settled.append(one)
    learnt = learning.learn(settled, turns_read_by(Settings()))
    Console().print(_table(learnt))
    typer.echo(f"{len(settled)} conversations read, {n_refused} refused", err=True)
    decisions = learning.stored(learnt)
    if not decisions:
        typer.echo("nothing written: none is better than ours by more than chance", err=True)
        return
    told = {"weights": Learnt().weights, "decisions": decisions}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"wrote {out}; use it with KINDLINE_LEARNT={out}", err=True)


def _table(learnt: Sequence["Learning"]) -> Table:
    columns = ("language", "need", "n", "there", "AUC", "F1", "calibration error", "gain", "kept")
    table = Table(*columns, title="ours -> learnt, on contacts that neither saw")
    for one in learnt:
        before, after = one.ours, one.learnt
        table.add_row(
            one.language,
            one.need,
            str(before.n),
            str(before.n_true),
            f"{_value(before, 'auc')} -> {_value(after, 'auc')}",
            f"{_value(before, 'f1')} -> {_value(after, 'f1')}",
            f"{before.calibration_error:.2f} -> {after.calibration_error:.2f}",
            _gain(one),
            "yes" if one.is_kept else "no",
        )
    return table


def _value(score: "Score", name: str) -> str:
    value = getattr(score, name).value
    return "-" if value is None else f"{value:.2f}"


def _gain(one: "Learning") -> str:
    gain = one.gain
    if gain.value is None:
        return gain.method
    return f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
