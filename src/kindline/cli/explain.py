"""`kindline explain`: why a conversation got its labels, and what would change them."""

from collections.abc import Iterator, Mapping
import json
import math
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
import typer

from kindline.config import Settings
from kindline.errors import MalformedInputError
from kindline.opening import DATABASE, store_of
from kindline.store.conversations import Stored, load_one
from kindline.text.decision import Decision, decision
from kindline.text.learnt import Learnt, learnt_in
from kindline.text.verdicts import SHAKY

_MODELS = ("service", "companionship", "support", "crisis", "abuse")


def run(
    conversation_id: Annotated[str, typer.Argument(help="Id of a stored conversation.")],
    out: Annotated[Path | None, typer.Option(help=f"Folder with {DATABASE}.")] = None,
    as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Say why a conversation got its labels: every finding and its weight."""
    settings = Settings()
    with store_of(settings, out).read() as tenancy:
        stored = load_one(tenancy, conversation_id)
    if stored is None:
        raise MalformedInputError(DATABASE, "conversation", "id", "no such id", "a stored one")
    learnt = learnt_in(settings.learnt) if settings.learnt else Learnt()
    reasons = list(explanations(stored, learnt))
    if as_lines:
        typer.echo(json.dumps(reasons, ensure_ascii=False))
        return
    console = Console()
    for reason in reasons:
        console.print(_table(reason))
        console.print(escape(reason["what_would_change_it"]) + "\n")


def explanations(stored: Stored, learnt: Learnt) -> Iterator[dict[str, Any]]:
    """Return, per decision, its findings, its sum and what would change it."""
    analysis = stored.analysis
    yield from _roles(analysis.get("roles") or {})
    is_ours = analysis["versions"]["weights"] == learnt.weights
    blocks = {**analysis["needs"], "crisis": analysis["crisis"], "abuse": analysis["abuse"]}
    for name in _MODELS:
        block = blocks[name]
        told = {"label": name, "state": block["state"], "probability": block["probability"]}
        if block["probability"] is None:
            yield {**told, "findings": [], "what_would_change_it": _NOT_JUDGED}
        elif stored.turns is None:
            yield {**told, "findings": [], "what_would_change_it": _FORGOTTEN}
        elif not is_ours:
            yield {
                **told,
                "findings": block["findings"],
                "what_would_change_it": _OTHER_WEIGHTS,
            }
        else:
            language = analysis["language"].partition("-")[0]
            model = learnt.of(language).get(name) or decision(name)
            yield {
                **told,
                "base": model.bases[language],
                "findings": block["findings"],
                "what_would_change_it": _change(model, block),
            }


def _roles(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return why one side is the agent, where the words say so or contradict the file."""
    told_by, state = block.get("told_by"), block.get("state")
    if told_by == "words" or state == "unsure":
        yield {
            "label": "roles",
            "state": state,
            "probability": block["confidence"],
            "findings": block["findings"],
            "what_would_change_it": _ROLES[told_by if state == "unsure" else "told"],
        }


_ROLES: Mapping[str | None, str] = {
    "told": "The file tells voices apart, not who they are; less sure, it would be left open.",
    None: "Both sides sound alike, so no turn was read: say who is who with a `party` column.",
    "file": "The words contradict the roles in the file, so no turn was read: check its sides.",
}
_NOT_JUDGED = "Nothing was inferred: see `status`, `basis` and `language` in the analysis."
_OTHER_WEIGHTS = "It was judged by other weights than are here (KINDLINE_LEARNT): analyse it again."
_FORGOTTEN = "The words and their findings are gone: the policy's time for them is over."


def _change(model: Decision, block: Mapping[str, Any]) -> str:
    """Return one sentence: the finding whose absence changes the state, or how far it is off."""
    probability = min(max(block["probability"], 1e-9), 1 - 1e-9)
    odds = math.log(probability / (1 - probability))
    needed = math.log(model.present_from / (1 - model.present_from))
    if block["state"] in ("present", "cue"):
        strongest = max(block["findings"], key=lambda finding: float(finding["weight"]))
        if odds - strongest["weight"] < needed:
            return f"Without {strongest['signal']} it would not be {block['state']}."
        return f"No single finding decides it: {odds - needed:+.2f} log-odds above the threshold."
    if SHAKY in block["reasons"]:
        return "The sum is high enough, but the recogniser was not sure of the words: listen."
    if odds >= needed:
        return "The sum is high enough, but one kind of weak cue is too little to stand on."
    return f"It would take {needed - odds:+.2f} log-odds more evidence to be found."


def _table(reason: Mapping[str, Any]) -> Table:
    probability = reason["probability"]
    chance = "" if probability is None else f", probability {probability:.2f}"
    table = Table(
        "finding",
        "turn",
        "words or value",
        "weight",
        title=f"{reason['label']}: {reason['state']}{chance}",
    )
    if "base" in reason:
        table.add_row("base", "", "", f"{reason['base']:+.2f}")
    for finding in reason["findings"]:
        words = escape(finding["quote"]) if finding["quote"] else f"{finding['value']:.2f}"
        if finding.get("confidence") is not None:
            words += f" (heard with confidence {finding['confidence']:.2f})"
        turn = "" if finding["turn"] is None else str(finding["turn"])
        table.add_row(finding["signal"], turn, words, f"{finding['weight']:+.2f}")
    return table
