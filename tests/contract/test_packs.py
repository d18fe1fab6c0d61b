"""What every language pack holds."""

import pytest

from kindline.languages import codes, pack
from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS
from kindline.signals.reason import CODES
from kindline.text.fold import fold
from kindline.text.heads import heads

LEAST_PHRASES = 3  # strong and weak together


def test_four_languages_have_packs() -> None:
    """Dutch, Hungarian, French and English, each with heads of its own."""
    assert set(codes()) == {"nl", "hu", "fr", "en"}


@pytest.mark.parametrize("code", codes())
def test_pack_has_a_list_for_every_label(code: str) -> None:
    """No label stands on n-grams alone, in any language."""
    lists = pack(code).cues
    missing = [name for name in (*CUSTOMER_LABELS, *AGENT_LABELS) if name not in lists]
    assert not missing
    short = [n for n, c in lists.items() if len(c.strong) + len(c.weak) < LEAST_PHRASES]
    assert not short


@pytest.mark.parametrize("code", codes())
def test_packs_name_the_same_lists(code: str) -> None:
    """A list that one language has, every language has."""
    assert set(pack(code).cues) == set(pack("en").cues)


@pytest.mark.parametrize("code", codes())
def test_reason_lists_are_codes(code: str) -> None:
    """A list of phrases for a reason belongs to a code of the contract."""
    named = {name.removeprefix("reason_") for name in pack(code).cues if name.startswith("reason_")}
    assert named <= set(CODES)


@pytest.mark.parametrize("code", codes())
def test_phrases_are_distinct_once_folded(code: str) -> None:
    """A phrase written twice in one list, or in both strengths, is a slip."""
    for name, lists in pack(code).cues.items():
        folded = [fold(phrase) for phrase in (*lists.strong, *lists.weak)]
        assert len(folded) == len(set(folded)), name


@pytest.mark.parametrize("code", codes())
def test_pack_says_who_wrote_and_read_it(code: str) -> None:
    """Nothing claims a native reading that did not happen."""
    assert "written by" in pack(code).source
    assert "native" in pack(code).source


@pytest.mark.parametrize("code", codes())
def test_heads_have_every_label(code: str) -> None:
    """The trained heads answer for every label of the contract."""
    assert set(CUSTOMER_LABELS) <= set(heads(code, "customer").labels)
    assert set(AGENT_LABELS) <= set(heads(code, "agent").labels)
