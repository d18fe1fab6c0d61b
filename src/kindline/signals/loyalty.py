"""How the customer left, seen from the company: lost, at risk, kept or won."""

from typing import cast

from kindline.model.analysis import Loyalty, LoyaltyState
from kindline.text.decision import Features, named, nth
from kindline.text.reading import Reading

NAME = "loyalty"
_SAID = ("churn_threat", "disappointment", "anger", "abuse", "repeat_contact")
_LEFT_WITH = ("gratitude", "joy", "relief", "anger", "disappointment")
_DONE = ("ownership", "dismissive", "interrupting_script", "warm_close")
_LATE = 2  # customer turns that count as leaving


def detect(reading: Reading) -> Loyalty:
    """Return the state; unsure where none is probable enough or nothing shows it."""
    state, found = named(NAME, reading, features(reading))
    return Loyalty(state=cast(LoyaltyState, state or "unsure"), findings=found)


def features(reading: Reading) -> Features:
    """Return what the choice rests on."""
    late = reading.customer_turns[-_LATE:]
    return {
        **{name: nth(reading.ranked(name)) for name in (*_SAID, *_DONE)},
        **{f"left_with_{name}": nth(reading.ranked(name, within=late)) for name in _LEFT_WITH},
        "settled": nth(reading.ranked("settles")),
    }
