"""Analysed conversations, saved and loaded. Saving the same thing twice changes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
import hashlib
import json
from typing import Any, NamedTuple
import zlib

from sqlalchemy import Connection, RowMapping, delete, or_, select

from kindline.contract import as_json, rejected_as_json
from kindline.errors import InputError
from kindline.model.analysis import AgentBehaviours, Analysis
from kindline.model.conversation import Conversation, HeardWord, Role, Turn
from kindline.store.tables import CONVERSATIONS, REJECTED

_CHUNK = 500  # ids per query; SQLite allows 32,766 parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """
    A stored conversation: its analysis in contract keys, and its words while they are kept.

    `turns` are those of the plain format. `carried` is what the input held and we have no name for.
    """

    analysis: Mapping[str, Any]
    turns: tuple[Mapping[str, Any], ...] | None
    stored_at: datetime
    started_at: datetime | None = None
    country: str | None = None
    queue: str | None = None
    handling: Mapping[str, Any] = field(default_factory=dict[str, Any])
    carried: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Known(NamedTuple):
    """What tells whether a stored conversation would be judged the same again."""

    content_hash: str
    version_key: str
    language: str | None


def version_key(versions: Mapping[str, str], policy: str, basis: str | None) -> str:
    """
    Return a hash of everything but the content that a result depends on.

    A second opinion is left out: nobody is asked twice because they were asked once.
    """
    made_by = {name: version for name, version in versions.items() if name != "second_opinion"}
    text = json.dumps([made_by, policy, basis], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def save(
    connection: Connection,
    done: Sequence[tuple[Conversation, Analysis]],
    *,
    now: datetime,
) -> None:
    """Save analyses with their conversations; an earlier one of the same id is replaced."""
    rows = {
        str(analysis.conversation_id): _row(*pair, now) for pair in done for analysis in pair[1:]
    }
    ids = list(rows)
    for start in range(0, len(ids), _CHUNK):
        known = CONVERSATIONS.c.conversation_id.in_(ids[start : start + _CHUNK])
        connection.execute(delete(CONVERSATIONS).where(known))
    if rows:
        connection.execute(CONVERSATIONS.insert(), list(rows.values()))


def save_rejected(
    connection: Connection, errors: Iterable[tuple[str, InputError]], *, now: datetime
) -> None:
    """Save why records were rejected; the reasons for a source replace its earlier ones."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for source, error in errors:
        told = rejected_as_json(error, source)
        row = {
            key: str(told[key] or "") for key in ("source", "record", "field", "found", "expected")
        }
        rows[row["source"], row["record"]] = {**row, "stored_at": now}
    for source in {source for source, _ in rows}:
        connection.execute(delete(REJECTED).where(REJECTED.c.source == source))
    if rows:
        connection.execute(REJECTED.insert(), list(rows.values()))


def known(connection: Connection, ids: Collection[str]) -> dict[str, Known]:
    """Return what is known of those stored already with their words, or denied."""
    columns = CONVERSATIONS.c
    found: dict[str, Known] = {}
    every = list(ids)
    for start in range(0, len(every), _CHUNK):
        query = select(
            columns.conversation_id, columns.content_hash, columns.version_key, columns.language
        ).where(
            columns.conversation_id.in_(every[start : start + _CHUNK]),
            or_(columns.turns.is_not(None), columns.status == "denied"),
        )
        for identity, *values in connection.execute(query):
            found[identity] = Known(*values)
    return found


def load(connection: Connection, *, identity: str | None = None) -> Iterator[Stored]:
    """Return the stored conversations in order of id, or the one of that id."""
    columns = CONVERSATIONS.c
    query = select(CONVERSATIONS).order_by(columns.conversation_id)
    if identity is not None:
        query = query.where(columns.conversation_id == identity)
    for row in connection.execute(query).mappings():
        yield _stored(row)


