"""Was the agent abused, with or without swear words? Swearing itself is kept apart."""

from dataclasses import replace

from kindline.model.analysis import Abuse
from kindline.text.decision import Features, at_the_start, label, nth, overall
from kindline.text.reading import Reading

NAME = "abuse"


def detect(reading: Reading) -> Abuse:
    """
    Return whether the agent was abused, and whether the customer swore at all.

    Present takes a turn that shows it by itself: several faint ones make nobody an abuser.
    """
    found = label(NAME, reading, features(reading))
    if found.state == "present" and not reading.shown(NAME, "customer"):
        found = replace(found, state="unsure")
    return Abuse(
        label=found,
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
        "company_overall": overall(reading, "company_disclosure"),
        "company_talk_again": nth(reading.ranked("company_talk"), 1),
        "crisis_talk": nth(reading.ranked("crisis_talk")),
        "matter_overall": overall(reading, "service_request"),
    }
