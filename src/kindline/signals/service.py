"""Was there something to settle: a question, a fault, a change, a complaint?"""

from collections.abc import Sequence

from kindline.model.analysis import Label
from kindline.text.decision import (
    Features,
    at_the_start,
    first,
    overall,
    second,
)
from kindline.text.reading import NOTHING, Feature, Reading
from kindline.text.verdicts import labels

NAME = "service"
_OPENING = 3  # customer turns in which a matter is usually named; our corpus, 2026-11
_MATTERS = (
    "reason_account",
    "reason_billing",
    "reason_bereavement",
    "reason_complaint",
    "reason_contract",
    "reason_fraud",
    "reason_information",
    "reason_order",
    "reason_outage",
)
_EFFORT = ("tried_self_service", "other_channels", "repeat_contact", "churn_threat", "frustration")


def detect(readings: Sequence[Reading]) -> list[Label]:
    """Return whether each customer had a matter; a pretext is none."""
    return labels(NAME, readings, list(map(features, readings)))


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    return {
        "matter_named": max([at_the_start(reading, name) for name in _MATTERS]),
        "mere_talk_named": at_the_start(reading, "reason_conversation"),
        "request": first(reading, "service_request"),
        "request_at_the_start": _at_the_start(reading),
        "matter_overall": overall(reading, "service_request"),
        "effort_made": max([first(reading, name) for name in _EFFORT]),
        "settled": first(reading, "settles"),
        "company_said": first(reading, "company_disclosure"),
        "company_said_again": second(reading, "company_disclosure"),
        "company_said_at_the_start": at_the_start(reading, "company_disclosure"),
        "company_talk": first(reading, "company_talk"),
        "company_talk_overall": overall(reading, "company_talk"),
        "social_talk": first(reading, "social_talk"),
        "social_talk_at_the_start": at_the_start(reading, "social_talk"),
        "kept_going": first(reading, "call_prolonging"),
        "kept_going_from_the_start": at_the_start(reading, "call_prolonging"),
        "comfort_overall": overall(reading, "support_need"),
        "fear": first(reading, "fear"),
        "abuse": first(reading, "abuse"),
        "crisis_talk_again": second(reading, "crisis_talk"),
        "crisis_talk_overall": overall(reading, "crisis_talk"),
        "displeased": first(reading, "displeased"),
    }


def _at_the_start(reading: Reading) -> Feature:
    early = reading.ranked("service_request", within=reading.customer_turns[:_OPENING])
    if not early:
        return NOTHING
    return Feature(sum(seen.probability for seen in early) / _OPENING, early[0])
