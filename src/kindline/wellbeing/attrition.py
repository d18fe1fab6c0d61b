"""
Who leaves, by team: how long people stay, how many leave a year, what leavers say it was for.

Told of teams, never of anybody: a curve needs ten people and three who left, a reason five leavers.
The extract it comes from is kept under a pseudonym of its own, which no contact, load or evaluation
has: what somebody was exposed to cannot be joined with whether they left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from kindline.metrics.share import share_of
from kindline.metrics.survival import Step, survival
from kindline.model.estimate import Estimate

LeaveReason = Literal[
    "emotional_effort", "pay", "hours", "growth", "management", "private", "ended", "other"
]
LEAVE_REASONS: tuple[LeaveReason, ...] = get_args(LeaveReason)
FEWEST_LEAVERS = 5
_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody's time in a team: until when is None while they are there. No name, no id."""

    team: str
    started_on: date
    ended_on: date | None = None
    reason: LeaveReason | None = None


def spells(people: Iterable[Person], until: date) -> list[tuple[int, bool]]:
    """Return (days there, whether they left) of each, as known on a day."""
    found: list[tuple[int, bool]] = []
    for one in people:
        has_left = one.ended_on is not None and one.ended_on <= until
        last = one.ended_on if one.ended_on is not None and has_left else until
        found.append(((last - one.started_on).days, has_left))
    return [(days, has_left) for days, has_left in found if days > 0]


def staying(people: Iterable[Person], until: date) -> tuple[Step, ...] | None:
    """Return the curve of who is still there, None of too few."""
    return survival(spells(people, until))


def at_risk(people: Iterable[Person], since: date, until: date) -> tuple[int, float]:
    """Return how many left from a day up to another, and the years all spent there meanwhile."""
    n_left, days = 0, 0
    for one in people:
        begin = max(one.started_on, since)
        end = until if one.ended_on is None else min(one.ended_on, until)
        days += max(timedelta(0), end - begin).days
        n_left += one.ended_on is not None and since <= one.ended_on < until
    return n_left, days / _YEAR


def naming_effort(leavers: Sequence[LeaveReason | None]) -> Estimate | None:
    """Return the share of leavers who name emotional effort, None of fewer than five leavers."""
    if len(leavers) < FEWEST_LEAVERS:
        return None
    told = [one for one in leavers if one is not None]
    n_named = sum(one == "emotional_effort" for one in told)
    return share_of(n_named, len(told) - n_named, n_unjudged=len(leavers) - len(told))
