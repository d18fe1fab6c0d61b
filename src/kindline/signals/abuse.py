"""Was the agent abused, with or without swear words? Swearing itself is kept apart."""

from collections.abc import Mapping

from kindline.model.analysis import Abuse
from kindline.text.decision import Places, label
from kindline.text.reading import Evidence, Reading

NAME = "abuse"


def detect(reading: Reading) -> Abuse:
    """Return whether the agent was abused, and whether the customer swore at all."""
    return Abuse(
        label=label(NAME, reading, features(reading), places(reading)),
        has_swearing=bool(reading.shown("swearing", "customer")),
    )


def features(reading: Reading) -> Mapping[str, float]:
    """Return what the decision rests on; each 0 when there is nothing of the kind."""
    abuse = reading.ranked("abuse")
    return {
        "aimed_at_the_agent": abuse[0].probability if abuse else 0.0,
        "aimed_again": abuse[1].probability if len(abuse) > 1 else 0.0,
        "swearing": reading.best("swearing"),
        "anger": reading.best("anger"),
    }


def places(reading: Reading) -> Places:
    """Return where the features stand."""
    found: dict[str, Evidence | None] = {}
    found.update(zip(("aimed_at_the_agent", "aimed_again"), reading.ranked("abuse"), strict=False))
    for name in ("swearing", "anger"):
        found.update((name, seen) for seen in reading.ranked(name)[:1])
    return found
