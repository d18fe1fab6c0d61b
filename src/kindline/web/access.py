"""
The one door to conversations: what is not for whom asks is not there.

Which ones: all of the tenant, those of one's teams' agents, or those one handled. What of them: as
the policy they were analysed under says. That somebody read words or a crisis cue is written down.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, false, insert, or_, select, true

from kindline.errors import NoSuchError
from kindline.export.words import seen_by
from kindline.insight.shares import Need
from kindline.insight.where import Where
from kindline.policy import profile
from kindline.store.conversations import Stored, by_number, seal_of, sealed, stored
from kindline.store.database import Tenancy
from kindline.store.people import colleagues
from kindline.store.rows import in_utc
from kindline.store.sounds import Sound, opened_sound, sound_of
from kindline.store.tables import CONVERSATIONS, SOUNDS, TEAM_AGENTS, VIEWS
from kindline.store.team_material import material
from kindline.web.guard import Asked
from kindline.web.numbers import few_numbers

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A conversation as it was opened: what may be seen of it, and what may not."""

    number: int
    stored: Stored
    has_crisis: bool
    has_behaviours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of a list of conversations: states alone, no word."""

    number: int
    conversation_id: str
    happened_at: datetime
    language: str | None
    channel: str | None
    queue: str | None
    status: str
    n_turns: int
    states: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which conversations: each field that is set narrows it."""

    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    channel: str | None = None
    queue: str | None = None
    need: Need | None = None

    @property
    def is_narrow(self) -> bool:
        """Return whether it may hold of few conversations among many."""
        return any((self.language, self.channel, self.queue, self.need))

    @property
    def where(self) -> Where:
        """Return the part of it that facts know by the same names."""
        return Where(
            since=self.since,
            until=self.until,
            language=self.language,
            channel=self.channel,
            queue=self.queue,
        )


# Contacts that teach: words kept, no crisis cue; cues are for who looks after cases.
TEACHES = (
    CONVERSATIONS.c.turns.is_not(None)
    & (CONVERSATIONS.c.status == "analysed")
    & (CONVERSATIONS.c.crisis != "cue")
)
Sees = Callable[[tuple[str, ...], int], bool]
NEEDS_SHOWN = ("service", "companionship", "support", "abuse")
_NAMES = ("number", "conversation_id", "happened_at", "language", "channel", "queue", "status")
LINE = tuple(CONVERSATIONS.c[name] for name in (*_NAMES, "n_turns", *NEEDS_SHOWN, "crisis"))


def visible(asked: Asked) -> ColumnElement[bool]:
    """Return what is true of the conversations that are there for whom asks."""
    if asked.may("conversations"):
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if asked.may("team_conversations") and asked.user.team_ids:
        theirs = select(TEAM_AGENTS.c.agent_key).where(
            TEAM_AGENTS.c.tenant_id == asked.user.tenant,
            TEAM_AGENTS.c.team_id.in_(asked.user.team_ids),
        )
        ways.append(CONVERSATIONS.c.agent_key.in_(theirs))
    if asked.may("own_conversations") and asked.user.agent_key is not None:
        ways.append(CONVERSATIONS.c.agent_key == asked.user.agent_key)
    return or_(*ways)


def opened(asked: Asked, identity: str) -> Opened:
    """Return a conversation, and write down who read it; raises NoSuchError."""
    if "\0" in identity:  # PostgreSQL would not look for it
        raise NoSuchError
    return _opened(asked, CONVERSATIONS.c.conversation_id == identity)


def opened_by_number(asked: Asked, number: int) -> Opened:
    """Return a conversation by its number, as `opened` does."""
    return _opened(asked, CONVERSATIONS.c.number == number)


def _opened(asked: Asked, is_it: ColumnElement[bool]) -> Opened:
    with asked.begin() as tenancy:
        query = sealed(tenancy).where(is_it, visible(asked))
        row = tenancy.connection.execute(query).mappings().first()
        if row is None:
            raise NoSuchError
        is_own = asked.user.agent_key is not None and row["agent_key"] == asked.user.agent_key
        whole = stored(row, seal_of(tenancy, row))
        found = _allowed(asked, whole, number=row["number"], is_own=is_own)
        _note(tenancy, asked, found, row["conversation_id"])
    return found


def sound_beside(asked: Asked, conversation_id: str) -> Sound | None:
    """Return the sound of a conversation that who asks may open, if there is one to play."""
    with asked.read() as tenancy:
        return sound_of(tenancy, (SOUNDS.c.conversation_id == conversation_id) & visible(asked))


