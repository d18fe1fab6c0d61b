"""
The same stories as other people would write, say or mishear them; and as other people's stories.

Stress: what typing and recognisers do to words. Counterfactuals: another name, gender, age, region
or family, where the need stays the same. Both change words by rule, so they are rough on purpose.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
import random
import re
import tomllib
from typing import Any
import unicodedata

SEED = 20261123
Item = Mapping[str, Any]
Change = Callable[[str, str, random.Random], str]
_PUNCTUATION = re.compile(r"[.,!?;:…\"«»()\u201c\u201d\u201e–—-]+")
_EMOJI = ("🙂", "😅", "🙏", "😢")


def changed(items: Iterable[Item], change: Change) -> list[dict[str, Any]]:
    """Return the items with every customer turn changed, the same way on every run."""
    chance = random.Random(SEED)  # noqa: S311  (no secret here)
    return [
        {
            **item,
            "turns": [
                {**turn, "text": change(turn["text"], item["language"], chance)}
                if turn["party"] == "customer"
                else turn
                for turn in item["turns"]
            ],
        }
        for item in items
    ]


def swapped(items: Iterable[Item], kind: str) -> list[dict[str, Any]]:
    """Return the items as told by somebody else: names, gender, age, region or family swapped."""
    return [
        {
            **item,
            "turns": [
                {**turn, "text": swap(turn["text"], item["language"], kind)}
                for turn in item["turns"]
            ],
        }
        for item in items
    ]


@cache
def kinds(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return, per kind of swap, which word stands for which, both ways."""
    raw = files("kindline.training").joinpath("counterfactuals.toml").read_text("utf-8")
    return {
        kind: {one: other for pair in pairs for one, other in (pair, pair[::-1])}
        for kind, pairs in tomllib.loads(raw)[language].items()
    }


def swap(text: str, language: str, kind: str) -> str:
    """Return a text with every word of a pair replaced by the other one."""
    words = kinds(language)[kind]

    def other(match: re.Match[str]) -> str:
        word = match.group()
        found = words.get(word) or words.get(word.lower())
        if found is None:
            return word
        return found.capitalize() if word[0].isupper() else found

    return re.sub(r"\w+(?:-\w+)*", other, text)


def _as_heard(text: str, _language: str, _chance: random.Random) -> str:
    return " ".join(_PUNCTUATION.sub(" ", text.lower()).split())


def _lower(text: str, _language: str, _chance: random.Random) -> str:
    return text.lower()


def _without_accents(text: str, _language: str, _chance: random.Random) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _curly(text: str, _language: str, _chance: random.Random) -> str:
    return text.replace("'", "\u2019").replace('"', "\u201d")


def _with_fillers(text: str, language: str, chance: random.Random) -> str:
    fillers = _said(language, "fillers")
    words = (
        f"{chance.choice(fillers)} {word}" if chance.random() < _OFTEN else word
        for word in text.split()
    )
    return " ".join(words)


def _with_emoji(text: str, _language: str, chance: random.Random) -> str:
    return f"{text} {chance.choice(_EMOJI)}"


def _in_slang(text: str, language: str, _chance: random.Random) -> str:
    short = dict(_said(language, "slang"))
    return " ".join(short.get(word.lower(), word) for word in text.split())


def _switching(text: str, language: str, chance: random.Random) -> str:
    return f"{chance.choice(_said(language, 'switches'))} {text}"


def _misheard(share: float) -> Change:
    """Return a change that drops, doubles, joins or spoils that share of the words."""

    def change(text: str, _language: str, chance: random.Random) -> str:
        words: list[str] = []
        for word in text.split():
            if chance.random() >= share:
                words.append(word)
                continue
            kind = chance.randrange(4)
            if kind == 1:
                words += [word, word]
            elif kind == 2 and words:  # noqa: PLR2004
                words[-1] += word
            elif kind == 3:  # noqa: PLR2004
                words.append(_spoilt(word, chance))
        return " ".join(words)

    return change


def _spoilt(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + chance.choice("aeioutnrsl") + word[place + 1 :]


@cache
def _said(language: str, what: str) -> list[Any]:
    raw = files("kindline.training").joinpath("counterfactuals.toml").read_text("utf-8")
    said: list[Any] = tomllib.loads(raw)["said"][language][what]
    return said


_OFTEN = 0.15
CHANGES: Mapping[str, Change] = {
    "as written": lambda text, _language, _chance: text,
    "lower case": _lower,
    "no punctuation, lower case": _as_heard,
    "no accents": _without_accents,
    "curly quotes": _curly,
    "fillers": _with_fillers,
    "emoji": _with_emoji,
    "chat slang": _in_slang,
    "code-switching": _switching,
    "5 % word errors": _misheard(0.05),
    "10 % word errors": _misheard(0.10),
    "20 % word errors": _misheard(0.20),
}
