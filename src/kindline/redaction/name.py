"""
Names: after what people say before them, beside a title, as the answer to "your name?".

Where a text has capitals, a name is words that have one, with the small words between them. Where
it has none, as recognisers write, it is the two words after a phrase that can only precede a name.
Given names are looked for only with a capital.
"""

from collections.abc import Iterator
from functools import cache
import re

from kindline.languages.spelling import spelling
from kindline.redaction.spoken import Said, Span

KIND = "name"
_CAPITAL = r"(?:[A-ZÀ-ÖØ-ÞŐŰ][\w'’]*(?:-[A-ZÀ-ÖØ-ÞŐŰ]?[\w'’]+)*)"
_SURE = {  # only a name follows, also where nothing has a capital
    "nl": ("mijn naam is", "ik heet", "u spreekt met", "je spreekt met", "op naam van"),
    "en": ("my name is", "my name's", "i'm called", "i am called"),
    "fr": ("je m'appelle", "je me nomme", "mon nom est"),
    "hu": ("a nevem",),
}
_NO_NAMES = frozenset(
    (
        *("de", "het", "een", "ik", "u", "je", "en", "maar", "niet", "is", "nou", "dus"),
        *("the", "a", "an", "and", "i", "you", "it", "not", "my", "me", "so", "here", "there"),
        *("le", "la", "les", "un", "une", "et", "vous", "pas", "est", "tres", "bien", "alors"),
        *("we", "they", "that", "this", "what", "if", "we", "dat", "dit", "wat", "als"),
        *("az", "egy", "es", "nem", "hogy", "itt", "nagyon", "tehat"),
    )
)
_LONGEST_ANSWER = 5  # words


def spans(one: Said) -> Iterator[Span]:
    """Return where a name stands; a capital that only begins a sentence is none."""
    for span in _spans(one):
        words = re.findall(r"[\w'’]+", one.folded[span.start : span.end])
        if any(len(word) > 1 and word.partition("'")[0] not in _NO_NAMES for word in words):
            yield span


def _spans(one: Said) -> Iterator[Span]:
    rest = one.text[1:]
    has_capitals = rest != rest.lower()
    if has_capitals:
        for shape in _shapes(one.language):
            for found in shape.finditer(one.text):
                yield Span(*found.span("name"))
        yield from _given(one)
    else:
        yield from _small(one)
    if "name" in one.asked:
        yield from _answer(one, has_capitals=has_capitals)


def _given(one: Said) -> Iterator[Span]:
    """Return given names that have a capital, with the surname beside them."""
    names = _names(one.language)
    hungarian = one.language == "hu"
    for found in _beside(one.language).finditer(one.text):
        words = re.findall(r"[\w']+", one.folded[found.start() : found.end()])
        if hungarian:
            is_name = any(_is_given(word, names) for word in (words[0], words[-1]))
            own = found.span()
            if is_name:
                yield Span(*own)
        elif words[0] in names:
            yield Span(*found.span())


def _is_given(word: str, names: frozenset[str]) -> bool:
    """Return whether a Hungarian word is a given name, with or without an ending."""
    return any(word[:length] in names for length in range(max(4, len(word) - 4), len(word) + 1))


def _small(one: Said) -> Iterator[Span]:
    """Return the words after a phrase that only a name follows, where nothing has a capital."""
    for phrase, shape in _sure(one.language):
        for found in shape.finditer(one.folded) if phrase in one.folded else ():
            if found.group(1) in _NO_NAMES:
                continue
            last = 1 if found.group(2) is None or found.group(2) in _NO_NAMES else 2
            yield Span(found.start(1), found.end(last))


def _answer(one: Said, *, has_capitals: bool) -> Iterator[Span]:
    """Return what was answered: the words with capitals, or a short answer whole."""
    words = list(re.finditer(r"[\w'’\-]+", one.text))
    if has_capitals:
        for found in re.finditer(rf"{_CAPITAL}{_more(one.language)}", one.text):
            first = re.match(r"[\w']+", one.folded[found.start() :])
            if first is not None and (found.start() > 0 or first.group() not in _YES):
                yield Span(*found.span())
    elif 0 < len(words) <= _LONGEST_ANSWER:
        told = [word for word in words if one.folded[slice(*word.span())] not in _YES | _NO_NAMES]
        if told:
            yield Span(told[0].start(), told[-1].end())


_YES = frozenset(
    (
        *("ja", "nee", "oui", "non", "igen", "nem", "yes", "no", "sure", "well", "oke", "okay"),
        *("hallo", "hello", "bonjour", "dat", "that", "natuurlijk", "certainly"),
    )
)


@cache
def _sure(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what only a name follows, with the words behind it."""
    return tuple(
        (phrase, re.compile(rf"\b{re.escape(phrase)}\s+(\w+)(?:\s+(\w+))?"))
        for phrase in _SURE.get(language, ())
    )


@cache
def _beside(language: str) -> re.Pattern[str]:
    """Return a given name with the surname beside it: before it in Hungarian, else behind it."""
    if language == "hu":
        return re.compile(rf"(?:{_CAPITAL}\s+)?{_CAPITAL}")
    return re.compile(rf"{_CAPITAL}{_more(language)}")


@cache
def _names(language: str) -> frozenset[str]:
    return frozenset(spelling(language).phrases.get("given_names", ()))


@cache
def _more(language: str) -> str:
    """Return what goes on with a name: small words and further capitals."""
    particles = spelling(language).phrases.get("particles", ())
    small = "|".join(re.escape(word) for word in particles)
    between = rf"(?:(?:{small})\s+|(?:{small})(?=[A-Z]))*" if small else ""
    return rf"(?:\s+{between}{_CAPITAL}){{0,3}}"


@cache
def _shapes(language: str) -> tuple[re.Pattern[str], ...]:
    phrases = spelling(language).phrases
    name = rf"(?P<name>(?:{_small_words(language)}){_CAPITAL}{_more(language)})"
    found: list[str] = []
    before = (*phrases.get("before_name", ()), *phrases.get("titles", ()))
    if before:
        words = "|".join(_spelled(word) for word in sorted(before, key=len, reverse=True))
        found.append(rf"(?:^|(?<=[\s,.!?\"'(]))(?:{words}),?\s+{name}")
    if after := phrases.get("after_name_titles"):
        words = "|".join(_spelled(word) for word in sorted(after, key=len, reverse=True))
        found.append(rf"(?P<name>{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})\s+(?:{words})\b")
    return tuple(re.compile(shape) for shape in found)


def _small_words(language: str) -> str:
    particles = spelling(language).phrases.get("particles", ())
    return "|".join(rf"{re.escape(word)}\s+" for word in particles) + "|" if particles else ""


def _spelled(phrase: str) -> str:
    """Return a folded phrase as it may be written: with accents, with a first capital."""
    first = _LETTERS.get(phrase[0], phrase[0])
    rest = (_char(char) for char in phrase[1:])
    return f"[{re.escape(first + first.upper())}]{''.join(rest)}"


def _char(char: str) -> str:
    return f"[{_LETTERS[char]}]" if char in _LETTERS else re.escape(char)


_LETTERS = {
    "a": "aàáâä",
    "e": "eéèêë",
    "i": "iîïí",
    "o": "oôöóő",
    "u": "uùûüúű",
    "c": "cç",
}
