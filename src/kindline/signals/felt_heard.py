"""Was the customer met? From what the agent did and how the customer left (FACTS 6.2)."""

from typing import cast

from kindline.model.analysis import FeltHeard, HeardState
from kindline.text.decision import Features, named, nth
from kindline.text.reading import Reading

NAME = "felt_heard"
_DONE = (
    "acknowledge",
    "reflect",
    "validate",
    "question_open",
    "signpost",
    "warm_close",
    "apology",
    "ownership",
    "boundary",
    "dismissive",
    "interrupting_script",
)
_LEFT_WITH = ("gratitude", "joy", "relief", "anger", "frustration", "disappointment")
_LATE = 2  # customer turns that count as leaving


def detect(reading: Reading) -> FeltHeard:
    """Return yes, partly or no; unsure where none is probable enough or nothing shows it."""
    if not reading.agent_turns:
        return FeltHeard()
    state, found = named(NAME, reading, features(reading))
    return FeltHeard(state=cast(HeardState, state or "unsure"), findings=found)


def features(reading: Reading) -> Features:
    """Return what the choice rests on."""
    late = reading.customer_turns[-_LATE:]
    return {
        **{name: nth(reading.ranked(name)) for name in _DONE},
        **{f"left_with_{name}": nth(reading.ranked(name, within=late)) for name in _LEFT_WITH},
        "settled": nth(reading.ranked("settles")),
    }
