"""
What happens in a live call, as facts in order: stored, they give the same session again.

`at_ms` counts from the start of the call. Words stand in `said` alone. What an agent muted or
dismissed is theirs: a session keeps nothing of it (`PRIVATE`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

from kindline.languages.phrases import AbuseStep, Form, Rung
from kindline.model.conversation import Blot, HeardWord, Role, Turn
from kindline.model.interval import Interval

Outcome = Literal["handed_over", "help_called", "number_given", "talked_through", "caller_left"]
Ending = Literal["closed", "ended_by_right", "abuse", "caller_left", "lost"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
ENDINGS: tuple[Ending, ...] = get_args(Ending)


class HeardAt(NamedTuple):
    """A word as a recogniser heard it: its place in the text, when, how sure (0 to 1)."""

    start: int
    end: int
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody's words; `blots` say what was blotted out of them, `words` how they were heard."""

    at_ms: int
    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    blots: tuple[Blot, ...] = ()
    words: tuple[HeardAt, ...] = ()

    def as_turn(self) -> Turn:
        """Return it as a turn."""
        return Turn(
            role=self.role,
            text=self.text,
            interval=_interval(self.start_ms, self.end_ms),
            blots=self.blots,
            words=tuple(
                HeardWord(
                    start=word.start,
                    end=word.end,
                    interval=_interval(word.start_ms, word.end_ms),
                    confidence=word.confidence,
                )
                for word in self.words
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """The customer is in the middle of a sentence, or is not any more."""

    at_ms: int
    is_customer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """The agent put a prompt away; no reason is asked."""

    at_ms: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """The agent wants no prompts in this call, or wants them again."""

    at_ms: int
    is_muted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbed:
    """The agent ticked a rung, or took the tick back."""

    at_ms: int
    rung: Rung
    is_said: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The agent took a step of the abuse ladder."""

    at_ms: int
    step: AbuseStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """How the caller is addressed."""

    at_ms: int
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOpened:
    """The agent opened the card, cue or none."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CueClosed:
    """A person closed an open cue and says what came of it."""

    at_ms: int
    by: str
    outcome: Outcome
    offered: str | None = None
    is_accepted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked:
    """The agent asks for a supervisor, or does not need one any more."""

    at_ms: int
    is_needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A supervisor took the call."""

    at_ms: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The call is over; ended by right or for abuse is protected and counts against nobody."""

    at_ms: int
    ending: Ending = "closed"


Event = (
    Said
    | Speaking
    | Dismissed
    | Muted
    | Climbed
    | Warned
    | Addressed
    | CardOpened
    | CueClosed
    | HelpAsked
    | TakenOver
    | Ended
)
KINDS: Mapping[str, type[Event]] = {
    "said": Said,
    "speaking": Speaking,
    "dismissed": Dismissed,
    "muted": Muted,
    "climbed": Climbed,
    "warned": Warned,
    "addressed": Addressed,
    "card_opened": CardOpened,
    "cue_closed": CueClosed,
    "help_asked": HelpAsked,
    "taken_over": TakenOver,
    "ended": Ended,
}
PRIVATE = (Dismissed, Muted, Speaking)
_NAMES = {kind: name for name, kind in KINDS.items()}


def as_json(event: Event) -> dict[str, Any]:
    """Return an event as it is stored."""
    return {"kind": _NAMES[type(event)], **asdict(event)}


def event_from(told: Mapping[str, Any]) -> Event:
    """Return a stored event; raises KeyError or TypeError where it is none."""
    given = dict(told)
    if "blots" in given:
        given["blots"] = tuple(Blot(*blot) for blot in given["blots"])
        given["words"] = tuple(HeardAt(*word) for word in given["words"])
    return KINDS[given.pop("kind")](**given)


def said_in(turn: Turn, at_ms: int) -> Said:
    """Return the event of a turn."""
    interval = turn.interval
    return Said(
        at_ms=at_ms,
        role=turn.role,
        text=turn.text,
        start_ms=None if interval is None else interval.start_ms,
        end_ms=None if interval is None else interval.end_ms,
        blots=turn.blots,
        words=tuple(_heard_at(word) for word in turn.words),
    )


def _heard_at(word: HeardWord) -> HeardAt:
    at = word.interval
    return HeardAt(
        word.start,
        word.end,
        None if at is None else at.start_ms,
        None if at is None else at.end_ms,
        word.confidence,
    )


def _interval(start_ms: int | None, end_ms: int | None) -> Interval | None:
    if start_ms is None or end_ms is None:
        return None
    return Interval(start_ms=start_ms, end_ms=end_ms)
