"""
Which conversations hold a word: an index that can be thrown away at any time and made again.

A word stands in it blinded by the key file's secret, beside the numbers of the conversations that
hold it, as one compressed bitmap for each 65,536 of them. It says which to open, never what they
say: whoever searches opens them, so what is found is what stands in the sealed words. Where words
are erased or forgotten their numbers are taken out in the same transaction; no backup has any.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, RowMapping, Select, delete, select, text, update

from kindline.errors import ModelError
from kindline.extras import library
from kindline.store.database import Tenancy
from kindline.store.sealing import stored_seal
from kindline.store.tables import CONVERSATIONS, KEYS, POSTINGS
from kindline.store.upsert import upsert
from kindline.text.terms import terms

TOGETHER = 1_000  # conversations in one transaction
_CHUNK = 500  # keys in one query
_BITS = 16
_HALF = 1 << 63
_Words = Mapping[tuple[int, int], Collection[int]]  # numbers by chunk and word


def index(tenancy: Tenancy, *, n_most: int = TOGETHER) -> int:
    """Take conversations that cannot be searched yet into the index; return how many."""
    lock_index(tenancy)
    query = _with_words(tenancy).where(KEYS.c.is_indexed.is_(False))
    rows = tenancy.connection.execute(query.limit(n_most)).mappings().all()
    _put(tenancy, _words(tenancy, rows))
    _mark(tenancy, rows, is_indexed=True)
    return len(rows)


def is_behind(tenancy: Tenancy) -> bool:
    """Return whether there is a conversation that cannot be searched yet."""
    query = _with_words(tenancy).where(KEYS.c.is_indexed.is_(False)).limit(1)
    return tenancy.connection.execute(query).first() is not None


def unindex(tenancy: Tenancy, where: ColumnElement[bool]) -> None:
    """Take conversations out of the index: before their words are erased, forgotten or replaced."""
    query = _with_words(tenancy).where(where, KEYS.c.is_indexed).limit(TOGETHER)
    while rows := tenancy.connection.execute(query).mappings().all():
        lock_index(tenancy)
        try:
            _take_out(tenancy, _words(tenancy, rows))
        except ModelError:  # not installed here; a worker that has it makes the index again
            _throw_away(tenancy)
            return
        _mark(tenancy, rows, is_indexed=False)


def _throw_away(tenancy: Tenancy) -> None:
    own = KEYS.c.tenant_id == tenancy.tenant
    tenancy.connection.execute(delete(POSTINGS).where(POSTINGS.c.tenant_id == tenancy.tenant))
    tenancy.connection.execute(update(KEYS).where(own).values(is_indexed=False))


def numbers_with(tenancy: Tenancy, wanted: Sequence[Collection[str]]) -> npt.NDArray[np.int64]:
    """Return the numbers, in order, of conversations that may hold one of each of these terms."""
    bitmap = library("pyroaring", "web").BitMap
    found: dict[int, Any] | None = None
    for alternatives in wanted:
        here = _bitmaps(tenancy, bitmap, _keys(tenancy, alternatives))
        found = here if found is None else _both(found, here)
        if not found:
            break
    parts = [
        np.frombuffer(bits.to_array(), np.uint32) + np.int64(chunk << _BITS)
        for chunk, bits in sorted((found or {}).items())
    ]
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _both(one: Mapping[int, Any], other: Mapping[int, Any]) -> dict[int, Any]:
    both = {chunk: one[chunk] & other[chunk] for chunk in one.keys() & other.keys()}
    return {chunk: bits for chunk, bits in both.items() if bits}


def _bitmaps(tenancy: Tenancy, bitmap: Any, keys: Iterable[int]) -> dict[int, Any]:
    columns = POSTINGS.c
    query = select(columns.chunk, columns.numbers).where(
        columns.tenant_id == tenancy.tenant, columns.word_key.in_(list(keys))
    )
    found: dict[int, Any] = {}
    for chunk, raw in tenancy.connection.execute(query):
        bits = bitmap.deserialize(raw)
        found[chunk] = found[chunk] | bits if chunk in found else bits
    return found


def _with_words(tenancy: Tenancy) -> Select[*tuple[Any, ...]]:
    columns, keys = CONVERSATIONS.c, KEYS.c
    is_its_key = (keys.tenant_id == columns.tenant_id) & (
        keys.conversation_id == columns.conversation_id
    )
    return (
        select(
            columns.number,
            columns.conversation_id,
            columns.language,
            columns.turns,
            keys.key_id,
            keys.wrapped,
        )
        .join(KEYS, is_its_key)
        .where(columns.tenant_id == tenancy.tenant)
    )


def _words(tenancy: Tenancy, rows: Sequence[RowMapping]) -> _Words:
    """Return the numbers by chunk and word key; a conversation without words has none."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    known: dict[str, int] = {}
    for row in rows:
        if row["turns"] is None:
            continue
        seal = stored_seal(
            tenancy.keyring, tenancy.tenant, row["conversation_id"], row["key_id"], row["wrapped"]
        )
        said = [turn["text"] for turn in seal.opened("turns", row["turns"])]
        chunk, low = divmod(row["number"], 1 << _BITS)
        for term in terms(said, row["language"]):
            if term not in known:
                known[term] = _key(tenancy, term)
            found[chunk, known[term]].append(low)
    return found


