"""Changed words and swapped tellers: only what a rule says changes."""

import pytest

from kindline.languages import codes
from kindline.training.stress import CHANGES, changed, kinds, swap, swapped

ITEM = {
    "language": "en",
    "turns": [
        {"party": "agent", "text": "Hello, Ken speaking."},
        {"party": "customer", "text": "My husband's \"café\" is shut, isn't it? Ken said so."},
    ],
}


def customer(items: list[dict[str, object]]) -> str:
    """Return what the customer says in the first item."""
    turns = items[0]["turns"]
    assert isinstance(turns, list)
    return str(turns[1]["text"])


@pytest.mark.parametrize("name", CHANGES)
def test_change_leaves_the_agent_alone(name: str) -> None:
    """Stress is put on the customer's words only, the same way on every run."""
    (once,), (again,) = changed([ITEM], CHANGES[name]), changed([ITEM], CHANGES[name])
    assert once == again
    assert once["turns"][0] == ITEM["turns"][0]  # type: ignore[index]


def test_changes_do_what_they_say() -> None:
    """By example: accents, case and marks go; quotes curl; written stays written."""
    assert customer(changed([ITEM], CHANGES["as written"])) == ITEM["turns"][1]["text"]  # type: ignore[index]
    assert "cafe" in customer(changed([ITEM], CHANGES["no accents"]))
    assert "\u2019" in customer(changed([ITEM], CHANGES["curly quotes"]))
    heard = customer(changed([ITEM], CHANGES["no punctuation, lower case"]))
    assert heard == "my husband's café is shut isn't it ken said so"


def test_swap_works_both_ways() -> None:
    """Swapping twice tells the story as it was; capitals stay where they were."""
    text = "Ken's husband and her wife. His father, he said."
    other = swap(text, "en", "gender")
    assert "wife and her husband" in other
    assert swap(other, "en", "gender") == text
    assert "Kwame" in customer(swapped([ITEM], "names"))


@pytest.mark.parametrize("language", codes())
def test_every_language_can_be_told_by_others(language: str) -> None:
    """Names, gender, age, region and family have their pairs in every language, each word once."""
    assert set(kinds(language)) == {"names", "gender", "region", "age", "family"}
    for pairs in kinds(language).values():
        assert all(pairs[other] == one for one, other in pairs.items())
