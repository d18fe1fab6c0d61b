"""Was the agent abused, with or without swear words? Swearing itself is kept apart."""

from collections.abc import Sequence
from dataclasses import replace

from kindline.model.analysis import Abuse, Label
from kindline.text.decision import Features, at_the_start, first, overall, second
from kindline.text.reading import Reading
from kindline.text.verdicts import labels

NAME = "abuse"


def detect(readings: Sequence[Reading]) -> list[Abuse]:
    """
    Return whether each agent was abused, and whether the customer swore at all.

    Present takes a turn that shows it by itself: several faint ones make nobody an abuser.
    """
    return list(map(_abuse, readings, labels(NAME, readings, list(map(features, readings)))))


def _abuse(reading: Reading, found: Label) -> Abuse:
    if found.state == "present" and not reading.shown(NAME, "customer"):
        found = replace(found, state="unsure")
    return Abuse(
        label=found,
        has_swearing=bool(reading.shown("swearing", "customer")),
    )


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    return {
        "aimed_at_the_agent": first(reading, NAME),
        "aimed_again": second(reading, NAME),
        "aimed_at_the_start": at_the_start(reading, NAME),
        "aimed_overall": overall(reading, NAME),
        "swearing": first(reading, "swearing"),
        "anger": first(reading, "anger"),
        "somebody_else_wanted": first(reading, "asks_human"),
        "gratitude": first(reading, "gratitude"),
        "company_overall": overall(reading, "company_disclosure"),
        "company_talk_again": second(reading, "company_talk"),
        "crisis_talk": first(reading, "crisis_talk"),
        "matter_overall": overall(reading, "service_request"),
    }
