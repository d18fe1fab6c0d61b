"""
The way out of a call, kindly: eight rungs, in order, which the agent climbs and the desk follows.

A rung is ticked when it was heard or the agent says so. A sentence is offered only while it is
true. Nobody is shown the way out while a cue that a life may be at risk is open (FACTS 2.6).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kindline.languages.phrases import (
    ABUSE_STEPS,
    EARLY,
    RUNGS,
    AbuseStep,
    Condition,
    Form,
    Phrase,
    Rung,
)
from kindline.live.judging import Judged
from kindline.live.stage import Stage
from kindline.model.analysis import Behaviour

GREETED = 2  # turns that may be a greeting: who wishes a good day there says no farewell
EARLY_TURNS = 6  # within which the rest is asked for: later it invites to begin anew (FACTS 2.5)
MOST_REPEATS = 2  # firm and kind; then the agent ends (FACTS 2.6)
_HEARD_BY: Mapping[Rung, tuple[Behaviour, ...]] = {
    "acknowledge": ("acknowledge", "validate"),
    "give_back": ("reflect",),
    "boundary": ("boundary",),
    "signpost": ("signpost",),
    "farewell": ("warm_close",),
}
_LOOP_FIRST = frozenset[Rung]({"boundary", "signpost", "farewell", "firm_repeat"})
Paused = Literal["risk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """What is so at this moment; `has_line` where a helpline can be named."""

    queue_waits: bool = False
    line_is_always_open: bool = False
    has_line: bool = False

    def allow(self, condition: Condition | None) -> bool:
        """Return whether a sentence may be said."""
        if condition is None:
            return True
        return self.queue_waits if condition == "queue_waits" else self.line_is_always_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs that were said, the next one, None at the end or while paused, and its wording."""

    said: tuple[Rung, ...]
    following: Rung | None
    offered: tuple[Phrase, ...]
    n_repeats_left: int
    paused: Paused | None = None


def ladder(
    said: Collection[Rung],
    n_repeats: int,
    told: Mapping[str, Sequence[Phrase]],
    *,
    form: Form,
    truths: Truths,
    is_at_risk: bool,
) -> Ladder:
    """Return where the agent is on the way out, and what may be said next."""
    climbed: tuple[Rung, ...] = tuple(rung for rung in RUNGS if rung in said)
    left = max(0, MOST_REPEATS - n_repeats)
    if is_at_risk:
        return Ladder(said=climbed, following=None, offered=(), n_repeats_left=left, paused="risk")
    following = _following(said, left, truths)
    offered = () if following is None else _offered(told.get(following, ()), form, truths)
    return Ladder(said=climbed, following=following, offered=offered, n_repeats_left=left)


def heard(judged: Judged, closed_at: int | None) -> frozenset[Rung]:
    """
    Return the rungs that were heard in what the agent said.

    Those that end a call count from turn `closed_at` on, where the matter was closed.
    """
    found: set[Rung] = set()
    for rung, names in _HEARD_BY.items():
        first = GREETED + 1 if rung not in _LOOP_FIRST else closed_at
        turns = [turn for name in names for turn in judged.agent.turns.get(name, ())]
        if first is not None and any(turn >= first for turn in turns):
            found.add(rung)
    if judged.is_matter_closed:
        found.add("close_the_loop")
    if judged.closings:
        found.add("bounded_check")
    return frozenset(found)


def early_question(
    stage: Stage, n_turns: int, told: Mapping[str, Sequence[Phrase]], form: Form
) -> tuple[Phrase, ...]:
    """Return what asks for the rest right after the first matter, nothing later than that."""
    if stage not in ("need", "work") or n_turns > EARLY_TURNS:
        return ()
    return tuple(one for one in told.get(EARLY, ()) if one.form == form)


def may_say(rung: Rung, said: Collection[Rung]) -> bool:
    """Return whether a rung can be taken: none that ends before the matter was closed (R10)."""
    return rung not in _LOOP_FIRST or "close_the_loop" in said


def abuse_step(said: Collection[AbuseStep]) -> AbuseStep | None:
    """Return the next step where somebody is abused: name it, warn once, end; None after that."""
    return next((step for step in ABUSE_STEPS if step not in said), None)


def _following(said: Collection[Rung], n_repeats_left: int, truths: Truths) -> Rung | None:
    for rung in RUNGS:
        if rung == "firm_repeat":
            return rung if n_repeats_left else None
        if rung not in said and (rung != "signpost" or truths.has_line):
            return rung
    return None


def _offered(some: Sequence[Phrase], form: Form, truths: Truths) -> tuple[Phrase, ...]:
    """Return what may be said: in the form the caller is addressed in, and true."""
    return tuple(one for one in some if one.form == form and truths.allow(one.only_if))
