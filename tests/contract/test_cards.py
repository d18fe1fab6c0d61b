"""Every language has a card, and the card is of these weights."""

import pytest

from kindline.languages import card, codes, pack
from kindline.text.scoring import calibration_file


@pytest.mark.parametrize("language", codes())
def test_card_is_of_these_weights(language: str) -> None:
    """Run `python training/write_cards.py` after the weights changed."""
    told = card(language)
    assert f"Weights {calibration_file()['version']}, pack {pack(language).version}" in told
    assert pack(language).source in told


@pytest.mark.parametrize("language", codes())
def test_card_has_every_part(language: str) -> None:
    """Figures, confusion, worth of a flag, calibration, stress, swaps, failures."""
    parts = (
        "## Needs, crisis, abuse",
        "## By nested cross-validation",
        "## By cross-validation, all languages together",
        "## Found and missed",
        "## Of ten flags, how many are right?",
        "## Said and so",
        "## States that are one of several",
        "## Single turns",
        "## Under stress",
        "## Told by somebody else",
        "## Known failures",
    )
    assert [part for part in parts if part not in card(language)] == []