def played(asked: Asked, sound_id: str, *, is_first: bool) -> bytes:
    """Return a sound that who asks may hear, and write that down once; raises NoSuchError."""
    with asked.begin() as tenancy:
        found = sound_of(tenancy, (SOUNDS.c.sound_id == sound_id) & visible(asked))
        raw = None if found is None else opened_sound(tenancy, asked.place.home, found)
        if found is None or raw is None:
            raise NoSuchError
        if is_first:
            note_views(tenancy, asked, "sound", [found.conversation_id])
    return raw


def listed(asked: Asked, chosen: Filter, *, before: tuple[datetime, int] | None) -> list[Listed]:
    """Return a page of conversations, the latest first, from before a place in the list."""
    query = _those(asked, chosen).limit(PAGE)
    if before is not None:
        columns, (at, number) = CONVERSATIONS.c, before
        is_earlier = (columns.happened_at == at) & (columns.number < number)
        query = query.where(or_(columns.happened_at < at, is_earlier))
    with asked.read() as tenancy:
        rows = tenancy.connection.execute(query).mappings().all()
    return [line_of(asked, row) for row in rows]


def listed_rows(asked: Asked, tenancy: Tenancy, chosen: Filter) -> Iterator[RowMapping]:
    """Return every row of `LINE` that a list has, few at a time."""
    yield from tenancy.streamed(_those(asked, chosen))


def opened_some(asked: Asked, numbers: Sequence[int], what: str) -> list[Stored]:
    """Return conversations in the order of their numbers given, as they may be seen; note each."""
    with asked.begin() as tenancy:
        rows = by_number(tenancy, numbers, visible(asked))
        found = [
            _allowed(asked, stored(*rows[number]), number=number, is_own=False).stored
            for number in numbers
            if number in rows
        ]
        read = [one.analysis["conversation_id"] for one in found if one.turns is not None]
        note_views(tenancy, asked, what, read)
    return found


def opened_own(
    asked: Asked, *, since: datetime | None = None, n_most: int = 1, number: int | None = None
) -> list[Opened]:
    """
    Return an agent's own latest contacts whose words are kept, none with a crisis cue.

    Of all since a time, or the one of a number. That they were opened is written down once.
    """
    columns = CONVERSATIONS.c
    if asked.user.agent_key is None:
        return []
    meant = [columns.agent_key == asked.user.agent_key, TEACHES]
    if since is not None:
        meant.append(columns.happened_at >= since)
    if number is not None:
        meant.append(columns.number == number)
    with asked.begin() as tenancy:
        query = select(columns.number).where(columns.tenant_id == tenancy.tenant, *meant)
        latest = query.order_by(columns.happened_at.desc(), columns.number.desc()).limit(n_most)
        numbers = list(tenancy.connection.scalars(latest))
        rows = by_number(tenancy, numbers)
        found = [
            _allowed(asked, stored(*rows[number]), number=number, is_own=True)
            for number in numbers
            if number in rows
        ]
        for one in found:
            note_view_once(tenancy, asked, "own", one.stored.analysis["conversation_id"])
    return found


def opened_material(asked: Asked, number: int) -> Stored:
    """
    Return a contact that a colleague gave to the team to practise on: its words, nothing judged.

    Raises NoSuchError where none of one's own team gave it, or takes it back by now.
    """
    with asked.begin() as tenancy:
        near = colleagues(tenancy, asked.user.agent_key)
        given = {one.number for one in material(tenancy) if one.user_id in near}
        rows = by_number(tenancy, [number] if number in given else [], TEACHES)
        if number not in rows:
            raise NoSuchError
        found = seen_by(None, stored(*rows[number]))
        note_views(tenancy, asked, "practice", [found.analysis["conversation_id"]])
    return found


def opened_for_coach(asked: Asked, numbers: Sequence[int], *, sees: Sees) -> list[Opened]:
    """
    Return contacts of one's teams in the order of their numbers, none with a crisis cue; note each.

    `sees` tells of a policy's `seen_by` whether what the agent did is to be seen as well.
    """
    with asked.begin() as tenancy:
        rows = by_number(tenancy, numbers, visible(asked), TEACHES)
        found = [
            _for_coach(asked, stored(*rows[number]), number, sees)
            for number in numbers
            if number in rows
        ]
        note_views(
            tenancy, asked, "coaching", [one.stored.analysis["conversation_id"] for one in found]
        )
    return found


def _for_coach(asked: Asked, whole: Stored, number: int, sees: Sees) -> Opened:
    is_seen = sees(profile(whole.analysis["policy"]).seen_by["agent_behaviours"], number)
    return _allowed(asked, whole, number=number, is_own=False, is_shared=is_seen)


