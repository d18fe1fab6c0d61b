"""
A practice call on a page: what was done so far travels with the page, and is done again.

Nothing is kept on the server, so that any process can answer and nobody can look back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
import json
from typing import Literal, NamedTuple

from kindline.desk.callers import Caller, callers
from kindline.desk.practice import Practice, act_named, begin
from kindline.errors import InputError, PolicyError, UnknownNameError
from kindline.languages.phrases import Phrases
from kindline.records import as_list
from kindline.safeguarding.helplines import Helpline

MOST_STEPS, LONGEST = 60, 400
Refused = Literal["risk", "order"]


class Step(NamedTuple):
    """What an agent did: said something, chose a sentence by its number, or acted."""

    kind: Literal["say", "choose", "act"]
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A call after its steps; `refused` is why the last was not taken, and is not among them."""

    call: Practice
    steps: tuple[Step, ...]
    refused: Refused | None


def caller_of(language: str, name: str) -> Caller:
    """Return a caller; raises UnknownNameError."""
    every = callers(language)
    if name not in every:
        raise UnknownNameError("caller", "given", tuple(every))
    return every[name]


def steps_from(told: str) -> tuple[Step, ...]:
    """Return the steps that a page carried; raises InputError where they are none of ours."""
    try:
        given = as_list(json.loads(told or "[]"))
    except (ValueError, RecursionError):
        given = None
    if given is None or len(given) > MOST_STEPS:
        raise InputError("a practice call that is none of ours, or too long")
    return tuple(_step(one) for one in given)


def step_of(*, say: str, choose: str, act: str) -> Step | None:
    """Return what a form asks for, None where it asks for nothing."""
    if act:
        return Step("act", act[:LONGEST])
    if choose:
        return Step("choose", choose[:LONGEST])
    return Step("say", say.strip()[:LONGEST]) if say.strip() else None


def as_told(steps: Sequence[Step]) -> str:
    """Return steps as a page carries them."""
    return json.dumps(steps, ensure_ascii=False)


def played(
    caller: Caller,
    steps: Sequence[Step],
    now: datetime,
    *,
    queue_waits: bool,
    lines: Sequence[Helpline],
    own: Phrases,
) -> Played:
    """Return the call after its steps; one that is not to be taken now is left out."""
    call = begin(caller, now, queue_waits=queue_waits, lines=lines, own=own)
    call.begin()
    taken: list[Step] = []
    refused: Refused | None = None
    for step in steps:
        if call.is_over:
            break
        is_at_risk = call.session.open_risk is not None
        try:
            _take(call, step)
        except PolicyError:
            refused = "risk" if is_at_risk else "order"
            continue
        refused = None
        taken.append(step)
    return Played(call=call, steps=tuple(taken), refused=refused)


def _take(call: Practice, step: Step) -> None:
    if step.kind == "act":
        act = act_named(step.told)
        if act is not None:
            call.act(act)
        return
    if step.kind == "say":
        call.say(step.told)
        return
    sentences = call.sentences()
    number = int(step.told) if step.told.isascii() and step.told.isdecimal() else len(sentences)
    if number < len(sentences):
        call.say(sentences[number].text, sentences[number])


def _step(one: object) -> Step:
    told = as_list(one)
    if told is None or len(told) != len(Step._fields):
        raise InputError("a step that is none of ours")
    kind, text = told
    if kind not in ("say", "choose", "act") or not isinstance(text, str) or len(text) > LONGEST:
        raise InputError("a step that is none of ours")
    return Step(kind, text)
