"""`kindline evaluate`: how right the models are, on stories they have never seen."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import Console
from rich.table import Table
import typer

from kindline.errors import MalformedInputError, UnavailableError
from kindline.languages import codes
from kindline.model.estimate import Estimate
from kindline.text.encoded import turn_model
from kindline.text.scoring import TurnModel

if TYPE_CHECKING:
    from kindline.training.benchmarks import Benchmark
    from kindline.training.calls import Flagged
    from kindline.training.evaluation import Agreement, FalseAlarms, Result, Stressed, Swapped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    results: list["Result"]
    agreements: list["Agreement"]
    benchmarks: list["Benchmark"]
    false_alarms: list["FalseAlarms"]
    flagged: list["Flagged"]
    stressed: list["Stressed"]
    swapped: list["Swapped"]


def run(
    corpus: Annotated[Path, typer.Option(help="Folder with our corpus.")] = Path("corpus"),
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with public sets (docs/data.md): their figures too, some minutes."
        ),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(help="Folder that `kindline train` wrote: read by its encoder as well."),
    ] = None,
    stress: Annotated[
        bool, typer.Option("--stress", help="Also with changed words, and told by others.")
    ] = False,
    as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Measure the models on the frozen test split and on public sets."""
    for folder in (corpus / "en", *([data / "goemotions", data / "xed"] if data else [])):
        if not folder.is_dir():
            raise MalformedInputError(
                folder.as_posix(), "folder", "path", "nothing there", "a folder: see --help"
            )
    model = turn_model(heads) if heads else None
    measured = _measured(corpus, data, model, has_stress=stress)
    if as_lines:
        typer.echo(json.dumps(asdict(measured)))
        return
    console = Console()
    for result in measured.results:
        console.print(_scores(result))
    console.print(_agreements(measured.agreements))
    if measured.stressed:
        console.print(_stressed(measured.stressed))
        console.print(_swapped(measured.swapped))
    if measured.benchmarks:
        console.print(_benchmarks(measured.benchmarks))
        console.print(_false_alarms(measured.false_alarms))
        console.print(_flagged(measured.flagged))


def _measured(
    corpus: Path, data: Path | None, model: TurnModel | None, *, has_stress: bool
) -> _Measured:
    try:
        from kindline.training import benchmarks, calls, evaluation  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"{error.name} is not installed: pip install 'kindline[train]'"
        ) from None
    results: list[Result] = []
    agreements: list[Agreement] = []
    stressed: list[Stressed] = []
    swapped: list[Swapped] = []
    now = datetime.now(UTC)
    for language in codes():
        result, states = evaluation.of_conversations(corpus, language, now, model)
        results += [
            result,
            evaluation.of_turns(corpus, language, "customer", model),
            evaluation.of_turns(corpus, language, "agent", model),
        ]
        agreements += states
        if has_stress:
            stressed += evaluation.under_stress(corpus, language, now)
            swapped += evaluation.when_swapped(corpus, language, now)
    public = [] if data is None else [benchmarks.goemotions(data), *benchmarks.xed(data)]
    alarms = [] if data is None else evaluation.false_alarms(data)
    flagged = [] if data is None else calls.flagged(data, now, model)
    return _Measured(
        results=results,
        agreements=agreements,
        benchmarks=public,
        false_alarms=alarms,
        flagged=flagged,
        stressed=stressed,
        swapped=swapped,
    )


def _scores(result: "Result") -> Table:
    title = f"{result.language}, {result.kind}: macro-F1 {_shown(result.macro_f1)}"
    table = Table("head", "n", "true", "F1", "AUC", "calibration error", title=title)
    for score in result.scores:
        error = "-" if score.calibration_error is None else f"{score.calibration_error:.3f}"
        counts = (str(score.n), str(score.n_true))
        table.add_row(score.head, *counts, _shown(score.f1), _shown(score.auc), error)
    return table


def _agreements(agreements: Iterable["Agreement"]) -> Table:
    table = Table("language", "state", "n", "named", "rightly", title="states, one of several")
    for one in agreements:
        counts = (one.n, one.n_named, one.n_right)
        table.add_row(one.language, one.state, *(str(count) for count in counts))
    return table


def _benchmarks(benchmarks: Iterable["Benchmark"]) -> Table:
    table = Table("set", "language", "n", "metric", "value", "goal", "split", title="public sets")
    for one in benchmarks:
        figures = (str(one.n), one.metric, f"{one.macro_f1:.3f}", f"{one.goal:.3f}")
        table.add_row(one.name, one.language, *figures, one.split)
    return table


def _false_alarms(false_alarms: Iterable["FalseAlarms"]) -> Table:
    title = "false alarms in English service requests (BANKING77 test, MultiDoGO test)"
    table = Table("label", "n", "found in", title=title)
    for one in false_alarms:
        table.add_row(one.label, str(one.share.n), _percent(one.share))
    return table


def _flagged(flagged: Iterable["Flagged"]) -> Table:
    title = "whole English service contacts, none with such a need"
    table = Table("set", "n", "need", "found in", title=title)
    for one in flagged:
        table.add_row(one.source, str(one.share.n), one.need, _percent(one.share))
    return table


def _stressed(stressed: Iterable["Stressed"]) -> Table:
    table = Table(
        "language", "words", "company: AUC", "crisis found", "false alarms", title="stress"
    )
    for one in stressed:
        found = f"{one.n_found} of {one.n_crisis}"
        table.add_row(one.language, one.change, _shown(one.company), found, str(one.n_false_alarms))
    return table


def _swapped(swapped: Iterable["Swapped"]) -> Table:
    title = "told by others: how far a companionship probability moves"
    table = Table("language", "swapped", "stories touched", "over .05", "farthest", title=title)
    for one in swapped:
        counts = (str(one.n), str(one.n_far), f"{one.farthest:.2f}")
        table.add_row(one.language, one.kind, *counts)
    return table


def _percent(share: Estimate) -> str:
    values = (share.value or 0.0, share.low or 0.0, share.high or 0.0)
    return "{:.2%} ({:.2%}-{:.2%})".format(*values)


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "-"
    return f"{estimate.value:.2f} ({estimate.low:.2f}-{estimate.high:.2f})"
