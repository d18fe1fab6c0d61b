"""
A case: a cue that a life may be at risk, until a person says what was done about it.

How soon somebody is to look after it is our choice, without evidence: two minutes while the caller
is on the line, an hour for what came by another way. There is no outcome that says all is well.
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

LIVE = "live"
CaseOutcome = Literal[
    "handed_over",
    "help_called",
    "number_given",
    "talked_through",
    "caller_left",
    "not_reached",
    "misheard",
]
CASE_OUTCOMES: tuple[CaseOutcome, ...] = get_args(CaseOutcome)
CaseOffer = Literal["a helpline", "emergency services", "a supervisor", "a call back", "a visit"]
OFFERS: tuple[CaseOffer, ...] = get_args(CaseOffer)
_LIVE_WITHIN, _ELSE_WITHIN = timedelta(minutes=2), timedelta(hours=1)


def due_at(path: str, opened_at: datetime) -> datetime:
    """Return by when somebody is to have taken a case."""
    return opened_at + (_LIVE_WITHIN if path == LIVE else _ELSE_WITHIN)
