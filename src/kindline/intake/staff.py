"""
Who was in which team from when to when: a personnel extract as a table or JSON Lines.

A row is somebody's time in a team: person, team, start; and where they left, end and reason. People
are pseudonyms to us. A reason is one of ours or a word for it in `staff.toml`; others are `other`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
import tomllib

from kindline.errors import InputError
from kindline.intake.tables import named_by, rows_of, spelled_plainly
from kindline.records import Record
from kindline.wellbeing.attrition import LEAVE_REASONS, LeaveReason, Person

_NAMES: Mapping[str, tuple[str, ...]] = {
    "person": ("person", "person id", "employee", "employee id", "staff id", "agent", "agent id"),
    "team": ("team", "department", "group", "unit"),
    "started_on": ("started_on", "start", "start date", "from", "hired", "hire date"),
    "ended_on": ("ended_on", "end", "end date", "until", "left", "leave date", "termination date"),
    "reason": ("reason", "leave reason", "reason for leaving", "termination reason"),
}


@dataclass(slots=True)
class Extract:
    """What an extract held: people with their pseudonyms, and rows that could not be read."""

    people: list[tuple[str, Person]] = field(default_factory=list[tuple[str, Person]])
    rejected: list[InputError] = field(default_factory=list[InputError])


def read(path: Path) -> Extract:
    """Return the people of a file; a bad row is refused and the others are kept."""
    found = Extract()
    for item in rows_of(path.read_bytes(), path.as_posix()):
        try:
            if isinstance(item, InputError):
                raise item
            found.people.append(_person(item))
        except InputError as error:
            found.rejected.append(error)
    return found


def _person(given: Record) -> tuple[str, Person]:
    named = named_by(given, _NAMES)
    started_on = _day(named, "started_on")
    if started_on is None:
        given.refuse("started_on", found="nothing", expected="a day as 2026-11-27")
    ended_on = _day(named, "ended_on")
    if ended_on is not None and ended_on < started_on:
        given.refuse("ended_on", found="a day before the start", expected="the start or later")
    person = Person(
        team=named.needed_text("team"),
        started_on=started_on,
        ended_on=ended_on,
        reason=_reason(named.text("reason")) if ended_on is not None else None,
    )
    return named.needed_text("person"), person


def _day(named: Record, field_name: str) -> date | None:
    told = named.text(field_name)
    if told is None:
        return None
    try:
        return date.fromisoformat(told.strip()[:10])
    except ValueError:
        named.refuse(field_name, found="no day", expected="a day as 2026-11-27")


def _reason(told: str | None) -> LeaveReason | None:
    if told is None:
        return None
    return _reasons().get(spelled_plainly(told), "other")


@cache
def _reasons() -> Mapping[str, LeaveReason]:
    raw = tomllib.loads(files("kindline.intake").joinpath("staff.toml").read_text("utf-8"))
    return {
        spelled_plainly(name): reason
        for reason in LEAVE_REASONS
        for name in (reason, *raw.get(reason, ()))
    }
