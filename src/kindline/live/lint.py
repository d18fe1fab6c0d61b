"""
What no phrase may hold, ours or a house's: words that put a feeling on somebody, pretexts,
diagnoses, orders, numbers typed by hand, and claims without the condition that makes them true.
"""

from collections.abc import Iterator, Mapping
import re

from kindline.languages.phrases import SLOTS, Condition, Lint, Phrase, Phrases
from kindline.text.fold import fold

_SLOT = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(r"\d")
_LONGEST = 300


def problems(phrase: Phrase, lint: Lint) -> list[str]:
    """Return what is wrong with a phrase: codes of ours, none where it may be said."""
    return sorted(
        {*_wrong_words(phrase.text, lint), *_wrong_shape(phrase.text), *_untrue(phrase, lint)}
    )


def problems_of(told: Phrases) -> dict[str, list[str]]:
    """Return the problems of a language by where they are; empty where all may be said."""
    found: dict[str, list[str]] = {}
    for use, some in told.by_use.items():
        for number, phrase in enumerate(some):
            if wrong := problems(phrase, told.lint):
                found[f"{use} {number}"] = wrong
    for step in told.card:
        for number, said in enumerate(step.say):
            wrong = [*_wrong_words(said, told.lint), *_wrong_shape(said)]
            if wrong or _SLOT.search(said):
                found[f"card {step.name} {number}"] = wrong or ["slot"]
    return found


def said_wrongly(text: str, lint: Lint, truths: Mapping[Condition, bool]) -> list[str]:
    """Return why a sentence was not to be said: a pretext, an order, a claim that is not true."""
    said = fold(text)
    untrue = (
        condition
        for condition, words in lint.claims.items()
        if not truths[condition] and any(_holds(said, word) for word in words)
    )
    return sorted({*_wrong_words(text, lint), *untrue})


def _wrong_words(text: str, lint: Lint) -> Iterator[str]:
    said = fold(text)
    for why, words in lint.never.items():
        if any(_holds(said, word) for word in words):
            yield why


def _wrong_shape(text: str) -> Iterator[str]:
    if _DIGITS.search(text):
        yield "number"  # numbers come from the table alone
    is_odd = "{" in (rest := _SLOT.sub("", text)) or "}" in rest
    if is_odd or any(name not in SLOTS for name in _SLOT.findall(text)):
        yield "slot"
    if not text.strip() or len(text) > _LONGEST:
        yield "length"


def _untrue(phrase: Phrase, lint: Lint) -> Iterator[str]:
    said = fold(phrase.text)
    for condition, words in lint.claims.items():
        if phrase.only_if != condition and any(_holds(said, word) for word in words):
            yield condition


def _holds(said: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fold(word))}(?!\w)", said) is not None