def _put(tenancy: Tenancy, words: _Words) -> None:
    bitmap = library("pyroaring", "web").BitMap
    changed: list[dict[str, Any]] = []
    there = _there(tenancy, bitmap, words)
    for (chunk, key), lows in words.items():
        bits = bitmap(lows)
        if (chunk, key) in there:
            bits |= there[chunk, key]
        changed.append(_row(tenancy, chunk, key, bits))
    upsert(tenancy.connection, POSTINGS, changed, _IDENTITY)


def _take_out(tenancy: Tenancy, words: _Words) -> None:
    bitmap = library("pyroaring", "web").BitMap
    left = {
        place: bits - bitmap(words[place]) for place, bits in _there(tenancy, bitmap, words).items()
    }
    kept = [_row(tenancy, chunk, key, bits) for (chunk, key), bits in left.items() if bits]
    upsert(tenancy.connection, POSTINGS, kept, _IDENTITY)
    for chunk, keys in _by_chunk(place for place, bits in left.items() if not bits):
        columns = POSTINGS.c
        gone = delete(POSTINGS).where(
            columns.tenant_id == tenancy.tenant, columns.chunk == chunk, columns.word_key.in_(keys)
        )
        tenancy.connection.execute(gone)


_IDENTITY = ("tenant_id", "word_key", "chunk")


def _there(tenancy: Tenancy, bitmap: Any, words: _Words) -> dict[tuple[int, int], Any]:
    """Return what the index has of these words."""
    columns = POSTINGS.c
    found: dict[tuple[int, int], Any] = {}
    for chunk, keys in _by_chunk(words):
        query = select(columns.word_key, columns.numbers).where(
            columns.tenant_id == tenancy.tenant, columns.chunk == chunk, columns.word_key.in_(keys)
        )
        for key, raw in tenancy.connection.execute(query):
            found[chunk, key] = bitmap.deserialize(raw)
    return found


def _by_chunk(places: Iterable[tuple[int, int]]) -> Iterable[tuple[int, list[int]]]:
    """Return chunks, each with some of its word keys at a time."""
    keys: defaultdict[int, list[int]] = defaultdict(list)
    for chunk, key in places:
        keys[chunk].append(key)
    for chunk, every in keys.items():
        for start in range(0, len(every), _CHUNK):
            yield chunk, every[start : start + _CHUNK]


def _row(tenancy: Tenancy, chunk: int, key: int, bits: Any) -> dict[str, Any]:
    return {
        "tenant_id": tenancy.tenant,
        "word_key": key,
        "chunk": chunk,
        "numbers": bits.serialize(),
    }


def _mark(tenancy: Tenancy, rows: Sequence[RowMapping], *, is_indexed: bool) -> None:
    ids = [row["conversation_id"] for row in rows]
    for start in range(0, len(ids), _CHUNK):
        theirs = KEYS.c.conversation_id.in_(ids[start : start + _CHUNK])
        own = KEYS.c.tenant_id == tenancy.tenant
        tenancy.connection.execute(update(KEYS).where(own, theirs).values(is_indexed=is_indexed))


def _keys(tenancy: Tenancy, alternatives: Iterable[str]) -> list[int]:
    return [_key(tenancy, term) for term in alternatives]


def _key(tenancy: Tenancy, term: str) -> int:
    """Return what stands for a word: 64 bits, of which nobody without the secret makes anything."""
    return int(tenancy.keyring.blind(tenancy.tenant, "word", term)[:16], 16) - _HALF


def lock_index(tenancy: Tenancy) -> None:
    """Let one transaction at a time change a tenant's index; SQLite has one writer anyway."""
    if tenancy.is_postgresql:
        query = text("SELECT pg_advisory_xact_lock(5219, hashtext(:tenant))")
        tenancy.connection.execute(query, {"tenant": tenancy.tenant})
