"""A customer's way through self-service: events of one session, told as how it ended and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Surface = Literal["ivr", "web", "app", "bot", "question"]
Outcome = Literal["step", "completed", "error", "asked_person", "answer"]
Kind = Literal["find", "do"]
Ending = Literal["completed", "error", "gave_up", "asked_person", "answered"]
SURFACES: tuple[Surface, ...] = get_args(Surface)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
KINDS: tuple[Kind, ...] = get_args(Kind)
ENDINGS: tuple[Ending, ...] = get_args(Ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    One step of a session. `kind` says whether the step looks for something or does it.

    `customer` is the pseudonym that contacts bear too, None where nobody is known. An `answer` is
    what a customer said to the one question after a contact: its step is what happened.
    """

    session: str
    customer: str | None
    at: datetime
    surface: Surface
    step: str
    outcome: Outcome
    kind: Kind = "do"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A session: when, on what, about what, how it ended, at which step."""

    session: str
    customer: str | None
    begun_at: datetime
    ended_at: datetime
    surface: Surface
    reason: str | None
    ending: Ending
    last_step: str
    last_kind: Kind


def journeys(events: Iterable[Event]) -> list[Journey]:
    """Return the sessions of events, in order of their end; events may come in any order."""
    by_session: dict[str, list[Event]] = {}
    for event in events:
        by_session.setdefault(event.session, []).append(event)
    found = [_journey(sorted(own, key=lambda one: one.at)) for own in by_session.values()]
    return sorted(found, key=lambda one: (one.ended_at, one.session))


def _journey(own: list[Event]) -> Journey:
    first, last = own[0], own[-1]
    return Journey(
        session=first.session,
        customer=next((one.customer for one in own if one.customer is not None), None),
        begun_at=first.at,
        ended_at=last.at,
        surface=last.surface,
        reason=next((one.reason for one in reversed(own) if one.reason is not None), None),
        ending=_ending(last),
        last_step=last.step,
        last_kind=last.kind,
    )


def _ending(last: Event) -> Ending:
    """Return how a session ended: by its last event. One that just stops was given up."""
    endings: dict[Outcome, Ending] = {
        "completed": "completed",
        "error": "error",
        "asked_person": "asked_person",
        "answer": "answered",
        "step": "gave_up",
    }
    return endings[last.outcome]
