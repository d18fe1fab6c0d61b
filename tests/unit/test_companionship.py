"""Who says in plain words that they are lonely is heard, in every language."""

import pytest

from kindline.text.scoring import score, threshold

PLAIN = (
    ("en", "I feel so lonely these days."),
    ("nl", "Ik voel me zo alleen de laatste tijd."),
    ("fr", "Je me sens tellement seule ces temps-ci."),
    ("hu", "Olyan egyedül érzem magam mostanában."),
)


@pytest.mark.parametrize(("language", "text"), PLAIN, ids=[language for language, _ in PLAIN])
def test_plain_loneliness_is_a_disclosure(language: str, text: str) -> None:
    """A corpus of oblique talk must not teach the heads that plain talk is something else."""
    scored = score([text], language, "customer")
    found = scored.probability[0, scored.labels.index("company_disclosure")]
    assert found >= threshold("customer", "company_disclosure")
