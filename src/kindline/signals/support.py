"""
Did the customer need comfort from the person on the line: illness, grief, fear, shame?

What is sought is read turn by turn; how the contact goes on tells as much: who was comforted
thanks for it, who talks of the matter only was in no need of it.
"""

from kindline.model.analysis import Label
from kindline.text.decision import Features, at_the_start, label, nth, overall
from kindline.text.reading import Reading

NAME = "support"


def detect(reading: Reading) -> Label:
    """Return whether the customer needed support, lonely or not."""
    return label(NAME, reading, features(reading))


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    needs, fears = reading.ranked("support_need"), reading.ranked("fear")
    return {
        "support_sought": nth(needs),
        "support_sought_again": nth(needs, 1),
        "support_at_the_start": at_the_start(reading, "support_need"),
        "support_overall": overall(reading, "support_need"),
        "sadness": nth(reading.ranked("sadness")),
        "sadness_at_the_start": at_the_start(reading, "sadness"),
        "fear": nth(fears),
        "fear_again": nth(fears, 1),
        "relief": nth(reading.ranked("relief")),
        "gratitude": nth(reading.ranked("gratitude")),
        "anger": nth(reading.ranked("anger")),
        "company_said": nth(reading.ranked("company_disclosure")),
        "crisis_said": nth(reading.ranked("crisis_passive")),
        "crisis_overall": overall(reading, "crisis_passive"),
        "matter_overall": overall(reading, "service_request"),
    }
