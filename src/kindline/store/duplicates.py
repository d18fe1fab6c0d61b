"""
The same contact, exported twice under two ids, is one conversation.

Known by its words alone (`Conversation.words_hash`) and, where both tell it, by its start. The
first one counts. A refusal in any copy holds for all: a copy that refuses takes the place of the
one read before, and a copy of one that refused is not analysed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from kindline.model.conversation import Conversation
from kindline.policy import refusal
from kindline.store.conversations import in_utc, unpacked
from kindline.store.tables import CONVERSATIONS

_SAME_START = timedelta(minutes=1)  # clocks of two products
_MAY_COME_BACK = ("no_basis", "basis_not_accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A conversation read before: its id and its start."""

    id: str
    started_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Seen:
    """The conversations of a run so far, by their words; `declared` is the basis of the run."""

    declared: str | None
    twins: dict[str, Twin] = field(default_factory=dict[str, Twin])

    def distinct(
        self, connection: Connection, chunk: Sequence[Conversation], *, now: datetime
    ) -> list[tuple[Conversation, str | None]]:
        """Return each with the id of the contact it repeats, None where it is to be analysed."""
        hashes = [one.words_hash for one in chunk]
        for words, twin in _stored(connection, {words for words in hashes if words}).items():
            self.twins.setdefault(words, twin)
        return [
            (one, None) if words is None else self._placed(one, words, now)
            for one, words in zip(chunk, hashes, strict=True)
        ]

    def _placed(
        self, one: Conversation, words: str, now: datetime
    ) -> tuple[Conversation, str | None]:
        twin = self.twins.get(words)
        if twin is None or twin.id == one.id or not _is_same_start(one.started_at, twin.started_at):
            if twin is None and (one.lawful_basis or self.declared):
                self.twins[words] = Twin(id=one.id, started_at=one.started_at)
            return one, None
        if one.lawful_basis is not None and refusal(one.lawful_basis, now):
            return replace(one, id=type(one.id)(twin.id)), None
        return one, twin.id


def _may_come_back(denied_because: str) -> bool:
    """Return whether it was denied for want of a basis, which a copy may have."""
    return denied_because.partition(":")[0] in _MAY_COME_BACK


def _is_same_start(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs(one - other) <= _SAME_START


def _stored(connection: Connection, hashes: set[str]) -> dict[str, Twin]:
    """Return the stored contacts with these words, but for those that may yet be analysed."""
    columns = CONVERSATIONS.c
    query = select(
        columns.words_hash,
        columns.conversation_id,
        columns.started_at,
        columns.status,
        columns.analysis,
    ).where(columns.words_hash.in_(hashes))
    return {
        words: Twin(id=identity, started_at=started_at and in_utc(started_at))
        for words, identity, started_at, status, analysis in connection.execute(query)
        if status != "denied" or not _may_come_back(unpacked(analysis)["denied_because"])
    }
