"""
A live call at an agent's desk: events go in, a view comes out. The clock is passed in.

What the words hold is judged elsewhere, many calls at once (`take_all`); everything else follows
from the events alone, so that stored events give the same desk after a restart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from kindline.desk.events import (
    PRIVATE,
    Addressed,
    CardOpened,
    Climbed,
    CueClosed,
    Dismissed,
    Ended,
    Event,
    HelpAsked,
    Muted,
    Said,
    Speaking,
    TakenOver,
    Warned,
)
from kindline.errors import PolicyError
from kindline.languages.phrases import AbuseStep, Form, Phrase, Phrases, Rung, phrases
from kindline.live.budget import Budget
from kindline.live.judging import Growing, Judged, hear
from kindline.live.ladder import Ladder, Truths, abuse_step, early_question, heard, ladder, may_say
from kindline.live.prompts import MOST, Prompt, Risk, Shown, due, risk
from kindline.live.stage import Stage, stage_of
from kindline.model.conversation import Conversation
from kindline.text.learnt import Learnt
from kindline.text.scoring import TurnModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a house chose for its desks."""

    budget: Budget = field(default_factory=Budget)
    may_end: bool = True
    most_prompts: int = MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a desk shows now. `judged` is None where nothing may be or can be inferred."""

    stage: Stage
    judged: Judged | None
    prompt: Prompt | None
    risk: Risk | None
    is_card_open: bool
    ladder: Ladder
    abuse: AbuseStep | None
    left_to_give_ms: int | None
    is_muted: bool
    early: tuple[Phrase, ...] = ()


@dataclass(slots=True, kw_only=True)
class Session:
    """
    One call. `events` are those to be kept: what an agent muted or put away is not among them.

    `growing` is None where the policy gave no leave to read it, or has no language pack:
    the way out, the card and the right to end work all the same.
    """

    conversation: Conversation
    language: str
    growing: Growing | None
    own: Phrases | None = None  # what may be said in this house, in place of ours
    rules: Rules = field(default_factory=Rules)
    truths: Truths = field(default_factory=Truths)
    given_this_shift_ms: int = 0
    events: list[Event] = field(default_factory=list[Event])
    judged: Judged | None = None
    shown: Shown = field(default_factory=Shown)
    open_prompt: Prompt | None = None
    open_risk: Risk | None = None
    closed_turns: frozenset[int] = frozenset()
    has_met_risk: bool = False
    ticked: dict[Rung, bool] = field(default_factory=dict[Rung, bool])
    warned: list[AbuseStep] = field(default_factory=list[AbuseStep])
    form: Form = "formal"
    n_repeats: int = 0
    closed_at: int | None = None
    is_card_open: bool = False
    is_help_asked: bool = False
    taken_over_by: str | None = None
    ending: str | None = None
    now_ms: int = 0
    company_since_ms: int | None = None

    @property
    def phrases(self) -> Phrases:
        """Return what may be said in the caller's language."""
        return self.own or phrases(self.language)

    @property
    def said(self) -> frozenset[Rung]:
        """Return the rungs that were heard or ticked, less those whose tick was taken back."""
        found = set[Rung](heard(self.judged, self.closed_at) if self.judged else ())
        for rung, is_said in self.ticked.items():
            (found.add if is_said else found.discard)(rung)
        return frozenset(found)

    @property
    def stage(self) -> Stage:
        """Return where the call is."""
        turns = self.growing.turns if self.growing else ()
        return stage_of(turns, self.judged or Judged(), is_ended=self.ending is not None)

    def view(self, at_ms: int | None = None) -> View:
        """Return what the desk shows at a moment of the call, that of the last event by default."""
        at = self.now_ms if at_ms is None else at_ms
        turns = self.growing.turns if self.growing else ()
        said, stage = self.said, self.stage
        return View(
            stage=stage,
            judged=self.judged,
            prompt=self.open_prompt,
            risk=self.open_risk,
            is_card_open=self.is_card_open or self.open_risk is not None,
            ladder=ladder(
                said,
                self.n_repeats,
                self.phrases.by_use,
                form=self.form,
                truths=self.truths,
                is_at_risk=self.open_risk is not None,
            ),
            abuse=abuse_step(self.warned),
            left_to_give_ms=self._left(at),
            is_muted=self.shown.is_muted,
            early=()
            if self.open_risk
            else early_question(stage, len(turns), self.phrases.by_use, self.form),
        )

    def take(self, event: Event) -> None:
        """
        Take an event that is no words; words go through `take_all`.

        Raises PolicyError where it is not the agent's to do now: an exit while a cue is open.
        """
        act = _ACTS.get(type(event))
        if act is None:
            raise TypeError("words go through take_all")
        act(self, event)
        self.now_ms = max(self.now_ms, event.at_ms)
        if not isinstance(event, PRIVATE):
            self.events.append(event)

    def heard(self, said: Sequence[Said], judged: Judged | None) -> None:
        """Take what was said and what the call holds now."""
        self.events.extend(said)
        self.now_ms = max(self.now_ms, *(one.at_ms for one in said))
        if any(one.role == "customer" for one in said):
            self.shown = replace(self.shown, is_customer_speaking=False)
        if judged is None:
            return
        self.judged = judged
        self.notice_closing()
        self._notice_risk(judged)
        if judged.companionship.state == "present" and self.company_since_ms is None:
            self.company_since_ms = self.now_ms
        prompt = None if self.open_risk else due(judged, self.shown, self.now_ms)
        if prompt is not None:
            self.shown = replace(self.shown, prompts=(*self.shown.prompts, prompt))
            self.open_prompt = prompt

    def notice_closing(self) -> None:
        """Remember from which turn on the matter was closed: what ends a call comes after."""
        if self.closed_at is None and self.growing and "close_the_loop" in self.said:
            self.closed_at = len(self.growing.turns)

    def _notice_risk(self, judged: Judged) -> None:
        """Open a cue; one that a person closed opens again only on words that came after."""
        found = risk(judged, self.now_ms)
        if found is None or self.open_risk is not None or self._is_closed(found):
            return
        self.open_risk, self.open_prompt, self.has_met_risk = found, None, True

    def _is_closed(self, found: Risk) -> bool:
        return bool(self.closed_turns) and found.seen <= self.closed_turns

    def given_ms(self, at_ms: int) -> int:
        """Return the time given for company in this call so far."""
        since = self.company_since_ms
        return 0 if since is None else max(0, at_ms - since)

    def _left(self, at_ms: int) -> int | None:
        """Return the time left to give, None before anything was given."""
        if self.company_since_ms is None:
            return None
        return self.rules.budget.left_ms(self.given_ms(at_ms), self.given_this_shift_ms)


