"""How the customer left, seen from the company: lost, at risk, kept or won."""

from collections.abc import Sequence
from typing import cast

from kindline.model.analysis import EMOTIONS, Loyalty, LoyaltyState
from kindline.text.decision import Features, first, strongest
from kindline.text.reading import Reading
from kindline.text.verdicts import named

NAME = "loyalty"
_SAID = frozenset(
    (
        *EMOTIONS,
        "churn_threat",
        "abuse",
        "repeat_contact",
        "support_need",
        "company_talk",
        "crisis_talk",
        "displeased",
        "pleased",
        "service_request",
    )
)
_DONE = frozenset(
    (
        "acknowledge",
        "validate",
        "ownership",
        "apology",
        "boundary",
        "signpost",
        "dismissive",
        "interrupting_script",
        "warm_close",
    )
)


def detect(readings: Sequence[Reading]) -> list[Loyalty]:
    """Return the state; unsure where none is probable enough or nothing shows it."""
    return [
        Loyalty(state=cast(LoyaltyState, state or "unsure"), findings=found)
        for state, found in named(NAME, readings, list(map(features, readings)))
    ]


def features(reading: Reading) -> Features:
    """Return what the choice rests on."""
    return {
        **strongest(reading.firsts, _DONE),
        **strongest(reading.firsts, _SAID),
        **strongest(reading.late, _SAID, prefix="left_with_"),
        "settled": first(reading, "settles"),
    }
