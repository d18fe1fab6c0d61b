"""The labels of a single utterance, by party, in the order of docs/contract.md."""

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
