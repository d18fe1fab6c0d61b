"""
Who was in which state when: a table or JSON Lines, a row a state.

A row has agent, state and start, and an end or a duration; without, it lasts until the agent's next
row, and an agent's last one is left out. Agents are pseudonyms to us and stay what the file says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
import tomllib
from typing import Literal, get_args

from kindline.errors import InputError, MalformedInputError
from kindline.intake.tables import named_by, rows_of, spelled_plainly
from kindline.records import Record

State = Literal["available", "handling", "after_call_work", "break", "recovery", "elsewhere"]
STATES: tuple[State, ...] = get_args(State)

_NAMES: Mapping[str, tuple[str, ...]] = {
    "agent": ("agent", "agent id", "user", "user id", "worker", "Agent.Username"),
    "team": ("team", "group", "agent group", "hierarchy group", "division"),
    "state": ("state", "status", "activity", "routing status", "agent status", "AgentStatus.Name"),
    "start": ("start", "started at", "start time", "timestamp", "from", "StartTimestamp"),
    "end": ("end", "ended at", "end time", "to", "until", "EndTimestamp"),
    "duration_ms": ("duration_ms", "duration ms"),
    "duration_s": ("duration", "duration_s", "seconds", "duration seconds"),
}
_LONGEST = timedelta(days=1)  # of one state; longer is a forgotten log-out


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of time that an agent was in one state."""

    agent: str
    team: str | None
    state: State
    start: datetime
    end: datetime

    @property
    def duration_ms(self) -> int:
        """Return how long it lasted, in milliseconds."""
        return round((self.end - self.start).total_seconds() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    place: str
    agent: str
    team: str | None
    state: State
    start: datetime
    end: datetime | None


@dataclass(slots=True)
class Feed:
    """What a feed held: spells, what could not be read, and how many last rows had no end."""

    spells: list[Spell] = field(default_factory=list[Spell])
    rejected: list[InputError] = field(default_factory=list[InputError])
    n_unended: int = 0


def read(path: Path) -> Feed:
    """Return the spells of a file; a bad row is refused and the others are kept."""
    feed, rows = Feed(), list[_Row]()
    source = path.as_posix()
    for item in rows_of(path.read_bytes(), source):
        try:
            if isinstance(item, InputError):
                raise item
            rows.append(_row(item))
        except InputError as error:
            feed.rejected.append(error)
    for spell in _spells(rows, source):
        if isinstance(spell, Spell):
            feed.spells.append(spell)
        elif isinstance(spell, InputError):
            feed.rejected.append(spell)
        else:
            feed.n_unended += 1
    return feed


def _row(given: Record) -> _Row:
    named = named_by(given, _NAMES)
    start = named.instant("start")
    if start is None:
        given.refuse("start", found="nothing", expected="a time with its zone")
    end = named.instant("end")
    lasts = named.milliseconds("duration_ms")
    if lasts is None:
        lasts = named.milliseconds("duration_s", unit_ms=1000)
    if end is None and lasts is not None:
        end = start + timedelta(milliseconds=lasts)
    return _Row(
        place=given.place,
        agent=named.needed_text("agent"),
        team=named.text("team"),
        state=_state(named),
        start=start,
        end=end,
    )


def _state(named: Record) -> State:
    found = _states().get(spelled_plainly(named.needed_text("state")))
    if found is None:
        named.refuse("state", found="another word", expected=f"one of ours: {', '.join(STATES)}")
    return found


@cache
def _states() -> Mapping[str, State]:
    raw = tomllib.loads(files("kindline.intake").joinpath("states.toml").read_text("utf-8"))
    return {spelled_plainly(name): state for state in STATES for name in (state, *raw[state])}


def _spells(rows: Iterable[_Row], source: str) -> Iterator[Spell | InputError | None]:
    """Return the spells in time, each ended; None for a last row that nothing ends."""
    by_agent: dict[str, list[_Row]] = {}
    for row in rows:
        by_agent.setdefault(row.agent, []).append(row)
    for own in by_agent.values():
        own.sort(key=lambda row: row.start)
        for row, after in zip(own, [*own[1:], None], strict=True):
            end = row.end
            if end is None and after is not None:
                end = after.start
            yield None if end is None else _spell(row, end, after, source)


def _spell(row: _Row, end: datetime, after: _Row | None, source: str) -> Spell | InputError:
    """Return a spell; where the next one begins before its end, that ends it."""
    if after is not None and row.start < after.start < end:
        end = after.start
    if not timedelta(0) <= end - row.start <= _LONGEST:
        found = "an end before the start, or more than a day after it"
        return MalformedInputError(source, row.place, "end", found, "a state of a day at most")
    return Spell(agent=row.agent, team=row.team, state=row.state, start=row.start, end=end)
