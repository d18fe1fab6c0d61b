"""Did the customer need comfort from the person on the line: illness, grief, fear, shame?"""

from collections.abc import Mapping

from kindline.model.analysis import Label
from kindline.text.decision import Places, label
from kindline.text.reading import Evidence, Reading

NAME = "support"
_SOURCES = {"sadness": "sadness", "fear": "fear", "company_said": "company_disclosure"}
_CRISIS = ("crisis_passive", "crisis_active")


def detect(reading: Reading) -> Label:
    """Return whether the customer needed support, lonely or not."""
    return label(NAME, reading, features(reading), places(reading))


def features(reading: Reading) -> Mapping[str, float]:
    """Return what the decision rests on; each 0 when there is nothing of the kind."""
    needs = reading.ranked("support_need")
    return {
        "support_sought": needs[0].probability if needs else 0.0,
        "support_sought_again": needs[1].probability if len(needs) > 1 else 0.0,
        "crisis_said": max(reading.best(name) for name in _CRISIS),
        **{name: reading.best(source) for name, source in _SOURCES.items()},
    }


def places(reading: Reading) -> Places:
    """Return where the features stand."""
    found: dict[str, Evidence | None] = {}
    needs = reading.ranked("support_need")
    found.update(zip(("support_sought", "support_sought_again"), needs, strict=False))
    for name, source in _SOURCES.items():
        found.update((name, seen) for seen in reading.ranked(source)[:1])
    crises = [seen for name in _CRISIS for seen in reading.ranked(name)[:1]]
    if crises:
        found["crisis_said"] = max(crises, key=lambda seen: seen.probability)
    return found
