"""
Is there a cue that a life may be at risk?

Tuned for recall: a cue opens help, and people decide. There is no all-clear (DESIGN 2.8); words of
method are neither looked for nor needed.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from kindline.model.analysis import Crisis, CrisisLevel, Findings
from kindline.text.decision import (
    Decision,
    Features,
    at_the_start,
    decision_for,
    first,
    overall,
    second,
)
from kindline.text.reading import NOTHING, Evidence, Feature, Reading
from kindline.text.verdicts import SHAKY, findings, is_shaky

NAME = "crisis"
_LEVELS: Mapping[str, CrisisLevel] = {
    "crisis_active": "active",
    "crisis_passive": "passive",
    "crisis_third_party": "third_party",
}


def detect(readings: Sequence[Reading]) -> list[Crisis]:
    """
    Return whether there is a cue, and of which level; the most urgent level when in doubt.

    A cue that rests on words a recogniser was not sure of stays one, and says so in its reasons.
    """
    if not readings:
        return []
    model, every = decision_for(NAME, readings[0]), list(map(features, readings))
    weights = model.weighed(every)
    chances = model.probabilities(weights, readings[0].language)
    found = findings(NAME, tuple(every[0]), weights, readings, every)
    return list(map(partial(_crisis, model), readings, every, chances, found))


def _crisis(
    model: Decision, reading: Reading, values: Features, probability: float, found: Findings
) -> Crisis:
    spoken = [finding for finding in found if finding.quote and finding.weight > 0]
    shaky = (SHAKY,) if spoken and all(is_shaky(finding) for finding in spoken) else ()
    is_cue = probability >= model.present_from and bool(spoken)
    return Crisis(
        state="cue" if is_cue else "no_cue_found",
        level=_level(reading) if is_cue else None,
        probability=round(probability, 4),
        reasons=(*(name for name, feature in values.items() if feature.value), *shaky),
        findings=found,
    )


def features(reading: Reading) -> Features:
    """Return what the decision rests on; nothing speaks against a cue, so none is talked away."""
    levels = _LEVELS.items()
    return {
        **{level: first(reading, source) for source, level in levels},
        **{f"{level}_at_the_start": at_the_start(reading, source) for source, level in levels},
        **{f"{level}_overall": overall(reading, source) for source, level in levels},
        "any": first(reading, "crisis_talk"),
        "any_again": second(reading, "crisis_talk"),
        "any_at_the_start": at_the_start(reading, "crisis_talk"),
        "any_overall": overall(reading, "crisis_talk"),
        "said_again": _said_again(reading),
        "sadness": first(reading, "sadness"),
    }


def _said_again(reading: Reading) -> Feature:
    """Return how probable the second most telling turn is, of any level."""
    by_turn: dict[int, Evidence] = {}
    for source in _LEVELS:
        for seen in reading.evidence.get(source, ()):
            by_turn[seen.turn] = max(by_turn.get(seen.turn, seen), seen)
    if len(by_turn) < 2:  # noqa: PLR2004 -- said once is not said again
        return NOTHING
    seen = sorted(by_turn.values(), reverse=True)[1]
    return Feature(seen.probability, seen)


def _level(reading: Reading) -> CrisisLevel:
    best = max(_LEVELS, key=reading.best)
    if best == "crisis_active" and _is_imminent(reading):
        return "imminent"
    return _LEVELS[best]


def _is_imminent(reading: Reading) -> bool:
    """Return whether "tonight", a farewell or the like stands in, or next to, an active cue."""
    near = {
        seen.turn + step
        for seen in reading.evidence.get("crisis_active", ())
        for step in (-2, 0, 2)  # the customer's turns before and after
    }
    return any(mention.turn in near for mention in reading.mentions.get("customer.imminent", ()))
