"""`kindline label`: single utterances, one JSON object or one plain line each."""

from collections.abc import Iterable, Iterator, Mapping
import json
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from rich.console import Console
from rich.table import Table
import typer

from kindline.contract import rejected_as_json
from kindline.errors import InputError, MalformedInputError, UnknownNameError
from kindline.languages import supported
from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS
from kindline.records import decoded, json_record
from kindline.text.heads import Party
from kindline.text.language import identified
from kindline.text.scoring import score, threshold

_LABELS: Mapping[Party, tuple[str, ...]] = {"customer": CUSTOMER_LABELS, "agent": AGENT_LABELS}
_Utterance = tuple[str, str | None, str]  # id, language, text


def run(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines with id, language, text; or plain lines.")
    ],
    party: Annotated[str, typer.Option(help="Whose words they are: customer or agent.")],
    language: Annotated[str | None, typer.Option(help="Language of lines that state none.")] = None,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Label single utterances."""
    whose = _party(party)
    rejected: list[InputError] = []
    utterances = list(_utterances(file, language, rejected))
    labelled = list(labels(utterances, whose))
    if as_lines:
        for item in labelled:
            typer.echo(json.dumps(item, ensure_ascii=False))
    else:
        Console().print(_table(labelled))
    for error in rejected:
        typer.echo(json.dumps(rejected_as_json(error, file.as_posix())), err=True)
    n_read = len(labelled) + len(rejected)
    typer.echo(f"{n_read} read = {len(labelled)} labelled + {len(rejected)} rejected", err=True)
    raise typer.Exit(1 if rejected else 0)


def labels(utterances: Iterable[_Utterance], party: Party) -> Iterator[dict[str, Any]]:
    """Return, in order, the contract's object for each utterance."""
    every = list(utterances)
    by_language: dict[str, list[int]] = {}
    for number, (_, language, text) in enumerate(every):
        code = supported(language or identified([text]))
        if code is not None:
            by_language.setdefault(code, []).append(number)
    found: dict[int, dict[str, Any]] = {}
    for code, numbers in by_language.items():
        scored = score([every[number][2] for number in numbers], code, party)
        for row, number in enumerate(numbers):
            chances = dict(zip(scored.labels, scored.probability[row].tolist(), strict=True))
            found[number] = {
                label: _judged(party, label, chances[label]) for label in _LABELS[party]
            }
    unknown = {label: {"probability": None, "present": None} for label in _LABELS[party]}
    for number, (identity, language, text) in enumerate(every):
        stated = language or identified([text])
        yield {"id": identity, "language": stated, "labels": found.get(number, unknown)}


def _judged(party: Party, label: str, probability: float) -> dict[str, Any]:
    is_present = probability >= threshold(party, label)
    return {"probability": round(probability, 4), "present": is_present}


def _party(name: str) -> Party:
    for party in get_args(Literal["customer", "agent"]):
        if party == name:
            whose: Party = party
            return whose
    raise UnknownNameError("party", name, ("customer", "agent"))


def _utterances(
    file: Path, language: str | None, rejected: list[InputError]
) -> Iterator[_Utterance]:
    source = file.as_posix()
    if not file.is_file():
        raise MalformedInputError(source, "file", "path", "no file there", "a file")
    for number, line in enumerate(decoded(file.read_bytes(), source).splitlines(), start=1):
        if not line.strip():
            continue
        if not line.lstrip().startswith("{"):
            yield str(number), language, line
            continue
        try:
            record = json_record(line, source, f"line {number}")
            identity = record.text("id") or str(number)
            yield identity, record.text("language") or language, record.needed_text("text")
        except InputError as error:
            rejected.append(error)


def _table(labelled: Iterable[Mapping[str, Any]]) -> Table:
    table = Table("id", "language", "labels")
    for item in labelled:
        shown = [
            f"{label} {judged['probability']:.2f}"
            for label, judged in item["labels"].items()
            if judged["present"]
        ]
        is_assessed = any(judged["present"] is not None for judged in item["labels"].values())
        nothing = "none" if is_assessed else "not assessed"
        table.add_row(str(item["id"]), str(item["language"]), ", ".join(shown) or nothing)
    return table