def _those(asked: Asked, chosen: Filter) -> Select[*tuple[Any, ...]]:
    columns = CONVERSATIONS.c
    own = (columns.tenant_id == asked.user.tenant) & columns.analysis.is_not(None)
    return (
        select(*LINE)
        .where(own, visible(asked), *_conditions(asked, chosen))
        .order_by(columns.happened_at.desc(), columns.number.desc())
    )


def choices(asked: Asked) -> dict[str, list[str]]:
    """Return what lists can be narrowed by: the languages, channels and queues there are."""
    facts, tenant = asked.place.facts, asked.user.tenant
    with asked.read() as tenancy:
        facts.refresh(tenancy)
    found: dict[str, list[str]] = {}
    for name in ("language", "channel", "queue"):
        told = facts.counts(tenant, f"SELECT DISTINCT {name} AS name FROM facts ORDER BY 1")  # noqa: S608
        found[name] = [row["name"] for row in told if row["name"] is not None]
    return found


def _conditions(asked: Asked, chosen: Filter) -> Sequence[ColumnElement[bool]]:
    columns = CONVERSATIONS.c
    found: list[ColumnElement[bool]] = []
    for name in ("language", "channel", "queue"):
        value = getattr(chosen, name)
        if value is not None:
            found.append(columns[name] == value)
    if chosen.since is not None:
        found.append(columns.happened_at >= chosen.since)
    if chosen.until is not None:
        found.append(columns.happened_at < chosen.until)
    if chosen.is_narrow:
        found.extend(_few(asked, chosen))
    if chosen.need == "crisis":
        found.append(columns.crisis == "cue" if asked.may("crisis") else false())
    elif chosen.need is not None:
        found.append(columns[chosen.need] == "present")
    return found


def _few(asked: Asked, chosen: Filter) -> list[ColumnElement[bool]]:
    """Return which rows these can only be, where the facts say that they are few."""
    where = Where(language=chosen.language, channel=chosen.channel, queue=chosen.queue)
    with asked.read() as tenancy:
        asked.place.facts.refresh(tenancy)
    numbers = few_numbers(asked.place.facts, asked.user.tenant, where, chosen.need)
    return [] if numbers is None else [CONVERSATIONS.c.number.in_(numbers)]


def line_of(asked: Asked, row: Any) -> Listed:
    """Return a row of `LINE` as it may be shown."""
    shown = (*NEEDS_SHOWN, "crisis") if asked.may("crisis") else NEEDS_SHOWN
    return Listed(
        number=row["number"],
        conversation_id=row["conversation_id"],
        happened_at=in_utc(row["happened_at"]),
        language=row["language"],
        channel=row["channel"],
        queue=row["queue"],
        status=row["status"],
        n_turns=row["n_turns"],
        states={name: row[name] for name in shown},
    )


def _allowed(
    asked: Asked, whole: Stored, *, number: int, is_own: bool, is_shared: bool = False
) -> Opened:
    """Return what the policy lets who asks see of it."""
    seen = profile(whole.analysis["policy"]).seen_by
    has_crisis = asked.may("crisis") and "safeguarding" in seen["crisis"]
    shown = seen_by("safeguarding" if has_crisis else None, whole)
    has_behaviours = is_shared or (is_own and "agent" in seen["agent_behaviours"])
    if has_behaviours:
        own = {name: whole.analysis[name] for name in ("agent", "dynamics")}
        analysis = {**shown.analysis, **own}
        shown = replace(shown, analysis=analysis)
    return Opened(number=number, stored=shown, has_crisis=has_crisis, has_behaviours=has_behaviours)


def _note(tenancy: Tenancy, asked: Asked, found: Opened, identity: str) -> None:
    if found.stored.turns is None:
        return
    is_cue = found.has_crisis and found.stored.analysis["crisis"]["state"] == "cue"
    note_views(tenancy, asked, "crisis" if is_cue else "words", [identity])


def note_view_once(tenancy: Tenancy, asked: Asked, what: str, identity: str) -> None:
    """Write down that whoever asks follows a conversation, unless that is written down."""
    theirs = (VIEWS.c.tenant_id == asked.user.tenant) & (VIEWS.c.user_id == asked.user.user_id)
    query = select(VIEWS.c.number).where(theirs, VIEWS.c.what == what)
    if tenancy.connection.scalar(query.where(VIEWS.c.conversation_id == identity)) is None:
        note_views(tenancy, asked, what, [identity])


def note_views(tenancy: Tenancy, asked: Asked, what: str, identities: Sequence[str]) -> None:
    """Write down that whoever asks was shown words of conversations."""
    row = {
        "tenant_id": asked.user.tenant,
        "user_id": asked.user.user_id,
        "seen_at": asked.place.clock(),
        "what": what,
    }
    if identities:
        rows = [{**row, "conversation_id": identity} for identity in identities]
        tenancy.connection.execute(insert(VIEWS), rows)
