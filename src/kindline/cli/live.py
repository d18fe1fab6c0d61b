"""`kindline live`: an agent's desk in the terminal, with a caller to practise with."""

from datetime import UTC, datetime
import json
from typing import Annotated

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
import typer

from kindline.desk.callers import callers
from kindline.desk.practice import Practice, act_named, begin
from kindline.desk.session import View
from kindline.desk.shown import Sentence
from kindline.errors import PolicyError, UnknownNameError
from kindline.languages import codes
from kindline.live.prompts import Risk
from kindline.safeguarding.helplines import Offer

_HELP = (
    "Type what you say, or the number of a sentence. Also: card, mute, dismiss, "
    "given (the number was given and the cue is closed), end, quit."
)
_NEEDS = {"service": "a matter", "companionship": "would like company", "support": "needs comfort"}
_STATES = {"present": "yes", "unsure": "perhaps", "absent": "no", "not_assessed": "-"}
_PROMPTS = {
    "company": "They may have called to have somebody to talk to.",
    "comfort": "They may need a moment before the matter.",
    "abuse": "You are being insulted. You may name it, warn once, and end.",
}


def run(
    practice: Annotated[str, typer.Option(help=f"Language to practise in: {', '.join(codes())}.")],
    caller: Annotated[
        str | None, typer.Option(help="Id of a caller; see --list. Without: the first.")
    ] = None,
    queue: Annotated[bool, typer.Option("--queue", help="Others are waiting.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the callers.")] = False,
    as_lines: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Practise a call: the desk follows, prompts and helps; nothing is kept, nobody is graded."""
    console = Console()
    every = callers(practice)
    if show:
        for one in every.values():
            console.print(f"{one.id}: {one.kind}, {one.name}")
        return
    chosen = caller or next(iter(every))
    if chosen not in every:
        raise UnknownNameError("caller", chosen, tuple(every))
    call = begin(every[chosen], datetime.now(UTC), queue_waits=queue)
    console.print(_HELP)
    console.print(f"\n[bold]{escape(call.caller.name)}[/bold]: {escape(call.begin())}")
    _converse(console, call)
    _tell(console, call, as_lines=as_lines)


def _converse(console: Console, call: Practice) -> None:
    before: View | None = None
    while not call.is_over:
        sentences, view = call.sentences(), call.view()
        _show(console, call, view, before, sentences)
        before = view
        try:
            typed = console.input("> ").strip()
        except EOFError:
            console.print()
            return
        if typed == "quit":
            return
        try:
            _act(console, call, typed, sentences)
        except PolicyError as error:
            console.print(f"[yellow]{escape(str(error))}[/yellow]")


def _act(console: Console, call: Practice, typed: str, sentences: list[Sentence]) -> None:
    """Do what was typed: a command, the number of a sentence, or words of one's own."""
    act = act_named(typed)
    if act is not None:
        call.act(act)
    elif typed:
        number = int(typed) - 1 if typed.isdecimal() else -1
        sentence = sentences[number] if 0 <= number < len(sentences) else None
        text = typed if sentence is None else sentence.text
        console.print(f"[bold]-[/bold] {escape(text)}")
        told = call.say(text, sentence) or "(hung up)"
        console.print(f"[bold]{escape(call.caller.name)}[/bold]: {escape(told)}")


def _show(
    console: Console,
    call: Practice,
    view: View,
    before: View | None,
    sentences: list[Sentence],
) -> None:
    """Show what is new, and where the call is."""
    if view.is_card_open and not (before and before.is_card_open):
        console.print(_card(call, view.risk))
    if view.prompt is not None and not (before and before.prompt == view.prompt):
        seen = f"{_PROMPTS[view.prompt.kind]} [dim]{escape(view.prompt.quote)}[/dim]"
        console.print(Panel(seen, title="seen", expand=False))
    console.print(f"[dim]{_tiles(view)}[/dim]")
    for need, quote in call.quotes().items():
        if quote is not None:
            console.print(f"[dim]  {_NEEDS[need]}: {escape(quote)}[/dim]")
    if view.ladder.paused:
        console.print("[dim]The way out waits until the cue is closed by a person.[/dim]")
    if view.ladder.following == "signpost" and call.line is not None:
        console.print(f"  {_offer(call.line)}")
    for number, one in enumerate(sentences, start=1):
        console.print(f"  {number}  {escape(one.text)}  [dim]{one.rung or one.step}[/dim]")


def _tiles(view: View) -> str:
    if view.judged is None:
        return f"{view.stage} · nothing is read"
    told = [f"{name}: {_STATES[getattr(view.judged, need).state]}" for need, name in _NEEDS.items()]
    if view.left_to_give_ms is not None:
        told.append(f"{view.left_to_give_ms // 60_000} min left to give")
    return " · ".join([view.stage, *told])


def _card(call: Practice, risk: Risk | None) -> Panel:
    """Return the card: steps, wording, who can be called. It says nothing about the caller."""
    phrases = call.session.phrases
    lines = [f"[bold]{escape(step.do)}[/bold]\n" + _quoted(step.say) for step in phrases.card]
    lines.append("[dim]" + _quoted(phrases.never_say).replace("  -", "  not:") + "[/dim]")
    if call.help.emergency:
        lines.append(f"[bold]{call.help.emergency}[/bold]")
    lines += [_offer(one) for one in call.help.offers]
    if risk is not None and risk.quote:
        lines.insert(0, f"Heard: [italic]{escape(risk.quote)}[/italic]")
    return Panel("\n".join(lines), border_style="red", expand=False)


def _quoted(some: tuple[str, ...]) -> str:
    return "\n".join(f"  - {escape(one)}" for one in some)


def _offer(one: Offer) -> str:
    line = one.line
    checked = (
        f"dialled by {line.verified_by}, {line.verified_at}"
        if line.verified_at
        else f"from a published source, not yet dialled ({line.grade}, {line.source_seen_at})"
    )
    return f"[bold]{line.dial}[/bold] {escape(line.name)} · {escape(line.scope)} · {checked}"


def _tell(console: Console, call: Practice, *, as_lines: bool) -> None:
    report = call.report()
    if as_lines:
        told = {name: getattr(report, name) for name in report.__slots__}
        typer.echo(json.dumps(told))
        return
    console.print(f"\n{report.n_turns} turns. Said on the way out: {', '.join(report.reached)}.")
    if report.wrongly:
        console.print(f"Said, and not to be said: {', '.join(report.wrongly)}.")
    if report.has_met_risk:
        closed = "closed by you" if report.has_closed_risk else "still open when the call ended"
        console.print(f"A cue that a life may be at risk was {closed}. Take a break now.")
