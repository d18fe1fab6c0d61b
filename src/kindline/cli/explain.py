"""`kindline explain`: why a conversation got its labels, and what would change them."""

from collections.abc import Iterable, Iterator, Mapping
import json
import math
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
import typer

from kindline.cli.analyse import DATABASE
from kindline.config import Settings
from kindline.errors import MalformedInputError
from kindline.store.conversations import load
from kindline.store.database import opened
from kindline.text.decision import decision

_MODELS = ("service", "companionship", "support", "crisis", "abuse")


def run(
    conversation_id: Annotated[str, typer.Argument(help="Id of a stored conversation.")],
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
    as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Say why a conversation got its labels: every finding and its weight."""
    engine = opened((out or Settings().home) / DATABASE)
    with engine.connect() as connection:
        stored = next(load(connection, identity=conversation_id), None)
    if stored is None:
        raise MalformedInputError(DATABASE, "conversation", "id", "no such id", "a stored one")
    reasons = list(explanations(stored.analysis))
    if as_lines:
        typer.echo(json.dumps(reasons, ensure_ascii=False))
        return
    console = Console()
    for reason in reasons:
        console.print(_table(reason))
        console.print(escape(reason["what_would_change_it"]) + "\n")


def explanations(analysis: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return, per decision, its findings, its sum and what would change it."""
    blocks = {**analysis["needs"], "crisis": analysis["crisis"], "abuse": analysis["abuse"]}
    for name in _MODELS:
        block = blocks[name]
        if block["probability"] is None:
            yield {"label": name, "state": block["state"], "what_would_change_it": _NOT_JUDGED}
            continue
        model = decision(name)
        yield {
            "label": name,
            "state": block["state"],
            "probability": block["probability"],
            "base": model.base,
            "findings": block["findings"],
            "what_would_change_it": _change(
                name, block["state"], block["probability"], block["findings"]
            ),
        }


_NOT_JUDGED = "Nothing was inferred: see `status` and `basis` in the analysis."


def _change(
    name: str, state: str, probability: float, findings: Iterable[Mapping[str, Any]]
) -> str:
    """Return one sentence: the finding whose absence changes the state, or how far it is off."""
    model = decision(name)
    odds = math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))
    needed = math.log(model.present_from / (1 - model.present_from))
    if state in ("present", "cue"):
        strongest = max(findings, key=lambda finding: finding["weight"], default=None)
        if strongest is not None and odds - strongest["weight"] < needed:
            return f"Without {strongest['signal']} it would not be {state}."
        return f"No single finding decides it: {odds - needed:+.2f} log-odds above the threshold."
    return f"It would take {needed - odds:+.2f} log-odds more evidence to be found."


def _table(reason: Mapping[str, Any]) -> Table:
    chance = (
        "" if reason.get("probability") is None else f", probability {reason['probability']:.2f}"
    )
    table = Table(
        "finding",
        "turn",
        "words or value",
        "weight",
        title=f"{reason['label']}: {reason['state']}{chance}",
    )
    if "base" in reason:
        table.add_row("base", "", "", f"{reason['base']:+.2f}")
    for finding in reason.get("findings", ()):
        words = escape(finding["quote"]) if finding["quote"] else f"{finding['value']:.2f}"
        turn = "" if finding["turn"] is None else str(finding["turn"])
        table.add_row(finding["signal"], turn, words, f"{finding['weight']:+.2f}")
    return table
