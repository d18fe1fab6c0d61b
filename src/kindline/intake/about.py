"""
What surrounds a contact: a table or JSON Lines beside the files, a row a contact.

A row names its contact by id or by file and tells queue, agent, customer pseudonym, hold,
after-call work, wrap-up code, transfers and survey answers, in our names or in those platforms use
(`about.toml`). What a file says of itself goes before; a refusal in either holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
import re
import tomllib
from typing import Any

from kindline.errors import InputError
from kindline.ingest.plain import lawful_basis_of
from kindline.intake.files import without_ending
from kindline.intake.tables import fields_of, flattened, named_by, rows_of, told
from kindline.model.conversation import (
    CHANNELS,
    Channel,
    Conversation,
    Handling,
    LawfulBasis,
)
from kindline.records import Record, as_object

_SURVEY = "survey"
_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]?\d)(?:\.\d+)?$")
_MOST_TRANSFERS = 1000
_UNITS_MS = {"milliseconds": 1, "seconds": 1000}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One row: what it says of one contact, None where it says nothing."""

    conversation_id: str | None = None
    file: str | None = None
    contact_id: str | None = None
    started_at: datetime | None = None
    queue: str | None = None
    agent_id: str | None = None
    customer_id: str | None = None
    language: str | None = None
    country: str | None = None
    channel: Channel | None = None
    lawful_basis: LawfulBasis | None = None
    handling: Handling | None = None


@dataclass(slots=True)
class Abouts:
    """All rows of a run, and which of them found their contact."""

    rows: list[About] = field(default_factory=list[About])
    rejected: list[InputError] = field(default_factory=list[InputError])
    used: set[int] = field(default_factory=set[int])
    _by_key: dict[str, int] = field(default_factory=dict[str, int])
    _by_stem: dict[str, set[int]] = field(default_factory=dict[str, set[int]])

    def read(self, path: Path) -> None:
        """Add the rows of a file; a bad row is refused and the others are kept."""
        for item in rows_of(path.read_bytes(), path.as_posix()):
            try:
                if isinstance(item, InputError):
                    raise item
                self._add(_about(item))
            except InputError as error:
                self.rejected.append(error)

    def _add(self, row: About) -> None:
        self.rows.append(row)
        number = len(self.rows) - 1
        exact = filter(None, (row.conversation_id, row.file and _name(row.file)))
        for key in exact:
            self._by_key.setdefault(key, number)
        if row.file:
            self._by_stem.setdefault(_stem(row.file), set()).add(number)

    def of(self, *names: str) -> About | None:
        """
        Return the row of a contact, by its id or by the name of one of its files.

        The ending of a name may differ, unless that leaves several rows to choose from.
        """
        for name in names:
            number = self._by_key.get(name, self._by_key.get(_name(name)))
            alike = self._by_stem.get(_stem(name), set())
            if number is None and len(alike) == 1:
                (number,) = alike
            if number is not None:
                self.used.add(number)
                return self.rows[number]
        return None

    def told(self, conversation: Conversation, *names: str) -> Conversation:
        """Return the conversation with what a row says of it, where it does not say so itself."""
        row = self.of(conversation.id, conversation.source, *names)
        return conversation if row is None else _with(conversation, row)


def _with(conversation: Conversation, row: About) -> Conversation:
    basis = conversation.lawful_basis or row.lawful_basis
    if row.lawful_basis is not None and row.lawful_basis.name is None:
        basis = row.lawful_basis
    return replace(
        conversation,
        started_at=conversation.started_at or row.started_at,
        queue=conversation.queue or row.queue,
        agent_id=conversation.agent_id or row.agent_id,
        customer_id=conversation.customer_id or row.customer_id,
        language=conversation.language or row.language,
        country=conversation.country or row.country,
        channel=conversation.channel or row.channel,
        lawful_basis=basis,
        handling=conversation.handling or row.handling,
        contact_id=conversation.contact_id or row.contact_id,
    )


def _about(given: Record) -> About:
    named = named_by(given, _names()["names"])
    conversation_id, file = named.text("conversation_id"), named.text("file")
    if not conversation_id and not file:
        given.refuse("conversation_id", found="nothing", expected="an id, or a file name in `file`")
    return About(
        conversation_id=conversation_id,
        file=file,
        contact_id=named.identity("contact_id"),
        started_at=named.instant("started_at"),
        queue=named.text("queue"),
        agent_id=named.text("agent_id"),
        customer_id=named.text("customer_id"),
        language=named.text("language"),
        country=named.text("country"),
        channel=_channel(named),
        lawful_basis=lawful_basis_of(named),
        handling=_handling(given, named),
    )


def _channel(named: Record) -> Channel | None:
    """Return the channel, in whatever case platforms write it."""
    stated = named.text("channel")
    lower = None if stated is None else stated.lower()
    given = Record(source=named.source, place=named.place, content={"channel": lower})
    return given.one_of("channel", CHANNELS)


def _handling(given: Record, named: Record) -> Handling | None:
    flat = dict(flattened(given.content))
    times: dict[str, int] = {}
    for unit, unit_ms in _UNITS_MS.items():
        for ours, theirs in fields_of(flat, _names()[unit]).items():
            if ours not in times:
                times[ours] = _duration(given, theirs, flat[theirs], unit_ms)
    found = Handling(
        hold_ms=times.get("hold_ms"),
        after_call_work_ms=times.get("after_call_work_ms"),
        wrap_up_code=named.text("wrap_up_code"),
        n_transfers=_count(named, "n_transfers"),
        survey=_survey(given),
    )
    return None if found == Handling() else found


@cache
def _names() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return section -> our name -> every spelling of it; a bare name of ours is never seconds."""
    raw = tomllib.loads(files("kindline.intake").joinpath("about.toml").read_text("utf-8"))
    return {
        section: {
            ours: theirs if section == "seconds" else [ours, *theirs]
            for ours, theirs in names.items()
        }
        for section, names in raw.items()
    }


def _duration(given: Record, key: str, value: Any, unit_ms: int) -> int:
    """Return milliseconds of a number, or of hours, minutes and seconds as reports write them."""
    clock = _CLOCK.match(value.strip()) if isinstance(value, str) else None
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1000
    only = Record(source=given.source, place=given.place, content={key: value})
    return only.milliseconds(key, unit_ms=unit_ms) or 0


def _count(given: Record, key: str) -> int | None:
    number = given.number(key)
    if number is None:
        return None
    if number != int(number) or not 0 <= number <= _MOST_TRANSFERS:
        given.refuse(key, found="a number that is no count", expected="0, 1, 2 ...")
    return int(number)


def _survey(given: Record) -> dict[str, str]:
    """Return the answers: of an object `survey`, or of columns that begin so."""
    answers = as_object(given.content.get(_SURVEY)) or {
        key[len(_SURVEY) :].strip("_. "): value
        for key, value in given.content.items()
        if key.lower().startswith(_SURVEY) and key.lower() != _SURVEY
    }
    return {question: told(value) for question, value in answers.items() if value is not None}


def _name(path: str) -> str:
    """Return the name of a file without its folders."""
    return PurePosixPath(path.replace("\\", "/")).name


def _stem(path: str) -> str:
    """Return the name of a file without its folders and its ending."""
    return without_ending(_name(path))
