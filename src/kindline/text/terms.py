"""
Words as a search knows them: by how they are written and by their stem, without accents.

"számlámat" is found by "szamla", "facturen" by "factuur". Stems are Snowball's (Porter), of
the conversation's language; who searches need not say which, so a sought word has a stem in each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
import re
import threading
from typing import Any, NamedTuple
import unicodedata

from kindline.extras import library

_STEMMERS: Mapping[str, str] = {"en": "english", "fr": "french", "hu": "hungarian", "nl": "dutch"}
_WORD = re.compile(r"[^\W_]+")
_SOUGHT = re.compile(r'"([^"]*)"|([^\s"]+)')
_MOST_WORDS = 12
_OWN = threading.local()  # a stemmer is for one thread


class Hit(NamedTuple):
    """Where a sought word stands: turn, and the characters from `start` to before `end`."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    What is looked for: conversations in which every word and every phrase stands.

    Each word is its spellings and stems, any of which will do; a phrase is its words in a row, as
    they are written.
    """

    words: tuple[frozenset[str], ...]
    phrases: tuple[tuple[str, ...], ...]

    @property
    def terms(self) -> tuple[frozenset[str], ...]:
        """Return what an index is asked for: one of each must be there."""
        exact = (frozenset({word}) for phrase in self.phrases for word in phrase)
        return (*self.words, *exact)


def sought(query: str) -> Sought:
    """Return what somebody typed: words, and phrases between quotation marks; twelve at most."""
    straight = query.translate(dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'))
    words: list[frozenset[str]] = []
    phrases: list[tuple[str, ...]] = []
    for quoted, bare in _SOUGHT.findall(straight):
        row = tuple(_plain(word) for word in _WORD.findall(quoted.lower()))
        if row:
            phrases.append(row[:_MOST_WORDS])
        words.extend(_spellings(word) for word in _WORD.findall(bare.lower()))
    return Sought(words=tuple(words[:_MOST_WORDS]), phrases=tuple(phrases[:_MOST_WORDS]))


def terms(texts: Sequence[str], language: str | None) -> frozenset[str]:
    """Return every spelling and stem that stands in texts of a language."""
    code = _code(language)
    found = {word for text in texts for word in _WORD.findall(text.lower())}
    return frozenset[str]().union(*(_forms(word, code) for word in found))


def stems(text: str, language: str | None) -> list[str]:
    """Return the stem of every word of a text, in order, without accents."""
    code = _code(language)
    every = (word for word in _WORD.findall(text.lower()))
    if code not in _STEMMERS:
        return [_plain(word) for word in every]
    return [_plain(_stemmer(code).stemWord(word)) for word in every]


def hits(wanted: Sought, texts: Sequence[str], language: str | None) -> list[Hit]:
    """Return where what is sought stands, in order; nothing unless all of it does."""
    code, found = _code(language), set[Hit]()
    rows = [list(_words(text)) for text in texts]
    for word in wanted.words:
        here = [
            Hit(turn, start, end)
            for turn, row in enumerate(rows)
            for start, end, written in row
            if not word.isdisjoint(_forms(written, code))
        ]
        if not here:
            return []
        found.update(here)
    for phrase in wanted.phrases:
        where = [hit for turn, row in enumerate(rows) for hit in _in_a_row(phrase, turn, row)]
        if not where:
            return []
        found.update(where)
    return sorted(found)


def _in_a_row(
    phrase: Sequence[str], turn: int, row: Sequence[tuple[int, int, str]]
) -> Iterator[Hit]:
    plain = [_plain(written) for _, _, written in row]
    for first in range(len(row) - len(phrase) + 1):
        if plain[first : first + len(phrase)] == list(phrase):
            yield Hit(turn, row[first][0], row[first + len(phrase) - 1][1])


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), found.group().lower()


def _spellings(word: str) -> frozenset[str]:
    return frozenset[str]().union(*(_forms(word, code) for code in _STEMMERS))


@lru_cache(maxsize=1 << 18)
def _forms(word: str, code: str) -> frozenset[str]:
    """Return a word's spelling and stem, both without accents."""
    if code not in _STEMMERS:
        return frozenset({_plain(word)})
    return frozenset({_plain(word), _plain(_stemmer(code).stemWord(word))})


@lru_cache(maxsize=1 << 18)
def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word)
    return "".join(one for one in apart if not unicodedata.combining(one))


def _code(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()


def _stemmer(code: str) -> Any:
    held: dict[str, Any] = _OWN.__dict__
    if code not in held:
        held[code] = library("Stemmer", "web").Stemmer(_STEMMERS[code])
    return held[code]
