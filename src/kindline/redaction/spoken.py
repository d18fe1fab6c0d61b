"""
Numbers as people write and say them: digits, digit words, letters, one after another.

`vier-en-twintig`, `huszonnégy` and `quatre-vingt-quatre` are 24, 24 and 84; each character of a run
knows where in the text it came from, so that what is found in a run is found in the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import NamedTuple
import unicodedata

from kindline.languages.spelling import Spelling, spelling

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_GAP = re.compile(r"[\s\-\u2010-\u2013./,()+:]{0,4}")
_LONGEST_CODE = 4  # letters that stand together in an IBAN or a post code


class Symbol(NamedTuple):
    """A character of a run: where it came from, and whether a token begins or ends with it."""

    char: str
    start: int
    end: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text as redaction reads it: itself, folded to its own length, and its runs."""

    text: str
    folded: str
    language: str
    country: str | None
    runs: tuple[tuple[Symbol, ...], ...]
    asked: frozenset[str]


class Span(NamedTuple):
    """Where something stands, half-open, in code points."""

    start: int
    end: int


def said(
    text: str, language: str, *, country: str | None = None, asked: frozenset[str] = frozenset()
) -> Said:
    """Return a text as redaction reads it; `asked` is what was asked for just before."""
    folded = fold(text)
    runs = tuple(_runs(text, folded, spelling(language)))
    return Said(
        text=text, folded=folded, language=language, country=country, runs=runs, asked=asked
    )


def fold(text: str) -> str:
    """Return a text in lower case without accents, character for character."""
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """What stands for a character: itself in lower case, without its accent."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFD", chr(code).lower())[:1] or chr(code)
        self[code] = plain
        return plain


_PLAIN = _Plain()


def candidates(
    run: Sequence[Symbol], lengths: range, *, letters: bool = False
) -> Iterator[tuple[str, Span]]:
    """Return what a run holds of these lengths, from token to token, the longest first."""
    begins = [number for number, one in enumerate(run) if one.begins]
    ends = [number + 1 for number, one in enumerate(run) if one.ends]
    for start in begins:
        for end in reversed(ends):
            if end - start in lengths:
                part = run[start:end]
                chars = "".join(one.char for one in part)
                if letters or chars.isdigit():
                    yield chars, Span(part[0].start, part[-1].end)


def _runs(text: str, folded: str, words: Spelling) -> Iterator[tuple[Symbol, ...]]:
    """Return the runs of digits, digit words and letters that follow one another."""
    run: list[Symbol] = []
    last_end = 0
    for symbols in _symbols(text, folded, words):
        gap = folded[last_end : symbols[0].start]
        if run and not _GAP.fullmatch(gap):
            yield from _whole(run)
            run = []
        run.extend(symbols)
        last_end = symbols[-1].end
    yield from _whole(run)


def _whole(run: list[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    if sum(one.char.isdigit() for one in run) > 1:
        yield tuple(run)


def _symbols(text: str, folded: str, words: Spelling) -> Iterator[list[Symbol]]:
    said = _TOKEN.findall(folded)
    if words.numbers.isdisjoint(said) and not any(map(str.isdigit, said)):
        return
    numbers = [one for one in said if one in words.numbers or one.isdigit()]
    if len(numbers) < 2 and not any(_has_two_digits(one, words) for one in numbers):  # noqa: PLR2004
        return  # one digit among letters is no run, and that is what most texts hold
    tokens = list(_TOKEN.finditer(folded))
    index = 0
    while index < len(tokens):
        token = tokens[index]
        word = token.group()
        if word.isdigit():
            yield _spelled(word, token.start())
            index += 1
            continue
        n_used, digits = _number(tokens, index, words)
        if n_used:
            end = tokens[index + n_used - 1].end()
            yield [
                Symbol(char, token.start(), end, number == 0, number == len(digits) - 1)
                for number, char in enumerate(digits)
            ]
            index += n_used
            continue
        original = text[token.start() : token.end()]
        if len(word) == 1 or (len(word) <= _LONGEST_CODE and original.isupper()):
            yield _spelled(word.upper(), token.start())
        index += 1


def _has_two_digits(number: str, words: Spelling) -> bool:
    return len(number) > 1 if number.isdigit() else words.values.get(number, 0) >= 10  # noqa: PLR2004


def _spelled(word: str, start: int) -> list[Symbol]:
    last = len(word) - 1
    return [
        Symbol(char, start + number, start + number + 1, number == 0, number == last)
        for number, char in enumerate(word)
    ]


def _number(tokens: Sequence[re.Match[str]], index: int, words: Spelling) -> tuple[int, str]:
    """Return how many tokens from here make a number word, and its digits; 0 for none."""
    word = tokens[index].group()
    if word not in words.numbers:
        return 0, ""
    following = [token.group() for token in tokens[index + 1 : index + 5]]
    if word in words.doubling:
        times = words.doubling[word]
        if following and following[0] in words.values and words.values[following[0]] <= 9:  # noqa: PLR2004 -- one digit
            return 2, str(words.values[following[0]]) * times
        return 0, ""
    n_used, value = words.composed(word, following)
    return n_used, str(value)


def number_tokens(folded: str, language: str) -> list[tuple[int, int]]:
    """Return where digits and number words of any size stand: for dates, which are not checked."""
    words = spelling(language)
    known: Mapping[str, object] = words.values
    return [
        token.span()
        for token in _TOKEN.finditer(folded)
        if token.group().isdigit() or token.group() in known or words.is_large(token.group())
    ]
