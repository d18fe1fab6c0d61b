"""
Emotional load as exposure: what an agent's contacts brought them, dying away over hours.

Abuse, risk, minutes of grief or company, contacts without a gap: each weighs as `load.toml` says,
numbers of ours without evidence. It is no measure of what anybody feels (FACTS 3.4). For the agent
alone; a team is told as shares of contacts, never as a sum of people's loads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
import tomllib
from typing import Literal

from kindline.errors import InputError

Compared = Literal["lighter", "usual", "heavier"]
FEWEST_DAYS = 10  # days of one's own before a day is compared with them
_QUARTER = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What weighs how much; see `load.toml`. Minutes and seconds are in the names."""

    abuse: float
    risk: float
    minute: float
    no_gap: float
    gap_s: float
    half_life_min: float
    offer_from: float
    shortest_min: float
    longest_min: float
    after_risk_min: float

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not 0 <= value <= _MOST:
                raise InputError(f"{one.name} is {value}: a number from 0 to {_MOST}")
        if self.half_life_min <= 0:
            raise InputError("half_life_min is 0: load that never dies away is none")
        if not 1 <= self.shortest_min <= self.longest_min:
            raise InputError("a break has a minute at least, and its longest is no shorter")
        if self.after_risk_min < LEAST_AFTER_RISK_MIN:
            raise InputError(f"after risk a break has {LEAST_AFTER_RISK_MIN} minutes or more")

    def as_told(self) -> dict[str, float]:
        """Return them by name."""
        return asdict(self)


_MOST = 480
LEAST_AFTER_RISK_MIN = 15


@cache
def weights() -> Weights:
    """Return our own weights."""
    return weights_from(
        tomllib.loads(files("kindline.wellbeing").joinpath("load.toml").read_text("utf-8"))
    )


def weights_from(told: Mapping[str, float]) -> Weights:
    """Return weights by name; raises InputError where one cannot be."""
    return Weights(**{one.name: float(told[one.name]) for one in fields(Weights)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a contact brought, seen from outside; `given_min` are minutes of grief or company."""

    start: datetime
    end: datetime
    has_abuse: bool = False
    has_risk: bool = False
    given_min: float = 0.0

    @property
    def is_heavy(self) -> bool:
        """Return whether it brought more than a matter."""
        return self.has_abuse or self.has_risk or self.given_min > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is left of it at a moment, by what it came from."""

    abuse: float = 0.0
    risk: float = 0.0
    given: float = 0.0
    no_gap: float = 0.0

    @property
    def whole(self) -> float:
        """Return all of it."""
        return self.abuse + self.risk + self.given + self.no_gap


def load_at(contacts: Iterable[Contact], rules: Weights, at: datetime) -> Load:
    """Return the load at a moment, of contacts that were over by then."""
    abuse = risk = given = no_gap = 0.0
    before: datetime | None = None
    for one in sorted(contacts, key=lambda one: one.start):
        if one.end > at:
            continue
        left = 0.5 ** ((at - one.end) / timedelta(minutes=rules.half_life_min))
        abuse += left * rules.abuse * one.has_abuse
        risk += left * rules.risk * one.has_risk
        given += left * rules.minute * one.given_min
        if one.end == one.start:  # how long it took is not known, nor what was around it
            continue
        is_close = before is not None and one.start - before < timedelta(seconds=rules.gap_s)
        no_gap += left * rules.no_gap * is_close
        before = one.end if before is None else max(before, one.end)
    return Load(abuse=abuse, risk=risk, given=given, no_gap=no_gap)


def peaks(contacts: Sequence[Contact], rules: Weights, zone: tzinfo = UTC) -> dict[str, float]:
    """Return the highest load of each day with contacts, by a clock's day as 2026-11-27."""
    found: dict[str, float] = {}
    for one in contacts:
        day = day_of(one.end, zone)
        reach = one.end - timedelta(minutes=12 * rules.half_life_min)  # of older there is nothing
        near = [other for other in contacts if reach <= other.end <= one.end]
        found[day] = max(found.get(day, 0.0), load_at(near, rules, one.end).whole)
    return found


def day_of(at: datetime, zone: tzinfo) -> str:
    """Return the day of a time by a clock, as 2026-11-27."""
    return f"{at.astimezone(zone):%Y-%m-%d}"


def compared(today: float, before: Sequence[float]) -> Compared | None:
    """Return how a day stands among one's own days, None while these are too few to say."""
    if len(before) < FEWEST_DAYS:
        return None
    ordered = sorted(before)
    low = ordered[int(_QUARTER * (len(ordered) - 1))]
    high = ordered[int((1 - _QUARTER) * (len(ordered) - 1) + 0.5)]
    if today > high:
        return "heavier"
    return "lighter" if today < low else "usual"
