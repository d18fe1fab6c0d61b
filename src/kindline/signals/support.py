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
        "abuse": nth(reading.ranked("abuse")),
        "company_said_at_the_start": at_the_start(reading, "company_disclosure"),
        "company_talk": nth(reading.ranked("company_talk")),
        "company_talk_overall": overall(reading, "company_talk"),
        "crisis_said": nth(reading.ranked("crisis_talk")),
        "crisis_overall": overall(reading, "crisis_talk"),
        "fear_for_another_again": nth(reading.ranked("crisis_third_party"), 1),
        "request": nth(reading.ranked("service_request")),
        "matter_overall": overall(reading, "service_request"),
    }
