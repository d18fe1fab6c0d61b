"""Opening hours as they are written: `24/7`, or `mon-fri 09:00-19:00, sat 10:00-24:00`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
import re

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = "24/7"
_PART = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """
    When a line answers: day of the week (Monday 0), from and until, in minutes after midnight.

    None of them: nobody saw the hours. All of every day: it is always open.
    """

    spans: tuple[tuple[int, int, int], ...]

    @property
    def are_known(self) -> bool:
        """Return whether anybody saw the hours."""
        return bool(self.spans)

    @property
    def is_always_open(self) -> bool:
        """Return whether it may be said that somebody is there day and night."""
        whole = {day for day, start, end in self.spans if (start, end) == (0, _DAY)}
        return len(whole) == len(_DAYS)

    def is_open(self, at: datetime, *, is_holiday: bool = False) -> bool | None:
        """
        Return whether it is open at a local time; None where nobody knows.

        Nobody wrote down what a line that rests at weekends does on a public holiday.
        """
        if not self.are_known:
            return None
        days = {day for day, _, _ in self.spans}
        if is_holiday and len(days) < len(_DAYS):
            return None
        minute = at.hour * 60 + at.minute
        return any(day == at.weekday() and start <= minute < end for day, start, end in self.spans)


def hours_from(written: str | None) -> Hours:
    """Return hours as they are written; raises ValueError where they are not."""
    if not written:
        return Hours(spans=())
    if written == _ALWAYS:
        return Hours(spans=tuple((day, 0, _DAY) for day in range(len(_DAYS))))
    return Hours(spans=tuple(span for part in written.split(", ") for span in _spans(part)))


def _spans(part: str) -> Iterator[tuple[int, int, int]]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError("hours are written as mon-fri 09:00-19:00")
    first, last = _DAYS.index(found[1]), _DAYS.index(found[2] or found[1])
    start, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if not (first <= last and 0 <= start < end <= _DAY):
        raise ValueError("hours that end before they begin")
    for day in range(first, last + 1):
        yield day, start, end
