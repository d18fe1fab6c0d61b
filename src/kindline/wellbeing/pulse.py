"""
A pulse that nobody can be found in: five statements a quarter, told for teams of five answers up.

Strain from 0 to 100, as a mean of what was answered. It is told to the nearest five, never below 10
or above 90: from a mean at the very end everybody's answer could be read, from an exact one the
answer of the last person by four who compare theirs. Statements and their source: `pulse.toml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import tomllib

from kindline.errors import InputError

FEWEST = 5  # answers
LOWEST, HIGHEST = 0, 4
_WHOLE, _STEP, _LEAST, _MOST = 100, 5, 10, 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A statement by language; `is_strain` where saying yes to it means strain."""

    name: str
    is_strain: bool
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a group answered: strain by statement, 0 to 100 in steps of five, and of how many."""

    n: int
    strain: int
    by_item: Mapping[str, int]


@cache
def items() -> tuple[Item, ...]:
    """Return the statements."""
    told = tomllib.loads(files("kindline.wellbeing").joinpath("pulse.toml").read_text("utf-8"))
    return tuple(
        Item(
            name=one["name"],
            is_strain=one["is_strain"],
            text={code: text for code, text in one.items() if code not in ("name", "is_strain")},
        )
        for one in told["items"]
    )


def answers_from(told: Mapping[str, str]) -> dict[str, int]:
    """Return the answers of a form; raises InputError where one is missing or none."""
    found: dict[str, int] = {}
    for one in items():
        given = told.get(one.name, "")
        if not given.isdecimal() or not LOWEST <= int(given) <= HIGHEST:
            raise InputError(f"{one.name}: a number from {LOWEST} to {HIGHEST}")
        found[one.name] = int(given)
    return found


def told_of(answers: Sequence[Mapping[str, int]]) -> Told | None:
    """Return what a group answered, None of fewer than five."""
    if len(answers) < FEWEST:
        return None
    means = {one.name: _mean(one, answers) for one in items()}
    return Told(
        n=len(answers),
        strain=_rounded(sum(means.values()) / len(means)),
        by_item={name: _rounded(mean) for name, mean in means.items()},
    )


def _mean(item: Item, answers: Sequence[Mapping[str, int]]) -> float:
    share = sum(one[item.name] for one in answers) / len(answers) / (HIGHEST - LOWEST)
    return _WHOLE * (share if item.is_strain else 1 - share)


def _rounded(value: float) -> int:
    return max(_LEAST, min(_MOST, _STEP * round(value / _STEP)))
