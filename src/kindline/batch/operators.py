"""
The one operator: an Arrow table of conversations in, an Arrow table of analyses out.

Made once a worker, as it loads models; pure after that. A row in is a line, a whole file, or a
conversation; a row out is an analysis, or why there is none, so that every row in is told of. The
states, findings and probabilities are those of `kindline.analysis`, whatever lies beside a row in
its table. Any engine that hands tables to an object can run it (docs/how-to/batch.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
import json
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Boolean, Column, Integer

from kindline.analysis import analyse_all
from kindline.batch.folder import EXTRA
from kindline.contract import as_json, rejected_as_json
from kindline.errors import InputError, MalformedInputError, UnsupportedInputError
from kindline.export.words import unquoted
from kindline.extras import library
from kindline.ingest import read_bytes
from kindline.model.analysis import Analysis
from kindline.model.conversation import Conversation, Role
from kindline.pipeline import Judges
from kindline.policy import profile
from kindline.redaction.hidden import VERSION as REDACTION
from kindline.sealed import keys_in
from kindline.store.rows import states_of, version_key
from kindline.store.tables import STATES
from kindline.text.encoded import turn_model
from kindline.text.learnt import Learnt, learnt_in
from kindline.text.scoring import ours

VERSION = "1"
CONVERSATION = TypeAdapter(Conversation)
READ_COLUMNS = ("source", "record", "form", "content")
_HASHES = ("content_hash", "words_hash", "version_key")
_TEXTS = ("source", "record", "status", "conversation_id", *_HASHES)
_ABOUT = ("language", "channel", "country", "queue")
_JSON = ("analysis", "sides", "conversation", "problem")


class _Words(NamedTuple):
    """A conversation to be judged, and whether what identifies is blotted out of it already."""

    conversation: Conversation
    is_blotted: bool = False


_Read = _Words | InputError | Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """
    How conversations are judged, in plain values that travel to any machine.

    `now` is when the run began: bases that expire are told by it. `vcon_keys`, `learnt`, `heads`
    and `speech_model` are folders that every machine must have.
    """

    policy: str
    now: datetime
    basis: str | None = None
    redacts: bool = True
    vcon_keys: Path | None = None
    learnt: Path | None = None
    heads: Path | None = None
    language: str | None = None
    channels: tuple[Role, ...] = ()
    speech_model: Path | None = None
    speech_device: str = "auto"

    def judges(self) -> Judges:
        """Return who judges, with models loaded."""
        return Judges(
            rules=profile(self.policy),
            declared=self.basis,
            model=turn_model(self.heads) if self.heads else ours(),
            learnt=learnt_in(self.learnt) if self.learnt else Learnt(),
            redacts=self.redacts,
        )


class Analyser:
    """The operator: `analyser(table)` returns the table of what was found, in order."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._judges = recipe.judges()
        self._keys = keys_in(recipe.vcon_keys) if recipe.vcon_keys else []

    @property
    def judges(self) -> Judges:
        """Return who judges."""
        return self._judges

    def __call__(self, table: Any) -> Any:
        """Return analyses, Arrow, of conversations, Arrow (`read_schema`, `written_schema`)."""
        named = [(row["source"], row["record"], self._found(row)) for row in table.to_pylist()]
        found = [(source, record, one) for source, record, items in named for one in items]
        judged = iter(self._judged([one for _, _, one in found if isinstance(one, _Words)]))
        rows = [
            {"source": source, "record": record, **(_told(one) or next(judged))}
            for source, record, one in found
        ]
        return library("pyarrow", EXTRA).Table.from_pylist(rows, schema=written_schema())

    def _found(self, row: Mapping[str, Any]) -> list[_Read]:
        try:
            return self._read(row)
        except Exception as error:  # noqa: BLE001 -- a bug on one record must not cost the others
            return [_unreadable(row, type(error).__name__)]

    def _read(self, row: Mapping[str, Any]) -> list[_Read]:
        form, content = row["form"], row["content"]
        if form in ("line", "file"):
            found = list(read_bytes(content, source=row["source"], keys=self._keys))
            return [_placed(one, row["record"]) for one in found]
        if form == "conversation":
            return [_Words(CONVERSATION.validate_json(content))]
        told: dict[str, Any] = orjson.loads(content)
        if form == "rejected":
            return [{"status": "rejected", "problem": content.decode()}]
        if told["conversation"] is None:  # its words were never kept: it stays what it was
            return [told | {"started_at": _instant(told["started_at"])}]
        made_by = orjson.loads(told["analysis"])["versions"]
        is_blotted = made_by.get("redaction") == REDACTION
        return [_Words(CONVERSATION.validate_json(told["conversation"]), is_blotted)]

    def _judged(self, given: Sequence[_Words]) -> list[dict[str, Any]]:
        """Return a row for each; one that cannot be judged takes no other down with it."""
        try:
            return self._rows(given)
        except Exception as error:  # noqa: BLE001 -- a bug on one record must not cost the others
            if len(given) > 1:
                return [row for one in given for row in self._judged([one])]
            return [_unjudged(given[0].conversation, type(error).__name__)]

    def _rows(self, given: Sequence[_Words]) -> list[dict[str, Any]]:
        judges, now = self._judges, self._recipe.now
        hidden = [self._hidden(one) for one in given]
        judged = analyse_all(
            hidden,
            judges.rules,
            declared=judges.declared,
            now=now,
            model=judges.model,
            learnt=judges.learnt,
        )
        return [
            _row(one, replace(analysis, versions=judges.stamped(analysis.versions)))
            for one, analysis in zip(hidden, judged, strict=True)
        ]

    def _hidden(self, one: _Words) -> Conversation:
        if one.is_blotted:
            return one.conversation
        return self._judges.hidden(one.conversation, self._recipe.now)


