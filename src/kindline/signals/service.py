"""Was there something to settle: a question, a fault, a change, a complaint?"""

from kindline.model.analysis import Label
from kindline.text.decision import (
    NOTHING,
    Feature,
    Features,
    at_the_start,
    label,
    nth,
    overall,
)
from kindline.text.reading import Reading

NAME = "service"
_OPENING = 3  # customer turns in which a matter is usually named; our corpus, 2026-11
_NAMED_EARLY = 2  # customer turns (the reason is looked for in the same)
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


def detect(reading: Reading) -> Label:
    """Return whether the customer had a matter; a pretext is none."""
    return label(NAME, reading, features(reading))


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    company = reading.ranked("company_disclosure")
    opening = reading.customer_turns[:_NAMED_EARLY]
    return {
        "matter_named": max(nth(reading.ranked(name, within=opening)) for name in _MATTERS),
        "mere_talk_named": nth(reading.ranked("reason_conversation", within=opening)),
        "request": nth(reading.ranked("service_request")),
        "request_at_the_start": _at_the_start(reading),
        "matter_overall": overall(reading, "service_request"),
        "effort_made": max(nth(reading.ranked(name)) for name in _EFFORT),
        "settled": nth(reading.ranked("settles")),
        "company_said": nth(company),
        "company_said_again": nth(company, 1),
        "company_said_at_the_start": at_the_start(reading, "company_disclosure"),
        "company_talk": nth(reading.ranked("company_talk")),
        "company_talk_overall": overall(reading, "company_talk"),
        "social_talk": nth(reading.ranked("social_talk")),
        "social_talk_at_the_start": at_the_start(reading, "social_talk"),
        "kept_going": nth(reading.ranked("call_prolonging")),
        "kept_going_from_the_start": at_the_start(reading, "call_prolonging"),
        "comfort_overall": overall(reading, "support_need"),
        "fear": nth(reading.ranked("fear")),
        "abuse": nth(reading.ranked("abuse")),
        "crisis_talk_again": nth(reading.ranked("crisis_talk"), 1),
        "crisis_talk_overall": overall(reading, "crisis_talk"),
        "displeased": nth(reading.ranked("displeased")),
    }


def _at_the_start(reading: Reading) -> Feature:
    early = reading.ranked("service_request", within=reading.customer_turns[:_OPENING])
    if not early:
        return NOTHING
    return Feature(sum(seen.probability for seen in early) / _OPENING, early[0])
