"""
A question of the numbers, bounded: what is asked, by what, of when, where.

    WHAT [by GROUP] [in 2026-03 | in 2026-W12 | last 13 weeks] [where NAME=VALUE and NAME=VALUE]

WHAT is `share NEED`, `contacts`, `heard`, `soothed`, `losing`, `handle time`, `time after`, or
`first contact`. What does not fit is refused, with what would: nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import Literal, get_args

from kindline.errors import UnknownNameError
from kindline.insight.shares import SHOWN, By, Need
from kindline.insight.where import NARROWED

What = Literal[
    "share",
    "contacts",
    "heard",
    "soothed",
    "losing",
    "handle time",
    "time after",
    "first contact",
]
WHATS: tuple[What, ...] = tuple(one for one in get_args(What) if one != "share")
GROUPS: tuple[By, ...] = (
    "week",
    "month",
    "weekday",
    "hour",
    "queue",
    "channel",
    "language",
    "reason",
)
# What tells of who took the contacts too is not told by hour or week: that can be one agent's.
OF_CREWS: frozenset[What] = frozenset(WHATS) - {"contacts"}
CREWS: tuple[By, ...] = ("queue", "channel", "language", "reason")
EXAMPLES = (
    "share companionship by channel last 13 weeks",
    "share support by language in 2026-10",
    "handle time by reason last 4 weeks where channel=voice",
    "losing by reason last 52 weeks",
    "first contact last 13 weeks where language=nl",
    "contacts by hour last 4 weeks",
)
_ALSO: Mapping[str, Need] = {"company": "companionship"}
_SHAPE = re.compile(
    r"(?P<what>.+?)"
    r"(?:\s+by\s+(?P<by>\w+))?"
    r"(?:\s+in\s+(?P<period>\d{4}-(?:W?\d{2}))|\s+last\s+(?P<weeks>\d{1,3})\s+weeks?)?"
    r"(?:\s+where\s+(?P<where>.+))?",
    re.IGNORECASE,
)
_LONGEST = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: `period` or `weeks` or neither (all there is), and what narrows it."""

    what: What
    need: Need | None = None
    by: By | None = None
    period: str | None = None
    weeks: int | None = None
    where: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        parts = [f"share {self.need}" if self.need else self.what]
        parts += [f"by {self.by}"] if self.by else []
        parts += [f"in {self.period}"] if self.period else []
        parts += [f"last {self.weeks} weeks"] if self.weeks else []
        if self.where:
            told = " and ".join(f"{name}={value}" for name, value in self.where.items())
            parts.append(f"where {told}")
        return " ".join(parts)


def question(text: str) -> Question:
    """Return the question a text asks; raises UnknownNameError that says what may be asked."""
    plain = " ".join(text.split()).rstrip("?. ")
    match = _SHAPE.fullmatch(plain)
    if match is None or len(plain) > _LONGEST:
        raise UnknownNameError("question", "one of another form", EXAMPLES)
    what, need = _what(match["what"].lower())
    return Question(
        what=what,
        need=need,
        by=None if match["by"] is None else _by(match["by"].lower(), what),
        period=None if match["period"] is None else match["period"].upper(),
        weeks=None if match["weeks"] is None else int(match["weeks"]),
        where=_where(match["where"]),
    )


def _what(told: str) -> tuple[What, Need | None]:
    first, _, rest = told.partition(" ")
    if first == "share":
        name = rest.removeprefix("of ").strip()
        return "share", _need(name)
    for other in WHATS:
        if other == told:
            return other, None
    known = ("share NEED", *WHATS)
    raise UnknownNameError("question", "another word", known)


def _need(name: str) -> Need:
    if name in _ALSO:
        return _ALSO[name]
    for need in SHOWN:
        if need == name:
            return need
    raise UnknownNameError("share", "another word", SHOWN)


def _by(told: str, what: What) -> By:
    known = CREWS if what in OF_CREWS else GROUPS
    for group in known:
        if group == told:
            return group
    raise UnknownNameError("group", "another word", known)


def _where(told: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in re.split(r"\s+and\s+", told, flags=re.IGNORECASE) if told else ():
        name, sign, value = part.partition("=")
        if name.strip().lower() not in NARROWED or not sign or not value.strip():
            raise UnknownNameError("condition", "another", tuple(f"{n}=VALUE" for n in NARROWED))
        found[name.strip().lower()] = value.strip()
    return found
