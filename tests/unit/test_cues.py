"""A cue is what a speaker means of themselves, now: not denied, not another's, not quoted."""

import pytest

from kindline.text.cues import matcher
from kindline.text.fold import fold_batch

SAID = (
    ("en", "I want to kill myself", "crisis_active"),
    ("en", "I don't want to be here anymore", "crisis_passive"),
    ("en", "I FEEL SO LONELY", "company_disclosure"),
    ("en", "My mother wants to die, she says", "crisis_third_party"),
    ("nl", "Ik wil dood", "crisis_active"),
    ("nl", "ik voel me zo eenzaam", "company_disclosure"),
    ("nl", "Mijn moeder zegt dat ze dood wil", "crisis_third_party"),
    ("hu", "meg akarok halni", "crisis_active"),
    ("hu", "maganyos vagyok", "company_disclosure"),  # written without accents
    ("hu", "A fiam azt mondta, hogy meg akar halni", "crisis_third_party"),
    ("fr", "je ne veux plus vivre", "crisis_active"),
    ("fr", "Je me sens seule", "company_disclosure"),
    ("fr", "mon fils dit qu\u2019il veut mourir", "crisis_third_party"),  # a curly apostrophe
)
NOT_SAID = (
    ("en", "I'm not lonely at all", "company_disclosure"),
    ("en", "my neighbour is so lonely", "company_disclosure"),
    ("en", "In the film he says I want to die", "crisis_active"),
    ("en", "I'm dying to know", "crisis_active"),
    ("nl", "Ik ben niet eenzaam hoor", "company_disclosure"),
    ("nl", "mijn buurman is eenzaam", "company_disclosure"),
    ("nl", "In die film zegt hij ik wil dood", "crisis_active"),
    ("hu", "Nem vagyok magányos", "company_disclosure"),
    ("hu", "az anyám magányos", "company_disclosure"),
    ("fr", "je ne me sens pas seule", "company_disclosure"),
    ("fr", "ma mère se sent seule", "company_disclosure"),
    ("fr", "dans le film il dit je veux mourir", "crisis_active"),
)


def ids(some: tuple[tuple[str, str, str], ...]) -> list[str]:
    """Return names for the tests that hold no words."""
    return [f"{language}-{cue}" for language, _, cue in some]


def cues(language: str, text: str) -> set[str]:
    """Return the cue lists with a hit in the text."""
    return {hit.cue for hit in matcher(language).hits(fold_batch([text]))}


@pytest.mark.parametrize(("language", "text", "cue"), SAID, ids=ids(SAID))
def test_cue_is_found(language: str, text: str, cue: str) -> None:
    """Case, accents and apostrophes do not matter; the person spoken of does."""
    assert cue in cues(language, text)


@pytest.mark.parametrize(("language", "text", "cue"), NOT_SAID, ids=ids(NOT_SAID))
def test_cue_is_not_found(language: str, text: str, cue: str) -> None:
    """A denial, somebody else, a quotation or an idiom is no disclosure."""
    assert cue not in cues(language, text)


def test_cue_keeps_to_word_borders() -> None:
    """A phrase inside longer words is none; a stem takes any ending."""
    assert "crisis_active" in cues("en", "he spoke of suicidal thoughts, I have suicidal thoughts")
    assert not cues("en", "unlonelyish") & {"company_disclosure"}


def test_negation_does_not_hide_a_crisis() -> None:
    """A crisis phrase under a negation is weaker, never silent: recall goes first."""
    hits = matcher("en").hits(fold_batch(["I would never kill myself"]))
    assert [(hit.cue, hit.is_strong) for hit in hits] == [("crisis_active", False)]