def load_rejected(connection: Connection) -> list[Mapping[str, str]]:
    """Return the rejected records, by source."""
    query = select(REJECTED).order_by(REJECTED.c.source, REJECTED.c.record)
    return [
        {key: str(row[key]) for key in ("source", "record", "field", "found", "expected")}
        for row in connection.execute(query).mappings()
    ]


def _stored(row: RowMapping) -> Stored:
    analysis = unpacked(row["analysis"])
    if row["behaviours"] is not None:
        analysis["agent"] = unpacked(row["behaviours"])
    turns, carried = row["turns"], row["carried"]
    return Stored(
        analysis=analysis,
        turns=None if turns is None else tuple(unpacked(turns)),
        stored_at=in_utc(row["stored_at"]),
        started_at=row["started_at"] and in_utc(row["started_at"]),
        country=row["country"],
        queue=row["queue"],
        handling={} if row["handling"] is None else unpacked(row["handling"]),
        carried={} if carried is None else unpacked(carried),
    )


def in_utc(time: datetime) -> datetime:
    """Return the time in UTC; SQLite gives it back without its zone, which was that."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _row(conversation: Conversation, analysis: Analysis, now: datetime) -> dict[str, Any]:
    words = [_turn(turn, analysis.roles.of(turn)) for turn in conversation.turns]
    started_at = conversation.started_at
    is_denied = analysis.status == "denied"
    return {
        "conversation_id": analysis.conversation_id,
        "content_hash": conversation.content_hash,
        "version_key": version_key(analysis.versions, analysis.policy, analysis.basis),
        "status": analysis.status,
        "source": analysis.source,
        "language": analysis.language,
        "channel": analysis.channel,
        "country": conversation.country,
        "queue": conversation.queue,
        "started_at": started_at and in_utc(started_at),
        "n_turns": analysis.n_turns,
        "service": analysis.service.state,
        "companionship": analysis.companionship.state,
        "support": analysis.support.state,
        "crisis": analysis.crisis.state,
        "abuse": analysis.abuse.label.state,
        "policy": analysis.policy,
        "basis": analysis.basis,
        "stored_at": now,
        "analysis": packed(as_json(replace(analysis, agent=AgentBehaviours()))),
        "behaviours": None if is_denied else packed(as_json(analysis)["agent"]),
        "turns": None if is_denied else packed(words),
        "carried": None if is_denied else packed(json.loads(conversation.carried)),
        "words_hash": conversation.words_hash,
        "handling": None if is_denied else packed(_handling(conversation)),
    }


def _handling(conversation: Conversation) -> dict[str, Any]:
    """Return what surrounds a contact, without what nobody told."""
    told = conversation.handling
    found = {} if told is None else asdict(told)
    found |= {"agent_id": conversation.agent_id, "customer_id": conversation.customer_id}
    return {name: value for name, value in found.items() if value not in (None, {})}


def _turn(turn: Turn, role: Role) -> dict[str, Any]:
    """Return a turn in the keys of the plain format."""
    place = turn.interval
    times = {} if place is None else {"start_ms": place.start_ms, "end_ms": place.end_ms}
    sure = {} if turn.confidence is None else {"confidence": turn.confidence}
    heard = {"words": [_word(word) for word in turn.words]} if turn.words else {}
    return {"party": role, "text": turn.text, **times, **sure, **heard}


def _word(word: HeardWord) -> list[float | int | None]:
    """Return a recogniser's word as the plain format has it."""
    place = word.interval
    times = (None, None) if place is None else (place.start_ms, place.end_ms)
    sure = None if word.confidence is None else round(word.confidence, 3)
    return [word.start, word.end, *times, sure]


def packed(value: Any) -> bytes:
    """Return a JSON value as the store keeps it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpacked(raw: bytes) -> Any:
    """Return the JSON value that was packed."""
    return json.loads(zlib.decompress(raw).decode("utf-8", "surrogatepass"))
