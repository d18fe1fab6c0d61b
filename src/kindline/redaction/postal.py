"""Addresses: post codes by their country's form, streets with a house number."""

from collections.abc import Iterator
from functools import cache
import re

from kindline.languages.spelling import spelling
from kindline.redaction.spoken import Said, Span, candidates

KIND = "postal"
_BRITISH = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
_DUTCH = re.compile(r"[1-9]\d{3}[A-Z]{2}")
_LETTERED = {"nl": (_DUTCH, range(6, 7)), "en": (_BRITISH, range(5, 8))}
_DIGITS = {"fr": 5, "hu": 4}
_NUMBER = r"\d{1,4}\s?(?:[a-z]|bis|ter)?\b"
_WORD = r"[^\W\d_][\w'\-]*"
_SHORT = "is|in|en|of|op|de|te|ik|je|we|ze|er|om|nu|al|an|af|ja|zo"  # Dutch words of two letters
_SMALL_CODES = {  # as recognisers write them
    "nl": re.compile(
        r"\b[1-9]\d{3}\s?(?!(?:is|in|en|of|op|de|te|ik|je|we|ze|er|om|nu|al|an)\b)[a-z]{2}\b"
    ),
    "en": re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s\d[a-z]{2}\b"),
}
_DIGIT = re.compile(r"\d")  # every street we look for has a number
_BEFORE = re.compile(r"(?:[A-ZÀ-ŐŰ][\w'.\-]*\s+){1,3}$")
_CITY = re.compile(r"\s+[A-ZÀ-ŐŰ][\w\-]+")


def spans(one: Said) -> Iterator[Span]:
    """Return where a post code or a street with its number stands."""
    yield from _codes(one)
    for shape in _streets(one.language) if _DIGIT.search(one.folded) else ():
        for found in shape.finditer(one.folded):
            before = _BEFORE.search(one.text, 0, found.start())
            yield Span(found.start() if before is None else before.start(), found.end())


def _codes(one: Said) -> Iterator[Span]:
    if one.language in _LETTERED:
        yield from _lettered(one)
    elif one.language in _DIGITS:
        n_digits = _DIGITS[one.language]
        for run in one.runs:
            for _, span in candidates(run, range(n_digits, n_digits + 1)):
                yield from _with_city(one, span)


def _lettered(one: Said) -> Iterator[Span]:
    """Return codes of digits and letters, in capitals or as recognisers write them."""
    shape, lengths = _LETTERED[one.language]
    for run in one.runs:
        for chars, span in candidates(run, lengths, letters=True):
            if shape.fullmatch(chars):
                yield span
    for found in _SMALL_CODES[one.language].finditer(one.folded):
        yield Span(*found.span())


def _with_city(one: Said, span: Span) -> Iterator[Span]:
    """Return digits with the city behind them; alone only where an address was asked for."""
    city = _CITY.match(one.text, span.end)
    if city is not None:
        yield Span(span.start, city.end())
    elif "address" in one.asked:
        yield span


@cache
def _streets(language: str) -> tuple[re.Pattern[str], ...]:
    phrases = spelling(language).phrases
    shapes: list[str] = []
    if ends := phrases.get("streets_end"):
        shapes.append(rf"\b[\w'\-]*(?:{_any(ends)})\s+(?:nummer\s+|huisnummer\s+)?{_NUMBER}")
    if before := phrases.get("streets_before"):
        small = r"(?:(?:de|du|des|la|le|les|aux?)\s+|[ld]['’])*"
        words = rf"{small}{_WORD}(?:\s+{small}{_WORD})?"
        shapes.append(rf"\b{_NUMBER},?\s+(?:{_any(before)})\s+{words}")
        shapes.append(rf"\b(?:{_any(before)})\s+{words}\s+{_NUMBER}")
    if after := phrases.get("streets_after"):
        words = rf"{_WORD}(?:\s+{_WORD}){{0,2}}?"
        shapes.append(rf"\b{_NUMBER},?\s+{words}\s+(?:{_any(after)})(?!\w)")
        shapes.append(rf"\b{words}\s+(?:{_any(after)})\s+(?:number\s+)?{_NUMBER}")
    return tuple(re.compile(shape) for shape in shapes)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
