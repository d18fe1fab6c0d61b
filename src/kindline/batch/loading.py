"""
A finished batch put into the store, part by part: what `kindline analyse` would have stored.

Objections, copies and what is stored already are heeded as there. A cue opens a case where the
contact is recent or does not tell its start; of older history cases would only bury those of today.
Nobody is told by webhook. A part goes in whole or not at all; loading again changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import hashlib
import io
import json
from typing import Any

import orjson

from kindline.analysis import analyse
from kindline.batch.folder import EXTRA, Folder
from kindline.batch.operators import CONVERSATION
from kindline.batch.run import WRITTEN, manifest_of
from kindline.batch.worker import ANALYSES, REJECTED
from kindline.errors import MalformedInputError, UnsupportedInputError
from kindline.extras import library
from kindline.model.analysis import Roles
from kindline.model.conversation import Conversation, ConversationId, LawfulBasis, Role
from kindline.policy import is_refusal, profile
from kindline.store.cases import Cue, open_case
from kindline.store.conversations import known, save_judged, save_rejected
from kindline.store.database import Store, Tenancy
from kindline.store.duplicates import Seen
from kindline.store.erasure import objecting
from kindline.store.rows import Judged, judged_from, version_key

RECENT = timedelta(days=14)
_ROWS = 5_000  # of a part, held at once


@dataclass(slots=True)
class Loaded:
    """What became of the records of a batch; `n_old_cues` opened no case, as they are history."""

    became: Counter[str] = field(default_factory=Counter[str])
    n_old_cues: int = 0

    def __str__(self) -> str:
        told = " + ".join(f"{n} {what}" for what, n in self.became.items()) or "nothing"
        return f"{self.became.total()} read = {told}"


@dataclass(kw_only=True)
class Load:
    """One load of a batch into a store."""

    store: Store
    target: Folder
    now: datetime
    told: Loaded = field(default_factory=Loaded)

    def __post_init__(self) -> None:
        self.manifest = manifest_of(self.target)
        self._seen = Seen(declared=self.manifest["basis"])

    def parts(self) -> Iterator[Loaded]:
        """Load every part, and return what it came to so far after each."""
        for marker in self.manifest["parts"]:
            raw = self._checked(marker)
            with self.store.begin() as tenancy:
                for rows in _rows(raw):
                    self._put(tenancy, rows)
                self._put_rejected(tenancy, marker)
            yield self.told

    def remove(self) -> None:
        """Take away what the batch wrote, words first; what else lies there stays."""
        there = self.target.listing()
        for written in WRITTEN:
            for name in there:
                if name == written or (written.endswith("/") and name.startswith(written)):
                    self.target.remove(name)

    def _checked(self, marker: Mapping[str, Any]) -> bytes:
        name = f"{ANALYSES}/{marker['name']}.parquet"
        raw = self.target.read(name)
        if hashlib.sha256(raw).hexdigest() != marker["sha256"]:
            expected = "the bytes that the batch wrote; run it again for this part"
            raise UnsupportedInputError(self.target.shown, name, "bytes", "others", expected)
        return raw

    def _put(self, tenancy: Tenancy, rows: Sequence[Mapping[str, Any]]) -> None:
        judged = [one for row in rows if (one := self._judged(row)) is not None]
        kept = self._new(tenancy, self._distinct(tenancy, self._heeded(tenancy, judged)))
        save_judged(tenancy, kept, now=self.now)
        for one in kept:
            self.told.became[one.told["status"]] += 1
            if one.told["crisis"]["state"] == "cue":
                self._open(tenancy, one)

    def _judged(self, row: Mapping[str, Any]) -> Judged | None:
        """Return a row as it was judged; None for what was evaluated only: it is not kept."""
        if row["conversation"] is None and row["status"] != "denied":
            self.told.became["for evaluation only"] += 1
            return None
        held = row["conversation"]
        conversation = _shell(row) if held is None else CONVERSATION.validate_json(held)
        sides: dict[str, Role] = json.loads(row["sides"] or "{}")
        return Judged(
            conversation=conversation,
            told=orjson.loads(row["analysis"]),
            roles=Roles(sides=sides),
            content_hash=row["content_hash"],
            words_hash=row["words_hash"],
        )

    def _heeded(self, tenancy: Tenancy, judged: Sequence[Judged]) -> list[Judged]:
        """Return what was judged; contacts of a customer who objects refuse from now on."""
        ids = {one.conversation.customer_id for one in judged}
        refused = objecting(tenancy, sorted(one for one in ids if one is not None))
        return [
            self._refused(one) if one.conversation.customer_id in refused else one for one in judged
        ]

    def _refused(self, one: Judged) -> Judged:
        conversation = replace(one.conversation, lawful_basis=LawfulBasis(name=None))
        rules = profile(self.manifest["policy"])
        denied = judged_from(conversation, analyse(conversation, rules, now=self.now))
        return replace(denied, content_hash=one.content_hash, words_hash=one.words_hash)

    def _distinct(self, tenancy: Tenancy, judged: Sequence[Judged]) -> list[Judged]:
        """Return those that are no copy of another contact; a refusal in a copy holds for all."""
        conversations = [one.conversation for one in judged]
        hashes = [one.words_hash for one in judged]
        pairs = self._seen.distinct(tenancy, conversations, hashes, now=self.now)
        kept: list[Judged] = []
        for one, (conversation, twin) in zip(judged, pairs, strict=True):
            if twin is not None:
                self.told.became["duplicates"] += 1
            elif conversation.id != one.conversation.id:
                kept.append(self._refused(replace(one, conversation=conversation)))
            else:
                kept.append(one)
        return kept

    def _new(self, tenancy: Tenancy, judged: Sequence[Judged]) -> list[Judged]:
        """Return those not stored with this content, judged in this way, before."""
        stored = known(tenancy, [one.conversation.id for one in judged])
        kept: list[Judged] = []
        for one in judged:
            before = stored.get(one.conversation.id)
            told = one.told
            key = version_key(told["versions"], told["policy"], told["basis"])
            if before and (before.content_hash, before.version_key) == (one.content_hash, key):
                self.told.became["stored before"] += 1
            else:
                kept.append(one)
        return kept

    def _open(self, tenancy: Tenancy, one: Judged) -> None:
        started_at = one.conversation.started_at
        if started_at is not None and started_at < self.now - RECENT:
            self.told.n_old_cues += 1
            return
        cue = Cue(
            conversation_id=str(one.conversation.id),
            path=one.conversation.channel or "unknown",
            language=one.told["language"],
            content_hash=one.content_hash,
        )
        open_case(tenancy, cue, now=self.now)

    def _put_rejected(self, tenancy: Tenancy, marker: Mapping[str, Any]) -> None:
        if not marker["rejected"]:
            return
        lines = self.target.read(f"{REJECTED}/{marker['name']}.jsonl").splitlines()
        errors = [_error(json.loads(line)) for line in lines]
        save_rejected(tenancy, [(error.source, error) for error in errors], now=self.now)
        self.told.became["rejected"] += len(errors)


def _rows(raw: bytes) -> Iterator[list[Mapping[str, Any]]]:
    file = library("pyarrow.parquet", EXTRA).ParquetFile(io.BytesIO(raw))
    for batch in file.iter_batches(batch_size=_ROWS):
        yield batch.to_pylist()


def _shell(row: Mapping[str, Any]) -> Conversation:
    """Return what is known of a denied contact: that it was, where and when, and if it refused."""
    refused = is_refusal(orjson.loads(row["analysis"])["denied_because"])
    return Conversation(
        id=ConversationId(row["conversation_id"]),
        source=row["source"],
        turns=(),
        language=row["language"],
        channel=row["channel"],
        country=row["country"],
        queue=row["queue"],
        started_at=row["started_at"],
        lawful_basis=LawfulBasis(name=None) if refused else None,
    )


def _error(told: Mapping[str, Any]) -> MalformedInputError:
    return MalformedInputError(
        told["source"],
        told["record"] or "file",
        told["field"] or "content",
        told["found"],
        told["expected"] or "what we can read",
    )
