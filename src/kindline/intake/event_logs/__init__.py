"""
Event logs of self-service: CSV, JSON Lines or Parquet, a row an event, names by a mapping.

A mapping is a TOML file: whose column is what, what their words for outcomes mean, which step is
about which reason, and which steps only look for something. Steps are names of pages and menus. One
that holds a long number or is very long is refused: it could be somebody's words or somebody.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
import re
import tomllib
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from kindline.errors import InputError, MalformedInputError, UnknownNameError
from kindline.extras import library
from kindline.intake.tables import named_by, rows_of
from kindline.records import Record, as_object, decoded
from kindline.selfservice.journeys import (
    KINDS,
    OUTCOMES,
    SURFACES,
    Event,
    Kind,
    Outcome,
    Surface,
)
from kindline.signals.reason import CODES

_Option = TypeVar("_Option", bound=str)
NAMES = ("plain", "amazon_connect", "google_analytics")
_PARQUET = b"PAR1"
_LONGEST_STEP = 80
_NUMBER = re.compile(r"\d{5,}")
_FIELDS = ("session", "customer", "time", "surface", "step", "outcome", "kind", "reason")
_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """
    What a mapping says of a log: its columns, its words, its steps.

    `step_reasons` and `step_kinds` go by the step's name, and by what its name begins with where
    the mapping writes it with a star at the end.
    """

    columns: Mapping[str, str]
    surface: Surface | None = None
    time_unit: str | None = None
    zone: str | None = None
    surfaces: Mapping[str, Surface] = field(default_factory=dict[str, Surface])
    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    step_reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    step_kinds: Mapping[str, Kind] = field(default_factory=dict[str, Kind])


@dataclass(slots=True)
class EventLog:
    """What a log held: events, and why rows were refused; together they are all its rows."""

    events: list[Event] = field(default_factory=list[Event])
    rejected: list[InputError] = field(default_factory=list[InputError])


def read(path: Path, steps: Steps) -> EventLog:
    """Return the events of a file; a bad row is refused and the others are kept."""
    found, source = EventLog(), path.as_posix()
    for item in _rows(path.read_bytes(), source):
        try:
            if isinstance(item, InputError):
                raise item
            found.events.append(_event(item, steps))
        except InputError as error:
            found.rejected.append(error)
    return found


def mapping(name: str) -> Steps:
    """Return the mapping of one of `NAMES`, or of a TOML file of one's own."""
    if name in NAMES:
        text = files("kindline.intake.event_logs").joinpath(f"{name}.toml").read_text("utf-8")
    elif Path(name).is_file():
        text = decoded(Path(name).read_bytes(), name)
    else:
        raise UnknownNameError("mapping", name, (*NAMES, "a TOML file"))
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedInputError(name, "mapping", "file", "no TOML", "TOML") from error
    return _steps(raw, name)


def _steps(raw: Mapping[str, Any], source: str) -> Steps:
    columns = as_object(raw.get("columns")) or {}
    unknown = sorted(columns.keys() - set(_FIELDS))
    if unknown or not {"session", "time", "step"} <= columns.keys():
        _refuse(source, "columns", f"among {', '.join(_FIELDS)}; session, time and step at least")
    surface = raw.get("surface")
    if surface is None and "surface" not in columns:
        _refuse(source, "surface", f"a column, or one of {', '.join(SURFACES)} for all rows")
    unit = raw.get("time_unit")
    if unit is not None and unit not in _UNITS:
        _refuse(source, "time_unit", f"one of {', '.join(_UNITS)}")
    zone = raw.get("zone")
    if zone is not None and zone not in available_timezones():
        _refuse(source, "zone", "a time zone as Europe/Amsterdam")
    reasons, kinds = _of_steps(raw, source)
    return Steps(
        columns={name: str(column) for name, column in columns.items()},
        surface=None if surface is None else _among(surface, SURFACES, source, "surface"),
        time_unit=unit,
        zone=zone,
        surfaces=_words(raw, "surfaces", SURFACES, source),
        outcomes=_words(raw, "outcomes", OUTCOMES, source),
        step_reasons=reasons,
        step_kinds=kinds,
    )


def _of_steps(raw: Mapping[str, Any], source: str) -> tuple[dict[str, str], dict[str, Kind]]:
    reasons, kinds = dict[str, str](), dict[str, Kind]()
    for step, told in (as_object(raw.get("steps")) or {}).items():
        more = as_object(told) or {}
        if "reason" in more:
            reasons[step] = _among(more["reason"], CODES, source, "steps, reason")
        if "kind" in more:
            kinds[step] = _among(more["kind"], KINDS, source, "steps, kind")
    return reasons, kinds


