"""
Why a contact came although there is self-service: the failure decomposition of FACTS 5.3.

Each contact gets one cause from what is known of it: an answer to the one question after it, else
the session before it, else its own words. Company (6) is given to no single contact here: it is
estimated as a share of each group and shown apart, as most single flags are wrong (FACTS 5.4).
"""

from collections.abc import Mapping
from typing import Literal

from kindline.selfservice.journeys import Ending, Kind

Cause = Literal[0, 1, 2, 3, 4, 5, 6, 7]
NO_SELF_SERVICE, NOT_FOUND, FAILED, REASSURANCE, BARRIER, PERSON, COMPANY, UNKNOWN = range(8)
DESIGN = (NOT_FOUND, FAILED, REASSURANCE)  # the only ones that are failures of its design
ANSWERS: Mapping[str, int] = {  # what the step of an answer says
    "none": NO_SELF_SERVICE,
    "not_found": NOT_FOUND,
    "error": FAILED,
    "worked": REASSURANCE,
    "barrier": BARRIER,
    "person": PERSON,
}
_REASSURANCE = "reassurance"  # a reason of contact


def cause(
    *,
    answer: str | None,
    ending: Ending | None,
    last_kind: Kind | None,
    has_tried: bool | None,
    reason: str | None,
    is_served: bool | None,
) -> int:
    """
    Return the cause of a contact, 0 to 7 without 6.

    `ending` and `last_kind` are those of the session before it, None without one. `has_tried` is
    what its own words say. `is_served` says whether any session is about its reason, None where
    that is not known.
    """
    if answer is not None and answer in ANSWERS:
        return ANSWERS[answer]
    if ending is not None:
        return _of_session(ending, last_kind)
    if has_tried:
        return REASSURANCE if reason == _REASSURANCE else FAILED
    return NO_SELF_SERVICE if is_served is False else UNKNOWN


def _of_session(ending: Ending, last_kind: Kind | None) -> int:
    if ending == "completed":
        return REASSURANCE
    if ending == "asked_person":
        return PERSON
    if ending == "gave_up" and last_kind == "find":
        return NOT_FOUND
    return FAILED
