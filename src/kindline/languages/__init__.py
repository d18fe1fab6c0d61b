"""
Language packs: what words mean in one language, as data.

A language is a folder named by its code with a `pack.toml`; packs are found by listing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import tomllib

from kindline.errors import UnknownNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """Phrases that tell of one thing: strong ones nearly always do, weak ones sometimes."""

    strong: tuple[str, ...]
    weak: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One language. `source` says who wrote the lists and who has read them."""

    code: str
    name: str
    source: str
    version: str
    negations: tuple[str, ...]
    first_person: tuple[str, ...]
    third_person: tuple[str, ...]
    quoting: tuple[str, ...]
    cues: Mapping[str, Cues]


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of all languages that have a pack."""
    folders = files("kindline.languages").iterdir()
    return tuple(
        sorted(folder.name for folder in folders if folder.joinpath("pack.toml").is_file())
    )


def supported(language: str | None) -> str | None:
    """Return the pack code for a BCP 47 tag, `nl` for `nl-BE`, or None when there is no pack."""
    code = (language or "").partition("-")[0].lower()
    return code if code in codes() else None


def card(code: str) -> str:
    """Return the card of a language: how right it is, where it was measured, where it fails."""
    if code not in codes():
        raise UnknownNameError("language", code, codes())
    return files("kindline.languages").joinpath(code, "card.md").read_text("utf-8")


@cache
def pack(code: str) -> Pack:
    """Return the pack of a language."""
    if code not in codes():
        raise UnknownNameError("language", code, codes())
    raw = tomllib.loads(files("kindline.languages").joinpath(code, "pack.toml").read_text("utf-8"))
    cues = {
        name: Cues(strong=tuple(lists["strong"]), weak=tuple(lists["weak"]))
        for name, lists in raw["cues"].items()
    }
    return Pack(
        code=raw["code"],
        name=raw["name"],
        source=raw["source"],
        version=raw["version"],
        negations=tuple(raw["negations"]),
        first_person=tuple(raw["first_person"]),
        third_person=tuple(raw["third_person"]),
        quoting=tuple(raw["quoting"]),
        cues=cues,
    )
