"""
Did the customer need comfort from the person on the line: illness, grief, fear, shame?

What is sought is read turn by turn; how the contact goes on tells as much: who was comforted
thanks for it, who talks of the matter only was in no need of it.
"""

from collections.abc import Sequence

from kindline.model.analysis import Label
from kindline.text.decision import Features, at_the_start, first, overall, second
from kindline.text.reading import Reading
from kindline.text.verdicts import labels

NAME = "support"


def detect(readings: Sequence[Reading]) -> list[Label]:
    """Return whether each customer needed support, lonely or not."""
    return labels(NAME, readings, list(map(features, readings)))


def features(reading: Reading) -> Features:
    """Return what the decision rests on."""
    return {
        "support_sought": first(reading, "support_need"),
        "support_sought_again": second(reading, "support_need"),
        "support_at_the_start": at_the_start(reading, "support_need"),
        "support_overall": overall(reading, "support_need"),
        "sadness": first(reading, "sadness"),
        "sadness_at_the_start": at_the_start(reading, "sadness"),
        "fear": first(reading, "fear"),
        "fear_again": second(reading, "fear"),
        "relief": first(reading, "relief"),
        "gratitude": first(reading, "gratitude"),
        "anger": first(reading, "anger"),
        "abuse": first(reading, "abuse"),
        "company_said_at_the_start": at_the_start(reading, "company_disclosure"),
        "company_talk": first(reading, "company_talk"),
        "company_talk_overall": overall(reading, "company_talk"),
        "crisis_said": first(reading, "crisis_talk"),
        "crisis_overall": overall(reading, "crisis_talk"),
        "fear_for_another_again": second(reading, "crisis_third_party"),
        "request": first(reading, "service_request"),
        "matter_overall": overall(reading, "service_request"),
    }
