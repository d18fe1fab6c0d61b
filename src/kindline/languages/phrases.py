"""
What an agent may say, as data: the exit ladder, the abuse ladder, the card when a life is at risk.

Ours is in `languages/<code>/phrases.toml`; a house may put its own in place of it, once linted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
import tomllib
from typing import Any, Literal, get_args

from kindline.errors import UnknownNameError
from kindline.languages import codes

Rung = Literal[
    "acknowledge",
    "give_back",
    "close_the_loop",
    "bounded_check",
    "boundary",
    "signpost",
    "farewell",
    "firm_repeat",
]
AbuseStep = Literal["abuse_name", "abuse_warn", "abuse_end"]
Form = Literal["formal", "informal"]
Condition = Literal["queue_waits", "line_is_always_open"]
CardStep = Literal["breathe", "listen", "ask", "keep_safe", "end"]
RUNGS: tuple[Rung, ...] = get_args(Rung)
ABUSE_STEPS: tuple[AbuseStep, ...] = get_args(AbuseStep)
FORMS: tuple[Form, ...] = get_args(Form)
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
CARD_STEPS: tuple[CardStep, ...] = get_args(CardStep)
EARLY = "something_else"  # asked right after the first matter, never at the end (FACTS 2.5)
SLOTS = frozenset({"matter", "heard", "name", "line"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A sentence with slots in braces; `only_if` is what must be true for it to be said."""

    text: str
    form: Form
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the card: what to do, for the agent, and wording that may help."""

    name: CardStep
    do: str
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """Words that no phrase holds, by why not, and claims that must carry their condition."""

    never: Mapping[str, tuple[str, ...]]
    claims: Mapping[Condition, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All of a language; `by_use` holds rungs, steps of abuse, and the early question."""

    language: str
    version: str
    by_use: Mapping[str, tuple[Phrase, ...]]
    card: tuple[Step, ...]
    never_say: tuple[str, ...]
    lint: Lint


@cache
def phrases(language: str) -> Phrases:
    """Return our phrases of a language."""
    if language not in codes():
        raise UnknownNameError("language", language, codes())
    path = files("kindline.languages").joinpath(language, "phrases.toml")
    told = tomllib.loads(path.read_text("utf-8"))
    lint = told["lint"]
    return Phrases(
        language=language,
        version=told["version"],
        by_use={use: phrases_from(some) for use, some in told["phrases"].items()},
        card=tuple(
            Step(name=name, do=told["card"][name]["do"], say=tuple(told["card"][name]["say"]))
            for name in CARD_STEPS
        ),
        never_say=tuple(told["card"]["never"]["say"]),
        lint=Lint(
            never={why: tuple(some) for why, some in lint.items() if why not in CONDITIONS},
            claims={name: tuple(lint[name]) for name in CONDITIONS},
        ),
    )


def with_own(ours: Phrases, own: Mapping[str, Sequence[Phrase]]) -> Phrases:
    """Return the phrases with those of a house before ours: there is always one that is true."""
    both = {use: (*own.get(use, ()), *some) for use, some in ours.by_use.items()}
    return replace(ours, by_use=both)


def phrases_from(told: Sequence[Mapping[str, Any]]) -> tuple[Phrase, ...]:
    """Return phrases as they are written."""
    return tuple(
        Phrase(text=one["text"], form=one["form"], only_if=one.get("only_if")) for one in told
    )
