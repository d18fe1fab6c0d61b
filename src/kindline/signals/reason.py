"""
Why the customer made contact, in the codes of FACTS 5.5.

Words and phrases of every matter are read turn by turn; the customer's first turns are looked at
apart, because that is where a matter is named.
"""

from collections.abc import Sequence

from kindline.model.analysis import Label, Presence, Reason
from kindline.text.decision import (
    Features,
    choice,
    strongest,
)
from kindline.text.reading import Feature, Reading
from kindline.text.verdicts import Ranked, finding, ranked, speak_for

NAME = "reason"
CODES = (
    "account",
    "billing",
    "order",
    "outage",
    "contract",
    "complaint",
    "fraud",
    "bereavement",
    "vulnerability",
    "information",
    "reassurance",
    "conversation",
    "abuse",
    "other",
)
_PREFIX = "reason_"
_NAMED = frozenset(_PREFIX + code for code in CODES)
_TELLING = frozenset(  # no crisis: its words are for the safeguarding role, a reason is for all
    (
        "service_request",
        "company_talk",
        "support_need",
        "displeased",
        "abuse",
        "churn_threat",
        "repeat_contact",
        "fear",
    )
)
_LEAST_SECONDARY = 0.25  # of the probability; our choice, no origin yet


def detect(
    readings: Sequence[Reading], service: Sequence[Label], companionship: Sequence[Label]
) -> list[Reason]:
    """Return the primary and, where another matter is named as well, the secondary reason."""
    told = ranked(NAME, readings, list(map(features, readings)))
    needs = zip(service, companionship, strict=True)
    return [
        _of_company(reading)
        if (matter.state, company.state) == ("absent", "present")
        else _reason(reading, one, company.state)
        for reading, one, (matter, company) in zip(readings, told, needs, strict=True)
    ]


def _reason(reading: Reading, told: Ranked, companionship: Presence) -> Reason:
    (primary, probability), (second, less), shown = told
    if (
        not speak_for(shown)
        or probability < choice(NAME).least
        or _is_mere_company(primary, companionship)
    ):
        return Reason(state="unsure")
    is_named = less >= _LEAST_SECONDARY and _PREFIX + second in reading.evidence
    secondary = second if is_named and not _is_mere_company(second, companionship) else None
    return Reason(state="assessed", primary=primary, secondary=secondary, findings=shown)


def features(reading: Reading) -> Features:
    """Return what the choice rests on."""
    return {
        **strongest(reading.early, _NAMED, prefix="opening_"),
        **strongest(reading.firsts, _NAMED | _TELLING),
    }


def _is_mere_company(code: str, companionship: Presence) -> bool:
    """Return whether a contact would be called talk for its own sake without company found."""
    return code == "conversation" and companionship != "present"


def _of_company(reading: Reading) -> Reason:
    seen = [*reading.ranked("company_disclosure"), *reading.ranked("social_talk")]
    if not seen:
        return Reason(state="unsure")
    shown = finding(f"{NAME}.conversation", seen[0].probability, reading, Feature(1.0, seen[0]))
    return Reason(state="assessed", primary="conversation", findings=(shown,))
