"""
Scorecards: what people look for in a contact, answered by people. Kindline fills in no answer.

A scorecard is a file in `scorecards/`. Its score is of one contact, from the answers alone: how
long the contact was is no part of it, and what does not fit a contact for company is not asked of
one. There is no score of an agent, and no function here takes more than one contact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import tomllib
from typing import Any, Literal, get_args

from kindline.errors import InputError, UnknownNameError
from kindline.model.analysis import Behaviour
from kindline.records import one_of

Answer = Literal["yes", "partly", "no", "does_not_apply"]
Asked = Literal["always", "for_company", "not_for_company"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
_WORTH: Mapping[Answer, float] = {"yes": 1.0, "partly": 0.5, "no": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """
    A line of a scorecard, in each language of the interface.

    `shown_by` are what an agent can be heard to do that speaks for it: where quotes come from.
    """

    name: str
    asked: Asked
    question: Mapping[str, str]
    shown_by: tuple[Behaviour, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A form: its name, version, title by language, and criteria."""

    name: str
    version: str
    title: Mapping[str, str]
    source: str
    criteria: tuple[Criterion, ...]

    def for_contact(self, *, is_company: bool) -> tuple[Criterion, ...]:
        """Return what is asked of a contact, of one for company or of another."""
        left_out: Asked = "not_for_company" if is_company else "for_company"
        return tuple(one for one in self.criteria if one.asked != left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a contact's answers add up to: `share` of what applies, None where nothing does."""

    share: float | None
    n_applying: int
    n_asked: int


@cache
def scorecard_names() -> tuple[str, ...]:
    """Return the names of all scorecards."""
    folder = files("kindline.scorecards").iterdir()
    return tuple(
        sorted(one.name.removesuffix(".toml") for one in folder if one.name.endswith(".toml"))
    )


@cache
def scorecard(name: str) -> Scorecard:
    """Return a scorecard; raises UnknownNameError."""
    if name not in scorecard_names():
        raise UnknownNameError("scorecard", "given", scorecard_names())
    raw = files("kindline.scorecards").joinpath(f"{name}.toml").read_text("utf-8")
    return scorecard_from(tomllib.loads(raw), name)


def scorecard_from(told: Mapping[str, Any], name: str) -> Scorecard:
    """Return a scorecard as it is written in its file."""
    return Scorecard(
        name=name,
        version=told["version"],
        title=told["title"],
        source=told["source"],
        criteria=tuple(
            Criterion(
                name=one["name"],
                asked=one.get("asked", "always"),
                question=one["question"],
                shown_by=tuple(one.get("shown_by", ())),
            )
            for one in told["criteria"]
        ),
    )


def checked(card: Scorecard, told: Mapping[str, str], *, is_company: bool) -> dict[str, Answer]:
    """
    Return the answers of a form; raises InputError where one that is asked is missing or unknown.

    What is not asked of such a contact is left out, whatever the form says.
    """
    found: dict[str, Answer] = {}
    for one in card.for_contact(is_company=is_company):
        answer = one_of(told.get(one.name), ANSWERS)
        if answer is None:
            raise InputError(f"{one.name} has no answer: one of {', '.join(ANSWERS)}")
        found[one.name] = answer
    return found


def score(answers: Mapping[str, Answer]) -> Score:
    """Return what the answers add up to; how long a contact was is not known here."""
    worth = [_WORTH[answer] for answer in answers.values() if answer in _WORTH]
    share = sum(worth) / len(worth) if worth else None
    return Score(share=share, n_applying=len(worth), n_asked=len(answers))


def offered(
    criterion: Criterion, behaviours: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]
) -> list[tuple[int, str]]:
    """Return the agent's words that speak for a criterion, each with its turn."""
    at: set[int] = set()
    for name in criterion.shown_by:
        at.update(behaviours.get(name) or ())
    return [(turn, str(turns[turn]["text"])) for turn in sorted(at) if turn < len(turns)]