@cache
def read_schema() -> Any:
    """
    Return what a table to be read holds.

    `form` is `line`, `file`, `conversation`, `analysed` or `rejected`; `content` its bytes.
    """
    arrow = library("pyarrow", EXTRA)
    types = (arrow.string(), arrow.string(), arrow.string(), arrow.binary())
    return arrow.schema(list(zip(READ_COLUMNS, types, strict=True)))


@cache
def written_schema() -> Any:
    """
    Return what a table of analyses holds: what is counted by in columns, the rest as JSON.

    `analysis` is in the keys of docs/contract.md. `conversation` is there, with what identifies
    blotted out, where it may be kept: not where it was denied, nor where it was evaluated only,
    whose analysis quotes nothing either.
    """
    arrow = library("pyarrow", EXTRA)
    text = [arrow.field(name, arrow.string()) for name in (*_TEXTS, *_ABOUT)]
    times = [
        arrow.field("started_at", arrow.timestamp("us", tz="UTC")),
        arrow.field("length_ms", arrow.int64()),
    ]
    states = [arrow.field(column.name, _type(arrow, column)) for column in STATES]
    rest = [arrow.field(name, arrow.string()) for name in ("policy", "basis", *_JSON)]
    return arrow.schema([*text, *times, *states, *rest])


def _type(arrow: Any, column: "Column[Any]") -> Any:
    if isinstance(column.type, Boolean):
        return arrow.bool_()
    return arrow.int64() if isinstance(column.type, Integer | BigInteger) else arrow.string()


def _placed(one: Conversation | InputError, record: str | None) -> _Words | InputError:
    """Return what was read; an error with the place of its line in the whole file."""
    if isinstance(one, Conversation):
        return _Words(one)
    if record is None or not isinstance(one, MalformedInputError):
        return one
    return type(one)(one.source, record, one.field, one.found, one.expected)


def _told(one: _Read) -> Mapping[str, Any] | None:
    """Return the row of what needs no judging, None for words that do."""
    if isinstance(one, _Words):
        return None
    if isinstance(one, MalformedInputError):
        return rejected(one)
    if isinstance(one, InputError):
        named = UnsupportedInputError("", "", "content", type(one).__name__, "what we can read")
        return rejected(named)
    return {name: value for name, value in one.items() if name not in ("source", "record")}


def _instant(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def _unreadable(row: Mapping[str, Any], what: str) -> InputError:
    place = row["record"] or "file"
    return UnsupportedInputError(row["source"], place, "content", what, "what we can read")


def _unjudged(conversation: Conversation, what: str) -> dict[str, Any]:
    expected = "words that can be judged"
    error = UnsupportedInputError(conversation.source, "conversation", "turns", what, expected)
    return {"conversation_id": conversation.id, **rejected(error)}


def rejected(error: MalformedInputError) -> dict[str, Any]:
    """Return the row of a record that was rejected: what the contract says of it."""
    told = rejected_as_json(error, error.source)
    return {"status": "rejected", "problem": json.dumps(told, ensure_ascii=False)}


def _handling(conversation: Conversation) -> Mapping[str, Any]:
    told = conversation.handling
    return {} if told is None else {"after_call_work_ms": told.after_call_work_ms}


def _row(conversation: Conversation, analysis: Analysis) -> dict[str, Any]:
    told, sides = as_json(analysis), analysis.roles.sides
    is_denied = analysis.status == "denied"
    is_kept = not is_denied and analysis.basis != "evaluation"
    return {
        "status": analysis.status,
        "conversation_id": analysis.conversation_id,
        "content_hash": conversation.content_hash,
        "words_hash": conversation.words_hash,
        "version_key": version_key(analysis.versions, analysis.policy, analysis.basis),
        "country": conversation.country,
        "queue": conversation.queue,
        "started_at": conversation.started_at,
        "length_ms": None if is_denied else conversation.length_ms,
        **states_of(told, _handling(conversation)),
        "policy": analysis.policy,
        "basis": analysis.basis,
        "analysis": orjson.dumps(told if is_denied or is_kept else unquoted(told)).decode(),
        "sides": json.dumps(dict(sides)) if sides else None,
        "conversation": CONVERSATION.dump_json(conversation).decode() if is_kept else None,
    }
