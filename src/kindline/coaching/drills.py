"""
Practice in small pieces: what does this caller need, where does it turn, which reply, which card.

`languages/<code>/drills.toml` holds the pieces of a language, each a story of its own. An answer is
right or not, and either way it is told why; nobody's answers are added up to a mark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from random import Random
import tomllib
from typing import Any, Literal, get_args

from kindline.errors import UnknownNameError
from kindline.languages import codes

DrillKind = Literal["need", "spot", "reply", "ladder", "card"]
DRILL_KINDS: tuple[DrillKind, ...] = get_args(DrillKind)
NEEDS = ("service", "companionship", "support", "crisis")
CARDS = ("risk", "third_party", "abuse", "none")
NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of what can be chosen: a `name` of ours, or words with their party; and why not that."""

    name: str | None = None
    text: str | None = None
    party: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """
    One piece. `options` stand in the order they are shown in.

    `right` is the place of the right one; of a ladder, the rank of each option, from 1.
    """

    id: str
    kind: DrillKind
    language: str
    says: str
    options: tuple[Option, ...]
    right: tuple[int, ...]
    why: str

    def is_right(self, given: Sequence[int]) -> bool:
        """Return whether that is the right answer."""
        return tuple(given) == self.right

    def is_answer(self, given: Sequence[int]) -> bool:
        """Return whether that is an answer at all: places that there are, ranks each once."""
        if self.kind == "ladder":
            return sorted(given) == sorted(self.right)
        return len(given) == 1 and 0 <= given[0] < len(self.options)


@cache
def drills(language: str) -> Mapping[str, Drill]:
    """Return the pieces of a language by id; raises UnknownNameError."""
    if language not in codes():
        raise UnknownNameError("language", "given", codes())
    path = files("kindline.languages").joinpath(language, "drills.toml")
    return drills_from(tomllib.loads(path.read_text("utf-8")), language)


def drills_from(told: Mapping[str, Any], language: str) -> Mapping[str, Drill]:
    """Return pieces as they are written in their file."""
    found = [
        _MADE[kind](one, _id(kind, one), language)
        for kind in DRILL_KINDS
        for one in told.get(kind, ())
    ]
    return {one.id: one for one in found}


def _id(kind: DrillKind, told: Mapping[str, Any]) -> str:
    """Return an id that stays while the story does."""
    story = told.get("says") or " ".join(told["lines"])
    return f"{kind}-{blake2b(story.encode(), digest_size=5).hexdigest()}"


def _chosen(kind: DrillKind, names: Sequence[str]) -> Callable[..., Drill]:
    def made(told: Mapping[str, Any], identity: str, language: str) -> Drill:
        return Drill(
            id=identity,
            kind=kind,
            language=language,
            says=told["says"],
            options=tuple(Option(name=name) for name in names),
            right=(names.index(told[kind]),),
            why=told["why"],
        )

    return made


def _spot(told: Mapping[str, Any], identity: str, language: str) -> Drill:
    parties = {"c": "customer", "a": "agent"}
    lines = [Option(party=parties[line[0]], text=line[2:].strip()) for line in told["lines"]]
    at = told["at"] if told["at"] >= 0 else len(lines)
    return Drill(
        id=identity,
        kind="spot",
        language=language,
        says="",
        options=(*lines, Option(name=NOWHERE)),
        right=(at,),
        why=told["why"],
    )


def _reply(told: Mapping[str, Any], identity: str, language: str) -> Drill:
    best = Option(text=told["best"], why=told["because"])
    options = [best, *(Option(text=text, why=why) for text, why in told["others"])]
    Random(identity).shuffle(options)  # noqa: S311 -- no secret, and always the same
    return Drill(
        id=identity,
        kind="reply",
        language=language,
        says=told["says"],
        options=tuple(options),
        right=(options.index(best),),
        why=told["because"],
    )


def _ladder(told: Mapping[str, Any], identity: str, language: str) -> Drill:
    ranks = list(range(1, len(told["steps"]) + 1))
    Random(identity).shuffle(ranks)  # noqa: S311 -- no secret, and always the same
    return Drill(
        id=identity,
        kind="ladder",
        language=language,
        says=told["says"],
        options=tuple(Option(text=told["steps"][rank - 1]) for rank in ranks),
        right=tuple(ranks),
        why="",
    )


_MADE: Mapping[DrillKind, Callable[..., Drill]] = {
    "need": _chosen("need", NEEDS),
    "spot": _spot,
    "reply": _reply,
    "ladder": _ladder,
    "card": _chosen("card", CARDS),
}
