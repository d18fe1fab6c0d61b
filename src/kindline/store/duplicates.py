"""
The same contact, exported twice under two ids, is one conversation.

Known by its words alone (`Conversation.words_hash`), as they are stored, with what identifies
blotted out; and, where both tell it, by its start. The first one counts. A refusal in any copy
holds for all: those of a chunk are heard first, a copy that refuses takes the place of the one read
before, and a copy of one that refused is not analysed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from kindline.model.conversation import Conversation
from kindline.policy import is_refusal, refusal
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS

_SAME_START = timedelta(minutes=1)  # clocks of two products


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
    refused: set[str] = field(default_factory=set[str])

    def distinct(
        self,
        tenancy: Tenancy,
        chunk: Sequence[Conversation],
        hashes: Sequence[str | None] | None = None,
        *,
        now: datetime,
    ) -> list[tuple[Conversation, str | None]]:
        """
        Return each with the id of the contact it repeats, None where it is to be analysed.

        `hashes` are those of their words, where the words themselves may be gone.
        """
        hashes = [one.words_hash for one in chunk] if hashes is None else hashes
        for words, twin in _stored(tenancy, {words for words in hashes if words}).items():
            self.twins.setdefault(words, twin)
        pairs = list(zip(chunk, hashes, strict=True))
        for one, hashed in pairs:
            if _refuses(one, now):
                self.refused.add(one.id)
                self._remember(one, hashed)
        return [self._placed(one, words, now) for one, words in pairs]

    def _remember(self, one: Conversation, words: str | None) -> None:
        if words is not None:
            self.twins.setdefault(words, Twin(id=one.id, started_at=one.started_at))

    def _placed(
        self, one: Conversation, words: str | None, now: datetime
    ) -> tuple[Conversation, str | None]:
        if one.id in self.refused and not _refuses(one, now):
            return one, one.id
        twin = self.twins.get(words or "")
        if twin is None or twin.id == one.id or not _is_same_start(one.started_at, twin.started_at):
            if one.lawful_basis or self.declared:
                self._remember(one, words)
            return one, None
        if _refuses(one, now):
            return replace(one, id=type(one.id)(twin.id)), None
        return one, twin.id


def _refuses(one: Conversation, now: datetime) -> bool:
    return one.lawful_basis is not None and refusal(one.lawful_basis, now) is not None


def _is_same_start(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs(one - other) <= _SAME_START


def _stored(tenancy: Tenancy, hashes: set[str]) -> dict[str, Twin]:
    """Return the stored contacts with these words, but for those that may yet be analysed."""
    columns = CONVERSATIONS.c
    by_key = {tenancy.blind("words", words): words for words in hashes}
    query = select(
        columns.words_key,
        columns.conversation_id,
        columns.started_at,
        columns.denied_because,
    ).where(columns.tenant_id == tenancy.tenant, columns.words_key.in_(by_key))
    return {
        by_key[key]: Twin(id=identity, started_at=started_at and in_utc(started_at))
        for key, identity, started_at, denied_because in tenancy.connection.execute(query)
        if denied_because is None or is_refusal(denied_because)
    }
