"""Was the customer met? From what the agent did and how the customer left (FACTS 6.2)."""

from collections.abc import Sequence
from typing import cast

from kindline.model.analysis import EMOTIONS, FeltHeard, Findings, HeardState
from kindline.text.decision import Features, first, strongest
from kindline.text.reading import Reading
from kindline.text.verdicts import named

NAME = "felt_heard"
_DONE = frozenset(
    (
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
)
_SAID = frozenset(
    (
        *EMOTIONS,
        "abuse",
        "support_need",
        "company_talk",
        "crisis_talk",
        "displeased",
        "pleased",
        "churn_threat",
        "repeat_contact",
        "service_request",
    )
)


def detect(readings: Sequence[Reading]) -> list[FeltHeard]:
    """Return yes, partly or no; unsure where none is probable enough or nothing shows it."""
    return list(map(_heard, readings, named(NAME, readings, list(map(features, readings)))))


def _heard(reading: Reading, told: tuple[str | None, Findings]) -> FeltHeard:
    if not reading.agent_turns:
        return FeltHeard()
    state, found = told
    return FeltHeard(state=cast(HeardState, state or "unsure"), findings=found)


def features(reading: Reading) -> Features:
    """Return what the choice rests on."""
    return {
        **strongest(reading.firsts, _DONE),
        **strongest(reading.firsts, _SAID, prefix="said_"),
        **strongest(reading.late, _SAID, prefix="left_with_"),
        "settled": first(reading, "settles"),
    }