def take_all(
    said: Sequence[tuple[Session, Sequence[Said]]],
    *,
    model: TurnModel | None = None,
    learnt: Learnt | None = None,
) -> None:
    """Take what was just said in many calls, read together; each call once, with all its words."""
    growing = [
        (session.growing, [one.as_turn() for one in some])
        for session, some in said
        if session.growing is not None
    ]
    told = iter(hear(growing, model=model, learnt=learnt))
    for session, some in said:
        session.heard(some, next(told) if session.growing is not None else None)


def again(
    session: Session,
    events: Iterable[Event],
    *,
    model: TurnModel | None = None,
    learnt: Learnt | None = None,
) -> Session:
    """Return a session as its stored events left it; words are read once more, one by one."""
    for event in events:
        if isinstance(event, Said):
            take_all([(session, [event])], model=model, learnt=learnt)
        else:
            with suppress(PolicyError):  # two acts at once: the one that came second was too late
                session.take(event)
    return session


def _speak(session: Session, event: Speaking) -> None:
    session.shown = replace(session.shown, is_customer_speaking=event.is_customer)


def _dismiss(session: Session, _: Dismissed) -> None:
    session.open_prompt = None


def _mute(session: Session, event: Muted) -> None:
    session.shown, session.open_prompt = replace(session.shown, is_muted=event.is_muted), None


def _climb(session: Session, event: Climbed) -> None:
    if event.is_said and session.open_risk is not None:
        raise PolicyError("the way out waits while a cue that a life may be at risk is open")
    if event.is_said and not may_say(event.rung, session.said):
        raise PolicyError("the matter is closed before the way out is shown")
    if event.rung == "firm_repeat" and event.is_said:
        session.n_repeats += 1
    session.ticked[event.rung] = event.is_said
    session.notice_closing()


def _warn(session: Session, event: Warned) -> None:
    session.warned.append(event.step)


def _address(session: Session, event: Addressed) -> None:
    session.form = event.form


def _open_card(session: Session, _: CardOpened) -> None:
    session.is_card_open = True


def _close_cue(session: Session, _: CueClosed) -> None:
    if session.open_risk is not None and session.growing is not None:
        session.closed_turns = frozenset(range(len(session.growing.turns)))
    session.open_risk, session.is_card_open = None, False


def _ask_help(session: Session, event: HelpAsked) -> None:
    session.is_help_asked = event.is_needed


def _take_over(session: Session, event: TakenOver) -> None:
    session.taken_over_by = event.by  # who was asked for stays asked for: the call is theirs now


def _end(session: Session, event: Ended) -> None:
    """End the call: for abuse and to hand it over at any time, else not while a cue is open."""
    is_right = event.ending == "ended_by_right"
    if is_right and session.open_risk is not None and session.taken_over_by is None:
        raise PolicyError("a cue that a life may be at risk is open: hand over, or close it")
    if is_right and not session.rules.may_end:
        raise PolicyError("the house's rules do not let agents end a call on their own")
    session.ending = event.ending


_ACTS: Mapping[type[Event], Callable[[Session, Any], None]] = {
    Speaking: _speak,
    Dismissed: _dismiss,
    Muted: _mute,
    Climbed: _climb,
    Warned: _warn,
    Addressed: _address,
    CardOpened: _open_card,
    CueClosed: _close_cue,
    HelpAsked: _ask_help,
    TakenOver: _take_over,
    Ended: _end,
}
