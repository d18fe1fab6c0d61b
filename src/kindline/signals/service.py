"""Was there something to settle: a question, a fault, a change, a complaint?"""

from collections.abc import Mapping

from kindline.model.analysis import Label
from kindline.text.decision import Places, label
from kindline.text.reading import Evidence, Reading

NAME = "service"
_OPENING = 3  # customer turns in which a matter is usually named; our corpus, 2026-11
_EFFORT = ("tried_self_service", "other_channels", "repeat_contact", "churn_threat", "frustration")


def detect(reading: Reading) -> Label:
    """Return whether the customer had a matter; a pretext is none."""
    return label(NAME, reading, features(reading), places(reading))


def features(reading: Reading) -> Mapping[str, float]:
    """Return what the decision rests on; each 0 when there is nothing of the kind."""
    requests = reading.ranked("service_request")
    opening = set(reading.customer_turns[:_OPENING])
    early = [seen.probability for seen in requests if seen.turn in opening]
    return {
        "request": requests[0].probability if requests else 0.0,
        "request_again": requests[1].probability if len(requests) > 1 else 0.0,
        "request_at_the_start": sum(early) / _OPENING,
        "effort_made": max(reading.best(name) for name in _EFFORT),
        "settled": reading.best("settles"),
        "company_said": reading.best("company_disclosure"),
        "kept_going": reading.best("call_prolonging"),
        "abuse": reading.best("abuse"),
    }


def places(reading: Reading) -> Places:
    """Return where the features that are words stand."""
    found: dict[str, Evidence | None] = {}
    requests = reading.ranked("service_request")
    found.update(zip(("request", "request_again"), requests, strict=False))
    opening = set(reading.customer_turns[:_OPENING])
    early = [seen for seen in requests if seen.turn in opening]
    found.update(("request_at_the_start", seen) for seen in early[:1])
    efforts = [seen for name in _EFFORT for seen in reading.ranked(name)[:1]]
    if efforts:
        found["effort_made"] = max(efforts, key=lambda seen: seen.probability)
    for name, source in (
        ("settled", "settles"),
        ("company_said", "company_disclosure"),
        ("kept_going", "call_prolonging"),
        ("abuse", "abuse"),
    ):
        found.update((name, seen) for seen in reading.ranked(source)[:1])
    return found
