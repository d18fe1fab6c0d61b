"""
Who can be called: helplines by country, language and need, as far as they may be shown.

Numbers come from `countries/*.toml` and from what a house adds, never from a model. A record that
nobody looked at for too long is not shown, nor one whose source is weak, until a person has dialled
it and says so (FACTS 1.0). The emergency number is always shown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from kindline.countries import countries
from kindline.safeguarding.hours import Hours, hours_from

HelpNeed = Literal[
    "suicide",
    "listening",
    "befriending",
    "mental_health",
    "children",
    "young_people",
    "violence",
    "elder_abuse",
    "victims",
]
Grade = Literal["P", "G", "N", "D", "X", "U"]
HELP_NEEDS: tuple[HelpNeed, ...] = get_args(HelpNeed)
GRADES: tuple[Grade, ...] = get_args(Grade)
_WEAK: frozenset[Grade] = frozenset({"X", "U"})
_LASTS_OF_SUICIDE, _LASTS = timedelta(days=90), timedelta(days=180)  # FACTS 1.0
IsHoliday = Callable[[str, date], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpline:
    """
    A line. `dial` is what is dialled within `scope`, `from_abroad` where that does not work.

    `verified_at` and `verified_by` are a person's who dialled it; until then it is known from a
    published source, of that grade, seen on a day.
    """

    country: str
    name: str
    needs: tuple[HelpNeed, ...]
    languages: tuple[str, ...]
    dial: str
    scope: str
    hours: Hours
    whom: str
    url: str
    grade: Grade
    source: str
    source_seen_at: date
    from_abroad: str | None = None
    verified_at: date | None = None
    verified_by: str | None = None

    @property
    def next_check(self) -> date:
        """Return the day from which it is not shown unless somebody looked again."""
        lasts = _LASTS_OF_SUICIDE if "suicide" in self.needs else _LASTS
        return (self.verified_at or self.source_seen_at) + lasts

    def may_be_shown(self, today: date) -> bool:
        """Return whether it is fresh, and from more than hearsay or dialled by a person."""
        return today < self.next_check and (self.verified_at is not None or self.grade not in _WEAK)

    def verified(self, by: str, at: date) -> "Helpline":
        """Return the line as dialled by a person."""
        return replace(self, verified_at=at, verified_by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A line that can be offered now; `is_open` is None where nobody knows."""

    line: Helpline
    is_open: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """The emergency number, None where we have no table of the country, and lines to offer."""

    country: str | None
    emergency: str | None
    offers: tuple[Offer, ...]


@cache
def helplines(country: str) -> tuple[Helpline, ...]:
    """Return the lines of a country as they stand in our table, all of them."""
    told = countries().get(country, {})
    return tuple(_helpline(country, one) for one in told.get("helplines", ()))


def help_for(
    country: str | None,
    language: str,
    need: HelpNeed,
    now: datetime,
    *,
    lines: Iterable[Helpline] | None = None,
    is_holiday: IsHoliday | None = None,
) -> Help:
    """
    Return who can be called now, in the caller's language, the best first.

    `lines` takes the place of our table, as a house that dialled and added has it. Outside the
    hours of a befriending line a listening line stands in, never a suicide line (FACTS 1.0, 5).
    """
    table = countries().get(country or "")
    if country is None or table is None:
        return Help(country=country, emergency=None, offers=())
    local = now.astimezone(ZoneInfo(table["time_zone"]))
    code = language.partition("-")[0]
    is_off = is_holiday is not None and is_holiday(country, local.date())
    offers = [
        Offer(line=line, is_open=line.hours.is_open(local, is_holiday=is_off))
        for line in (helplines(country) if lines is None else lines)
        if code in line.languages and line.may_be_shown(local.date())
    ]
    found = dict.fromkeys(one for kind in _in_turn(need) for one in _of(offers, kind))
    return Help(country=country, emergency=str(table["emergency"]), offers=tuple(found))


def to_check(today: date, lines: Iterable[Helpline] | None = None) -> list[Helpline]:
    """Return the lines that somebody has to dial or look up, those of suicide first."""
    every = [one for code in countries() for one in helplines(code)] if lines is None else lines
    due = [one for one in every if not one.may_be_shown(today)]
    return sorted(due, key=lambda one: ("suicide" not in one.needs, one.country, one.name))


def _in_turn(need: HelpNeed) -> tuple[HelpNeed, ...]:
    """Return which kinds of line serve a need, the best first."""
    if need == "befriending":
        return ("befriending", "listening")
    return ("suicide", "listening") if need == "suicide" else (need,)


def _of(offers: Iterable[Offer], kind: HelpNeed) -> list[Offer]:
    """Return the lines for a need that are not known to be closed, those surely open first."""
    fit = [one for one in offers if kind in one.line.needs and one.is_open is not False]
    return sorted(fit, key=lambda one: (not one.is_open, one.line.needs[0] != kind))


def _helpline(country: str, told: Mapping[str, Any]) -> Helpline:
    return Helpline(
        country=country,
        name=told["name"],
        needs=tuple(told["needs"]),
        languages=tuple(told["languages"]),
        dial=told["dial"],
        scope=told["scope"],
        from_abroad=told.get("from_abroad"),
        hours=hours_from(told.get("hours")),
        whom=told["whom"],
        url=told["url"],
        grade=told["grade"],
        source=told["source"],
        source_seen_at=told["source_seen_at"],
        verified_at=told.get("verified_at"),
        verified_by=told.get("verified_by"),
    )
