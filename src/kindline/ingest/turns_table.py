"""
One turn a row: CSV with a header, or JSON Lines of turns.

Columns: `conversation_id`, a party (`party`, `role` or `speaker`), `text`; optional `start_ms`,
`end_ms`, `language`, `channel`, `started_at`, `country`, `customer_id`, `agent_id`, `queue`,
`lawful_basis`. Rows of one conversation are gathered in the order they stand.
"""

from collections.abc import Iterable, Iterator, Mapping
import csv
import io
from typing import Any

from kindline.errors import InputError, MalformedInputError
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from kindline.records import decoded, json_record, kind
from kindline.roles import role_of

NAME = "turns"
SUFFIXES = (".csv", ".tsv", ".jsonl")

_PARTY = ("party", "role", "speaker")
_OF_THE_TURN = frozenset({"conversation_id", "text", "start_ms", "end_ms", "confidence", *_PARTY})
_DELIMITERS = ",;\t"
_LONGEST_FIELD = 1 << 24


def recognises(raw: bytes, name: str) -> bool:
    """Return whether the first line names a conversation and a text, as header or as JSON."""
    start = raw[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    first = start.partition(b"\n")[0].lower()
    return b"conversation_id" in first and b"text" in first and b'"turns"' not in first


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the conversations of a file, and an error for each one that has a bad row."""
    text = decoded(raw, source)
    rows = _json_rows if text.lstrip().startswith("{") else _csv_rows
    gathered: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for place, row in rows(text, source):
        if isinstance(row, InputError):
            yield row
            continue
        identity = str(row.get("conversation_id") or "").strip()
        if not identity:
            yield MalformedInputError(source, place, "conversation_id", "nothing", "an id")
            continue
        gathered.setdefault(identity, []).append((place, row))
    for identity, turns in gathered.items():
        try:
            yield _conversation(identity, turns, source)
        except InputError as error:
            yield error


def _conversation(
    identity: str, rows: list[tuple[str, Mapping[str, Any]]], source: str
) -> Conversation:
    place, first = rows[0]
    content = {key: value for key, value in first.items() if key not in _OF_THE_TURN}
    turns = [_turn(row, source, at) for at, row in rows]
    return conversation_from(
        {**content, "id": identity, "turns": turns}, source=source, record=place
    )


def _turn(row: Mapping[str, Any], source: str, place: str) -> dict[str, Any]:
    name = next((name for name in _PARTY if row.get(name)), "party")
    spoken_by = row.get(name)
    if not isinstance(spoken_by, str):
        raise MalformedInputError(source, place, name, kind(spoken_by), "agent, customer, ...")
    named = spoken_by.strip().lower()
    role = role_of(named)
    turn = {key: row[key] for key in ("text", "start_ms", "end_ms", "confidence") if key in row}
    return {"party": named if role == "unknown" else role, **turn}


def _csv_rows(text: str, source: str) -> Iterator[tuple[str, Mapping[str, Any] | InputError]]:
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    csv.field_size_limit(_LONGEST_FIELD)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table.fieldnames = [name.strip().lower() for name in table.fieldnames or ()]
    try:
        for row in table:
            yield f"line {table.line_num}", _without_blanks(row)
    except csv.Error:
        place = f"line {table.line_num}"
        yield place, MalformedInputError(source, place, "row", "broken quoting", "a CSV row")


def _without_blanks(row: Mapping[str | None, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in row.items()
        if key is not None and (key == "text" or value not in (None, ""))
    }


def _json_rows(text: str, source: str) -> Iterable[tuple[str, Mapping[str, Any] | InputError]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"line {number}"
            try:
                yield place, json_record(line, source, place).content
            except InputError as error:
                yield place, error
