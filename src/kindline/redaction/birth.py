"""Dates of birth: any date where birth is spoken of, or was asked for just before."""

from collections.abc import Iterator
import re

from kindline.languages.spelling import spelling
from kindline.redaction.spoken import Said, Span, number_tokens

KIND = "birth"
_WRITTEN = re.compile(r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}\.?")
_GAP = re.compile(r"(?:[\s,.\-]+|(?:de|of|the|en|et|and|es|st|nd|rd|th|er|e|an|ste|i)\b)*")
_LONG_DATE = 8  # digits of a date without a mark between them


def spans(one: Said) -> Iterator[Span]:
    """Return where a date of birth stands."""
    phrases = spelling(one.language).phrases
    is_meant = "born" in one.asked or any(word in one.folded for word in phrases.get("born", ()))
    if not is_meant:
        return
    for found in _WRITTEN.finditer(one.folded):
        yield Span(*found.span())
    numbers = number_tokens(one.folded, one.language)
    for month in phrases.get("months", ()):
        for found in re.finditer(rf"\b{month}\w{{0,3}}\b", one.folded):
            yield _grown(one.folded, Span(*found.span()), numbers)
    for start, end in numbers:
        if end - start == _LONG_DATE and one.folded[start:end].isdigit():
            yield Span(start, end)


def _grown(folded: str, span: Span, numbers: list[tuple[int, int]]) -> Span:
    """Return the month with the numbers beside it, whatever order they are said in."""
    start, end = span
    for number_start, number_end in reversed(numbers):
        if number_end <= start and _GAP.fullmatch(folded[number_end:start]):
            start = number_start
    for number_start, number_end in numbers:
        if number_start >= end and _GAP.fullmatch(folded[end:number_start]):
            end = number_end
    return Span(start, end)
