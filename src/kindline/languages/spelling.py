"""How a language says numbers below a hundred, and what people say around what identifies them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
import tomllib
from typing import Any

_TEN = 10
_HUNDRED = 100
_FOUR = 4
_AFTER_TEN = (7, 8, 9)  # dix-sept, dix-huit, dix-neuf
_TAKE_TEENS = (60, 80)


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """
    Number words by value, folded; `joining` stands between them, `doubling` repeats the next digit.

    `phrases` are lists of words by purpose: months, titles, streets, questions.
    """

    values: Mapping[str, int]
    joining: frozenset[str]
    doubling: Mapping[str, int]
    large: tuple[str, ...]
    unit_first: bool
    by_twenties: bool
    phrases: Mapping[str, tuple[str, ...]]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Return the words that begin a number."""
        return frozenset((*self.values, *self.doubling))

    def is_large(self, word: str) -> bool:
        """Return whether a word names hundreds or thousands, by itself or at its beginning."""
        return word.startswith(self.large) if self.large else False

    def composed(self, word: str, following: Sequence[str]) -> tuple[int, int]:
        """Return how many words from this one make one number, and the number."""
        value = self.values[word]
        if self.unit_first:
            return self._unit_first(value, following)
        if self.by_twenties:
            return self._by_twenties(value, following)
        if value >= 2 * _TEN and value % _TEN == 0:
            unit = self.values.get(following[0]) if following else None
            if unit is not None and 0 < unit < _TEN:
                return 2, value + unit
        return 1, value

    def _unit_first(self, value: int, following: Sequence[str]) -> tuple[int, int]:
        """Return a number as Dutch says it: four and twenty."""
        if value < _TEN and len(following) > 1 and following[0] in self.joining:
            tens = self.values.get(following[1])
            if tens is not None and tens >= 2 * _TEN and tens % _TEN == 0:
                return 3, tens + value
        return 1, value

    def _by_twenties(self, value: int, following: Sequence[str]) -> tuple[int, int]:
        """Return a number as French says it: four twenties and four."""
        rest = list(following)
        if value == _FOUR and rest[:1] and self.values.get(rest[0]) == 2 * _TEN:
            if rest[0].endswith("s"):  # as it is written where nothing is added
                return 2, _FOUR * 2 * _TEN
            n_used, whole = self._with_rest(_FOUR * 2 * _TEN, rest[1:])
            return n_used + 1, whole
        return self._with_rest(value, rest)

    def _with_rest(self, value: int, rest: Sequence[str]) -> tuple[int, int]:
        """Return a number with the units or teens that follow it."""
        if value != _TEN and (value < 2 * _TEN or value % _TEN):
            return 1, value
        joined = rest[:1] and rest[0] in self.joining
        told = rest[1:] if joined else rest
        added = self.values.get(told[0], 0) if told else 0
        if joined:
            return (3, value + added) if added in (1, _TEN + 1) else (1, value)
        if value == _TEN:
            return (2, value + added) if added in _AFTER_TEN else (1, value)
        ones = self.values.get(told[1], 0) if added == _TEN and len(told) > 1 else 0
        if value in _TAKE_TEENS and ones in _AFTER_TEN:
            return 3, value + added + ones
        most = 2 * _TEN if value in _TAKE_TEENS else _TEN
        return (2, value + added) if 0 < added < most else (1, value)


@cache
def spelling(language: str) -> Spelling:
    """Return the spelling of a language; of one we have none for, digits are read alone."""
    path = files("kindline.languages").joinpath(language, "spelling.toml")
    if not path.is_file():
        return Spelling(
            values={},
            joining=frozenset(),
            doubling={},
            large=(),
            unit_first=False,
            by_twenties=False,
            phrases={},
        )
    return _spelling(tomllib.loads(path.read_text("utf-8")))


def _spelling(raw: Mapping[str, Any]) -> Spelling:
    numbers = raw["numbers"]
    values: dict[str, int] = {}
    for value, words in numbers["words"].items():
        values |= dict.fromkeys(words, int(value))
    joined = numbers.get("compounds", "")
    units = {word: value for word, value in values.items() if 0 < value < _TEN}
    tens = {word: value for word, value in values.items() if 2 * _TEN <= value < _HUNDRED}
    for ten_word, ten in tens.items():
        for unit_word, unit in units.items():
            if joined == "unit-en-ten":
                values[f"{unit_word}en{ten_word}"] = ten + unit
            elif joined == "ten-unit":
                values[f"{ten_word}{unit_word}"] = ten + unit
    for prefix, base in numbers.get("prefixes", {}).items():
        values |= {f"{prefix}{word}": base + unit for word, unit in units.items()}
    return Spelling(
        values=values,
        joining=frozenset(numbers["joining"]),
        doubling=numbers["doubling"],
        large=tuple(numbers["large"]),
        unit_first=joined == "unit-en-ten",
        by_twenties=numbers.get("by_twenties", False),
        phrases={name: tuple(words) for name, words in raw["phrases"].items()},
    )
