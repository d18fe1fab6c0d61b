"""A period of a report: a month or a week of the calendar, and the one before it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
import re
from typing import Literal
from zoneinfo import ZoneInfo

from kindline.errors import UnknownNameError

Every = Literal["week", "month"]
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` up to `until`, midnights of a clock; `name` is 2026-03 or 2026-W12."""

    name: str
    since: datetime
    until: datetime

    @property
    def every(self) -> Every:
        """Return whether it is a week or a month."""
        return "week" if "W" in self.name else "month"


def period(name: str, zone: str = "UTC") -> Period:
    """Return the period of that name; raises UnknownNameError."""
    first = _first(name)
    if first is None:
        raise UnknownNameError("period", name, ("a month as 2026-03", "a week as 2026-W12"))
    return Period(
        name=name, since=_midnight(first, zone), until=_midnight(_next(name, first), zone)
    )


def before(told: Period, zone: str = "UTC") -> Period:
    """Return the period before."""
    first = told.since.astimezone(ZoneInfo(zone)).date()
    return holding(first - timedelta(days=1), told.every, zone)


def holding(day: date, every: Every, zone: str = "UTC") -> Period:
    """Return the week or month that a day is in."""
    year, week, _ = day.isocalendar()
    return period(f"{year}-W{week:02}" if every == "week" else f"{day:%Y-%m}", zone)


def _first(name: str) -> date | None:
    try:
        if match := _MONTH.fullmatch(name):
            return date(int(match[1]), int(match[2]), 1)
        if match := _WEEK.fullmatch(name):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None
    return None


def _next(name: str, first: date) -> date:
    if "W" in name:
        return first + timedelta(weeks=1)
    return date(first.year + first.month // _MONTHS, first.month % _MONTHS + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
