"""
What happens in a live call, as facts in order: stored, they give the same session again.

`at_ms` counts from the start of the call. Words stand in `said` alone. What an agent muted or
dismissed is theirs: a session keeps nothing of it (`PRIVATE`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kindline.languages.phrases import AbuseStep, Form, Rung
from kindline.model.conversation import Role, Turn
from kindline.model.interval import Interval

Outcome = Literal["handed_over", "help_called", "number_given", "talked_through", "caller_left"]
Ending = Literal["closed", "ended_by_right", "abuse", "caller_left", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody's words."""

    at_ms: int
    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None

    def as_turn(self) -> Turn:
        """Return it as a turn."""
        interval = None
        if self.start_ms is not None and self.end_ms is not None:
            interval = Interval(start_ms=self.start_ms, end_ms=self.end_ms)
        return Turn(role=self.role, text=self.text, interval=interval)


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
    return KINDS[given.pop("kind")](**given)
