"""
Why the customer made contact, in the codes of FACTS 5.5.

A first head, from the phrases of the language pack: what is said in the customer's first turns
counts double, because that is where a matter is named.
"""

from collections.abc import Mapping, Sequence

from kindline.model.analysis import Presence, Reason
from kindline.text.decision import Feature, finding, nth
from kindline.text.reading import Mention, Reading

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
_OPENING_FACTOR = 2.0
_OPENING = 2  # customer turns
_LEAST = 1.0
_PREFIX = "customer.reason_"
_SPECIFIC = ("bereavement", "fraud", "vulnerability")  # told of among everyday words: they win ties


def detect(reading: Reading, *, service: Presence, companionship: Presence) -> Reason:
    """Return the primary and, where another matter is named as well, the secondary reason."""
    by_code = {
        cue.removeprefix(_PREFIX): mentions
        for cue, mentions in reading.mentions.items()
        if cue.startswith(_PREFIX)
    }
    scores = {code: _score(reading, found) for code, found in by_code.items()}
    if service == "absent" and companionship == "present":
        return _of_company(reading)
    ranked = [code for code in _ranked(scores) if scores[code] >= _LEAST]
    if not ranked:
        return Reason(state="unsure")
    found = tuple(
        finding(f"{NAME}.{code}", scores[code], reading, nth([by_code[code][0].as_evidence()]))
        for code in ranked[:2]
    )
    secondary = ranked[1] if len(ranked) > 1 else None
    return Reason(state="assessed", primary=ranked[0], secondary=secondary, findings=found)


def _of_company(reading: Reading) -> Reason:
    seen = [*reading.ranked("company_disclosure"), *reading.ranked("social_talk")]
    if not seen:
        return Reason(state="unsure")
    shown = finding(f"{NAME}.conversation", seen[0].probability, reading, Feature(1.0, seen[0]))
    return Reason(state="assessed", primary="conversation", findings=(shown,))


def _score(reading: Reading, mentions: Sequence[Mention]) -> float:
    opening = frozenset(reading.customer_turns[:_OPENING])
    return sum(
        mention.strength * (_OPENING_FACTOR if mention.turn in opening else 1.0)
        for mention in mentions
    )


def _ranked(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda code: (-scores[code], code not in _SPECIFIC, code))
