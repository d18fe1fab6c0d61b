"""
Was the contact for company: people, talk, somebody there?

Words and structure together (DESIGN 5): what is said of missing people, talk for its own sake,
a contact kept going, and how much of it came after the matter was settled. Sources: FACTS 2.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kindline.model.analysis import Label
from kindline.signals.resolution import turn_of_settlement
from kindline.text.decision import Features, at_the_start, first, overall, second
from kindline.text.reading import NOTHING, Evidence, Feature, Reading
from kindline.text.verdicts import labels

NAME = "companionship"
_KINDS = ("company_disclosure", "social_talk", "call_prolonging")
_PLAIN = 0.5  # probability of a disclosure that may stand alone; our choice, no origin yet
_MOST = 3.0  # further turns of the same kind add nothing; our choice, no origin yet


def detect(readings: Sequence[Reading]) -> list[Label]:
    """
    Return whether each customer came, or stayed, for company.

    Present takes a plain disclosure or two different kinds of cue (FACTS 8, R1): at the shares seen
    in practice most flags that rest on one weak cue are wrong.
    """
    found = labels(NAME, readings, list(map(features, readings)))
    return list(map(_well_founded, readings, found))


def features(reading: Reading) -> Features:
    """
    Return what the decision rests on.

    Structure counts only as far as the words in it are about company: a long tail of service talk,
    or a customer who answers "anything else?" with a second question, is no sign of it. And who
    seeks comfort, is in despair, insults or hurries, came for something else.
    """
    company = reading.ranked("company_disclosure")
    said = first(reading, "company_disclosure")
    about = _about_company(reading)
    return {
        "company_said": said,
        "company_said_again": second(reading, "company_disclosure"),
        "company_turns": _several(company[2:]),
        "social_talk": _several(reading.ranked("social_talk")),
        "kept_going": first(reading, "call_prolonging"),
        "company_after_settlement": Feature(_after_settlement(reading, about)),
        "company_talk": first(reading, "company_talk"),
        "company_talk_again": second(reading, "company_talk"),
        "company_talk_at_the_start": at_the_start(reading, "company_talk"),
        "company_talk_overall": overall(reading, "company_talk"),
        "company_without_matter": Feature(said.value * (1.0 - reading.best("service_request"))),
        "failed_closings": Feature(min(_MOST, _failed_closings(reading, about))),
        "matter_overall": overall(reading, "service_request"),
        "comfort_overall": overall(reading, "support_need"),
        "crisis_said": first(reading, "crisis_talk"),
        "abuse_at_the_start": at_the_start(reading, "abuse"),
        "impatience": first(reading, "impatience"),
    }


def _several(ranked: Sequence[Evidence]) -> Feature:
    if not ranked:
        return NOTHING
    return Feature(min(_MOST, sum([seen.probability for seen in ranked])), ranked[0])


def _well_founded(reading: Reading, found: Label) -> Label:
    if found.state == "present" and not _is_well_founded(reading):
        return replace(found, state="unsure")
    return found


def _is_well_founded(reading: Reading) -> bool:
    if reading.best("company_disclosure") >= _PLAIN:
        return True
    return sum(bool(reading.shown(kind, "customer")) for kind in _KINDS) > 1


def _after_settlement(reading: Reading, about: Mapping[int, float]) -> float:
    """Return the share of the customer's words that are about company and after the settlement."""
    settled = turn_of_settlement(reading)
    if settled is None or not about:
        return 0.0
    total = sum(reading.n_words[turn] for turn in reading.customer_turns)
    after = ((turn, chance) for turn, chance in about.items() if turn > settled)
    return sum(reading.n_words[turn] * chance for turn, chance in after) / max(1, total)


def _failed_closings(reading: Reading, about: Mapping[int, float]) -> float:
    """Return how often the agent moved to close and the customer went on about company."""
    closings = {mention.turn for mention in reading.mentions.get("agent.closing", ())}
    return sum(about.get(turn + 1, 0.0) for turn in closings)


def _about_company(reading: Reading) -> Mapping[int, float]:
    """Return, per customer turn, how probably it is about company, in any of its three ways."""
    chances: dict[int, float] = {}
    for name in _KINDS:
        for seen in reading.evidence.get(name, ()):
            chances[seen.turn] = max(chances.get(seen.turn, 0.0), seen.probability)
    return chances
