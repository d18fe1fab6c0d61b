"""Was the customer met? From what the agent did and how the customer left (FACTS 6.2)."""

from collections.abc import Mapping
from typing import cast

from kindline.model.analysis import FeltHeard, HeardState
from kindline.text.decision import Places, choice, findings
from kindline.text.reading import Evidence, Reading

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
    model = choice(NAME)
    values = features(reading)
    state, probability = model.best(values)
    found = tuple(findings(NAME, model.weights[state], reading, values, places(reading)))
    if probability < model.least or not found:
        return FeltHeard(state="unsure", findings=found)
    return FeltHeard(state=cast(HeardState, state), findings=found)


def features(reading: Reading) -> Mapping[str, float]:
    """Return what the choice rests on; each 0 when there is nothing of the kind."""
    late = frozenset(reading.customer_turns[-_LATE:])
    return {
        **{name: reading.best(name) for name in _DONE},
        **{f"left_with_{name}": reading.best(name, within=late) for name in _LEFT_WITH},
        "settled": reading.best("settles"),
    }


def places(reading: Reading) -> Places:
    """Return where the features stand."""
    late = frozenset(reading.customer_turns[-_LATE:])
    found: dict[str, Evidence | None] = {}
    for name in _DONE:
        found.update((name, seen) for seen in reading.ranked(name)[:1])
    for name in _LEFT_WITH:
        leaving = reading.ranked(name, within=late)
        found.update((f"left_with_{name}", seen) for seen in leaving[:1])
    found.update(("settled", seen) for seen in reading.ranked("settles")[:1])
    return found
