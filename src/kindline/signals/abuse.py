"""Was the agent abused, with or without swear words? Swearing itself is kept apart."""

from kindline.model.analysis import Abuse
from kindline.text.decision import Features, at_the_start, label, nth, overall
from kindline.text.reading import Reading

NAME = "abuse"


def detect(reading: Reading) -> Abuse:
    """Return whether the agent was abused, and whether the customer swore at all."""
    return Abuse(
        label=label(NAME, reading, features(reading)),
        has_swearing=bool(reading.shown("swearing", "customer")),
    )


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    abuse = reading.ranked("abuse")
    return {
        "aimed_at_the_agent": nth(abuse),
        "aimed_again": nth(abuse, 1),
        "aimed_at_the_start": at_the_start(reading, "abuse"),
        "aimed_overall": overall(reading, "abuse"),
        "swearing": nth(reading.ranked("swearing")),
        "anger": nth(reading.ranked("anger")),
        "somebody_else_wanted": nth(reading.ranked("asks_human")),
        "gratitude": nth(reading.ranked("gratitude")),
        "matter_overall": overall(reading, "service_request"),
    }
