"""Did the customer need comfort from the person on the line: illness, grief, fear, shame?"""

from kindline.model.analysis import Label
from kindline.text.decision import Features, label, nth
from kindline.text.reading import Reading

NAME = "support"
_CRISIS = ("crisis_passive", "crisis_active")


def detect(reading: Reading) -> Label:
    """Return whether the customer needed support, lonely or not."""
    return label(NAME, reading, features(reading))


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    needs = reading.ranked("support_need")
    return {
        "support_sought": nth(needs),
        "support_sought_again": nth(needs, 1),
        "crisis_said": max(nth(reading.ranked(name)) for name in _CRISIS),
        "sadness": nth(reading.ranked("sadness")),
        "fear": nth(reading.ranked("fear")),
        "company_said": nth(reading.ranked("company_disclosure")),
    }
