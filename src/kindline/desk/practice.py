"""
Practice: the same desk, fed by a caller of ours; nothing is kept and nobody is graded.

Words come at the pace people speak, so that a prompt waits as long as it would in a call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from kindline.desk.callers import Caller, Move, Talk
from kindline.desk.events import (
    CardOpened,
    Climbed,
    CueClosed,
    Dismissed,
    Ended,
    Ending,
    Event,
    Muted,
    Said,
    Warned,
)
from kindline.desk.session import Session, View, take_all
from kindline.desk.shown import Sentence, quotes, sentences
from kindline.errors import PolicyError
from kindline.languages.phrases import RUNGS, Condition, Phrases, Rung
from kindline.live.judging import Growing, Judged
from kindline.live.ladder import GREETED, Truths
from kindline.live.lint import said_wrongly
from kindline.model.analysis import Behaviour
from kindline.model.conversation import Conversation, ConversationId
from kindline.safeguarding.helplines import Help, Helpline, HelpNeed, Offer, help_for

Act = Literal["card", "mute", "dismiss", "given", "end"]
ACTS: tuple[Act, ...] = get_args(Act)
MS_A_WORD = 400  # 150 words a minute
MS_BETWEEN = 1_500
_SHOWS: Mapping[Behaviour, Move] = {
    "acknowledge": "acknowledge",
    "validate": "acknowledge",
    "reflect": "give_back",
    "question_open": "question_open",
    "boundary": "boundary",
    "signpost": "signpost",
    "warm_close": "farewell",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What was practised: rungs reached, cues closed, how long; no mark.

    `wrongly` tells what was said that was not to be: a pretext, an order, a claim that was not true
    in this call (`live.lint`). Nothing, where all that was said could be said.
    """

    reached: tuple[Rung, ...]
    n_turns: int
    length_ms: int
    has_met_risk: bool
    has_closed_risk: bool
    ending: str | None
    wrongly: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Practice:
    """A practice call. Begin it with `begin`; then say something until `is_over`."""

    session: Session
    talk: Talk
    help: Help
    at_ms: int = 0
    has_met_risk: bool = False
    n_closed: int = 0
    wrongly: set[str] = field(default_factory=set[str])

    @property
    def caller(self) -> Caller:
        """Return who calls."""
        return self.talk.caller

    @property
    def is_over(self) -> bool:
        """Return whether the caller hung up or the agent ended the call."""
        return self.session.ending is not None

    @property
    def line(self) -> Offer | None:
        """Return the helpline to name, None where none may be shown."""
        return next(iter(self.help.offers), None)

    def begin(self) -> str:
        """Return what the caller says first."""
        return self._hear("customer", self.talk.opening())

    def say(self, text: str, sentence: Sentence | None = None) -> str | None:
        """
        Say something and return what the caller says to it, None where they hung up.

        Raises PolicyError where the call is over, or the sentence is not to be said now.
        """
        if self.is_over:
            raise PolicyError("the call is over")
        if sentence is not None and sentence.rung is not None:
            self.session.take(Climbed(at_ms=self.at_ms, rung=sentence.rung))
        if sentence is not None and sentence.step is not None:
            self.session.take(Warned(at_ms=self.at_ms, step=sentence.step))
        self.wrongly.update(said_wrongly(text, self.session.phrases.lint, self._truths()))
        self._hear("agent", text)
        judged, turn = self.session.judged or Judged(), self._n_turns - 1
        reply = self.talk.answer(_picked(sentence) or moves_in(judged, turn))
        said = None if reply is None else self._hear("customer", reply)
        if self.talk.has_hung_up:
            self.session.take(Ended(at_ms=self.at_ms, ending=_ending(sentence)))
        return said

    def act(self, act: Act) -> None:
        """
        Do something that is no sentence.

        Raises PolicyError where it is not to be done now: to end by right while a cue is open.
        """
        at, line = self.at_ms, self.line
        events: Mapping[Act, Event] = {
            "card": CardOpened(at_ms=at),
            "mute": Muted(at_ms=at),
            "dismiss": Dismissed(at_ms=at, kind="any"),
            "given": CueClosed(
                at_ms=at,
                by="practice",
                outcome="number_given",
                offered=line.line.dial if line else None,
            ),
            "end": Ended(at_ms=at, ending="ended_by_right"),
        }
        self.session.take(events[act])
        self.n_closed += act == "given"

    def view(self) -> View:
        """Return what the desk shows."""
        return self.session.view(self.at_ms)

    def quotes(self) -> dict[str, str | None]:
        """Return, for each need, the words it rests on; None where it was not found."""
        return quotes(self.session.judged)

    def sentences(self) -> list[Sentence]:
        """Return what can be said next, the way out first, then the abuse ladder where it fits."""
        slots = {
            "matter": self.caller.matter,
            "heard": self.caller.heard,
            "name": self.caller.name,
            "line": self.line.line.name if self.line else "",
        }
        return sentences(self.session, self.view(), slots)

    def report(self) -> Report:
        """Return what was practised."""
        return Report(
            reached=tuple(rung for rung in RUNGS if rung in self.session.said),
            n_turns=self._n_turns,
            length_ms=self.at_ms,
            has_met_risk=self.has_met_risk,
            has_closed_risk=self.n_closed > 0,
            ending=self.session.ending,
            wrongly=tuple(sorted(self.wrongly)),
        )

    def _truths(self) -> Mapping[Condition, bool]:
        """Return what may be claimed in this call."""
        told = self.session.truths
        return {
            "queue_waits": told.queue_waits,
            "line_is_always_open": told.has_line and told.line_is_always_open,
        }

    @property
    def _n_turns(self) -> int:
        return len(self.session.growing.turns) if self.session.growing else 0

    def _hear(self, role: Literal["agent", "customer"], text: str) -> str:
        start = self.at_ms + MS_BETWEEN
        self.at_ms = start + MS_A_WORD * max(1, len(text.split()))
        said = Said(at_ms=self.at_ms, role=role, text=text, start_ms=start, end_ms=self.at_ms)
        take_all([(self.session, [said])])
        self.has_met_risk = self.has_met_risk or self.session.open_risk is not None
        return text


