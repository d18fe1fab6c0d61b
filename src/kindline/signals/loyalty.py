"""How the customer left, seen from the company: lost, at risk, kept or won."""

from collections.abc import Mapping
from typing import cast

from kindline.model.analysis import Loyalty, LoyaltyState
from kindline.text.decision import Places, choice, findings
from kindline.text.reading import Evidence, Reading

NAME = "loyalty"
_SAID = ("churn_threat", "disappointment", "anger", "abuse", "repeat_contact")
_LEFT_WITH = ("gratitude", "joy", "relief", "anger", "disappointment")
_DONE = ("ownership", "dismissive", "interrupting_script", "warm_close")
_LATE = 2  # customer turns that count as leaving


def detect(reading: Reading) -> Loyalty:
    """Return the state; unsure where none is probable enough or nothing shows it."""
    model = choice(NAME)
    values = features(reading)
    state, probability = model.best(values)
    found = tuple(findings(NAME, model.weights[state], reading, values, places(reading)))
    if probability < model.least or not found:
        return Loyalty(state="unsure", findings=found)
    return Loyalty(state=cast(LoyaltyState, state), findings=found)


def features(reading: Reading) -> Mapping[str, float]:
    """Return what the choice rests on; each 0 when there is nothing of the kind."""
    late = frozenset(reading.customer_turns[-_LATE:])
    return {
        **{name: reading.best(name) for name in (*_SAID, *_DONE)},
        **{f"left_with_{name}": reading.best(name, within=late) for name in _LEFT_WITH},
        "settled": reading.best("settles"),
    }


def places(reading: Reading) -> Places:
    """Return where the features stand."""
    late = frozenset(reading.customer_turns[-_LATE:])
    found: dict[str, Evidence | None] = {}
    for name in (*_SAID, *_DONE):
        found.update((name, seen) for seen in reading.ranked(name)[:1])
    for name in _LEFT_WITH:
        leaving = reading.ranked(name, within=late)
        found.update((f"left_with_{name}", seen) for seen in leaving[:1])
    found.update(("settled", seen) for seen in reading.ranked("settles")[:1])
    return found
