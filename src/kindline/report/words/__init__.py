"""What reports say, a file a language; a phrase by its key, names of things by their codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import tomllib

from kindline.errors import UnknownNameError

LANGUAGES = ("en", "nl", "fr", "hu")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    phrases: Mapping[str, str]
    names: Mapping[str, str]

    def say(self, key: str, **told: str) -> str:
        """Return a phrase with what is told put in."""
        return self.phrases[key].format(**told)

    def name(self, code: str) -> str:
        """Return what a code is called; one that has no name stays as it is."""
        return self.names.get(code, code.replace("_", " "))


@cache
def words(language: str) -> Words:
    """Return the words of a language; raises UnknownNameError."""
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    text = files("kindline.report.words").joinpath(f"{language}.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return Words(language=language, phrases=raw["phrases"], names=raw["names"])