def _words(
    raw: Mapping[str, Any], name: str, options: tuple[_Option, ...], source: str
) -> dict[str, _Option]:
    told = as_object(raw.get(name)) or {}
    return {word: _among(meant, options, source, name) for word, meant in told.items()}


def _among(value: Any, options: Iterable[_Option], source: str, name: str) -> _Option:
    for option in options:
        if option == value:
            return option
    return _refuse(source, name, f"one of {', '.join(options)}")


def _refuse(source: str, name: str, expected: str) -> NoReturn:
    raise MalformedInputError(source, "mapping", name, "nothing or another word", expected)


def _rows(raw: bytes, source: str) -> Iterator[Record | InputError]:
    if not raw.startswith(_PARQUET):
        yield from rows_of(raw, source)
        return
    pyarrow, parquet = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
    try:
        table = parquet.read_table(pyarrow.BufferReader(raw))
    except (pyarrow.ArrowException, OSError):
        yield MalformedInputError(source, "file", "file", "no Parquet", "a whole Parquet file")
        return
    number = 0
    for batch in table.to_batches():
        for content in batch.to_pylist():
            number += 1
            yield Record(source=source, place=f"row {number}", content=content)


def _event(given: Record, steps: Steps) -> Event:
    named = named_by(given, {ours: (theirs,) for ours, theirs in steps.columns.items()})
    step = _step(named)
    surface: Surface | None = steps.surface or _word(named, "surface", steps.surfaces, SURFACES)
    if surface is None:
        named.refuse("surface", found="nothing", expected=f"one of {', '.join(SURFACES)}")
    session = named.identity("session")
    if not session:
        named.refuse("session", found="nothing", expected="the id of a session")
    return Event(
        session=session,
        customer=named.identity("customer") or None,
        at=_time(named, steps),
        surface=surface,
        step=step,
        outcome=_outcome(named, steps),
        kind=named.one_of("kind", KINDS) or _by_step(steps.step_kinds, step) or "do",
        reason=named.one_of("reason", CODES) or _by_step(steps.step_reasons, step),
    )


def _outcome(named: Record, steps: Steps) -> Outcome:
    """Return what became of a step; where nothing is told it was passed."""
    told: Outcome | None = _word(named, "outcome", steps.outcomes, OUTCOMES)
    if told is None:
        return "step"
    return told


def _word(
    named: Record, key: str, words: Mapping[str, _Option], options: tuple[_Option, ...]
) -> _Option | None:
    """Return our word for theirs; a word that the mapping does not know must be one of ours."""
    told = named.text(key)
    if told is not None and told in words:
        return words[told]
    return named.one_of(key, options)


def _step(named: Record) -> str:
    step = (named.text("step") or "").strip()
    if not step or len(step) > _LONGEST_STEP or _NUMBER.search(step):
        named.refuse(
            "step",
            found="nothing, a long text or a long number",
            expected=f"the name of a page or menu, {_LONGEST_STEP} characters at most; what comes "
            "after ? is to be cut off",
        )
    return step


def _by_step(by_name: Mapping[str, _Option], step: str) -> _Option | None:
    if step in by_name:
        return by_name[step]
    beginnings = [name for name in by_name if name.endswith("*") and step.startswith(name[:-1])]
    return by_name[max(beginnings, key=len)] if beginnings else None


def _time(named: Record, steps: Steps) -> datetime:
    value = named.content.get("time")
    if isinstance(value, datetime):
        return _zoned(value, named, steps)
    if steps.time_unit is not None:
        return _counted(named, _UNITS[steps.time_unit])
    if steps.zone is None:
        found = named.instant("time")
        if found is None:
            named.refuse("time", found="nothing", expected="an ISO 8601 time with zone")
        return found
    try:
        told = datetime.fromisoformat(named.needed_text("time"))
    except ValueError:
        named.refuse("time", found="text that is no time", expected="an ISO 8601 time")
    return _zoned(told, named, steps)


def _counted(named: Record, unit_s: float) -> datetime:
    """Return a time that is a number of seconds, or of parts of them, since 1970."""
    number = named.number("time")
    if number is None:
        named.refuse("time", found="nothing", expected="a number")
    try:
        return datetime.fromtimestamp(number * unit_s, UTC)
    except (OverflowError, OSError, ValueError):
        named.refuse("time", found="a time out of range", expected="another time_unit")


def _zoned(told: datetime, named: Record, steps: Steps) -> datetime:
    if told.tzinfo is None and steps.zone is None:
        named.refuse("time", found="a time without zone", expected="a zone, here or in the mapping")
    try:
        zoned = told if told.tzinfo else told.replace(tzinfo=ZoneInfo(steps.zone or "UTC"))
        return zoned.astimezone(UTC)
    except OverflowError:
        named.refuse("time", found="a time out of range", expected="an ISO 8601 time")