def begin(
    caller: Caller,
    now: datetime,
    *,
    queue_waits: bool = False,
    lines: Sequence[Helpline] | None = None,
    own: Phrases | None = None,
) -> Practice:
    """
    Return a practice call with a caller, at a time of day: helplines have their hours.

    `lines` are the caller's country's as a house found them, `own` what is said there; ours where
    none are given.
    """
    one = Conversation(
        id=ConversationId(f"practice-{caller.id}"),
        source="practice",
        turns=(),
        language=caller.language,
        country=caller.country,
    )
    need: HelpNeed = "suicide" if caller.kind in ("risk", "third_party") else "befriending"
    told = help_for(caller.country, caller.language, need, now, lines=lines)
    line = next(iter(told.offers), None)
    session = Session(
        conversation=one,
        language=caller.language,
        growing=Growing(conversation=one, language=caller.language),
        form=caller.form,
        own=own,
        truths=Truths(
            queue_waits=queue_waits,
            has_line=line is not None,
            line_is_always_open=line is not None and line.line.hours.is_always_open,
        ),
    )
    return Practice(session=session, talk=Talk(caller), help=told)


def act_named(name: str) -> Act | None:
    """Return the act of that name, None where it is none."""
    for one in ACTS:
        if one == name:
            return one
    return None


def moves_in(judged: Judged, turn: int) -> set[Move]:
    """Return what the agent was heard to do in a turn."""
    shown = judged.agent.turns
    found: set[Move] = {move for name, move in _SHOWS.items() if turn in shown.get(name, ())}
    if turn <= GREETED:
        found.discard("farewell")
    if judged.resolution.resolved_turn == turn:
        found.add("close_the_loop")
    if turn in judged.closings:
        found.add("bounded_check")
    return found


def _picked(sentence: Sentence | None) -> set[Move]:
    if sentence is None:
        return set()
    return {move for move in (sentence.rung, sentence.step) if move is not None}


def _ending(sentence: Sentence | None) -> Ending:
    return "abuse" if sentence is not None and sentence.step == "abuse_end" else "closed"
