"""The labels of a single utterance, by party, in the order of docs/contract.md."""

from collections.abc import Mapping

from kindline.model.analysis import BEHAVIOURS, EMOTIONS

CUSTOMER_LABELS = (
    "company_disclosure",
    "social_talk",
    "call_prolonging",
    "crisis_passive",
    "crisis_active",
    "crisis_third_party",
    "abuse",
    "swearing",
    *EMOTIONS,
    "tried_self_service",
    "other_channels",
    "repeat_contact",
    "churn_threat",
    "asks_human",
)
AGENT_LABELS = BEHAVIOURS

# What several labels share, read by a head of its own because it has more to learn from; no
# command prints these.
UNIONS: Mapping[str, frozenset[str]] = {
    "company_talk": frozenset({"company_disclosure", "social_talk", "call_prolonging"}),
    "crisis_talk": frozenset({"crisis_passive", "crisis_active", "crisis_third_party"}),
    "displeased": frozenset({"frustration", "impatience", "anger", "disappointment"}),
    "pleased": frozenset({"gratitude", "joy", "relief"}),
}
