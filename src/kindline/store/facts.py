"""
Facts: a columnar copy of what SQL has in the clear, one Parquet file a day, read through DuckDB.

A copy can be thrown away at any time. A day's file bears the stamp of the day (`days`), so any
number of machines may keep a copy of their own: where the stamp in SQL is another, the day is made
again, whole, and put in place at once. Facts hold states, times to the hour and row numbers: no
word, no id, nobody. `matter` is alike for contacts of one customer on one reason, and tells no
more; `person` is alike for all contacts of one customer, and there only where the policy looks
across contacts with consent, and the contact came with consent.

What dashboards count is held in memory as well, some 215 bytes a conversation (bench/insight.py):
opening a file a day for each of their questions took longer than the questions
(bench/dashboards.py).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
import secrets
from threading import Lock
from time import monotonic
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from sqlalchemy import Boolean, DateTime, Integer, select

from kindline.extras import library
from kindline.model.analysis import (
    EMOTIONS,
    MOODS,
    CrisisState,
    Emotion,
    HeardState,
    LoyaltyState,
    Presence,
    ResolutionState,
    Status,
)
from kindline.policy import profile, profile_names
from kindline.store.database import Tenancy
from kindline.store.days import stamps
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, STATES

_EXTRA = "facts"
_LONG_S = 0.5
_TRIES = 5  # a day's file may be renewed while it is about to be read
_PLAIN = ("status", "denied_because", "language", "channel", "country", "queue", "policy", "basis")
_READ = ("number", "happened_at", *_PLAIN, "length_ms", *(column.name for column in STATES))
_LINKS = ("matter", "person")
COLUMNS = (*_READ, *_LINKS)
SHAPE = 2  # of a day's file; files of another are made again
_WORDS = ("language", "channel", "queue", "country", "reason")
_NEEDS = ("service", "companionship", "support", "crisis", "abuse")
_STATES = (
    "status",
    *_NEEDS,
    "arrival",
    "departure",
    "felt_heard",
    "resolution",
    "loyalty",
)
_FLAGS = ("swearing", "tried_self_service", "other_channels", "repeat_contact")
_MS = ("handle_ms", "after_ms", "hold_ms", "wrap_ms")


class Facts:
    """A folder of facts, and what reads it; one for a process, used by all its threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._duckdb = library("duckdb", _EXTRA)
        self._pyarrow = library("pyarrow", _EXTRA)
        self._parquet = library("pyarrow.parquet", _EXTRA)
        self._connection = self._duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._held: dict[tuple[str, str], str] = {}
        self._next: dict[str, float] = {}
        self._lock = Lock()
        self._connection.execute(_HELD_TABLE)

    def refresh(self, tenancy: Tenancy) -> int:
        """
        Make the facts of changed days again, and return how many days that were.

        Where that takes long, as while much comes in, it is not done at every question: at most a
        tenth of the time goes into it, and numbers are some seconds old.
        """
        start = monotonic()
        if start < self._next.get(tenancy.tenant, 0.0):
            return 0
        n_days = self._refreshed(tenancy)
        took_s = monotonic() - start
        if took_s > _LONG_S:
            self._next[tenancy.tenant] = monotonic() + 10 * took_s
        return n_days

    def _refreshed(self, tenancy: Tenancy) -> int:
        home = self._home(tenancy.tenant)
        home.mkdir(parents=True, exist_ok=True)
        held = {path.name for path in home.glob("*.parquet")}
        wanted = {f"{day}.{stamp}.{SHAPE}.parquet": day for day, stamp in stamps(tenancy).items()}
        changed = [name for name in wanted if name not in held]
        for name in changed:
            self._make(tenancy, home / name, wanted[name])
        for name in held - wanted.keys():
            (home / name).unlink(missing_ok=True)
        self._hold(tenancy.tenant, wanted)
        return len(changed)

    def counts(
        self,
        tenant: str,
        query: str,
        values: Sequence[Any] = (),
        *,
        among: npt.NDArray[np.int64] | None = None,
    ) -> list[dict[str, Any]]:
        """
        Return what a query finds in the columns of `facts` that are held in memory.

        With `among`, in the rows of these numbers alone.
        """
        cursor, kept = self._connection.cursor(), ""
        if among is not None:
            numbers = self._pyarrow.array(among, self._pyarrow.int64())
            cursor.register("among", self._pyarrow.table({"number": numbers}))
            kept = " AND number IN (SELECT number FROM among)"
        whole = f"WITH facts AS (SELECT * FROM held WHERE tenant = ?{kept}) {query}"  # noqa: S608 -- ours
        return _told(cursor.execute(whole, [tenant, *values]))

    def _hold(self, tenant: str, wanted: Mapping[str, str]) -> None:
        """Take changed days into memory, and days that are gone out of it."""
        with self._lock:
            days = {day: name for name, day in wanted.items()}
            held = [day for (of, day), name in self._held.items() if of == tenant and name]
            gone = [day for day in held if day not in days]
            due = [day for day, name in days.items() if self._held.get((tenant, day)) != name]
            changed = {day: days.get(day) for day in (*gone, *due)}
            if changed and not self._replaced(tenant, changed):
                for day, name in changed.items():  # one was renewed meanwhile: the others stand
                    self._replaced(tenant, {day: name})

    def _replaced(self, tenant: str, changed: Mapping[str, str | None]) -> bool:
        """Put days' files in the place of what is held; False where one was renewed meanwhile."""
        home, cursor = self._home(tenant), self._connection.cursor()
        files = [str(home / name) for name in changed.values() if name is not None]
        cursor.begin()
        gone = "DELETE FROM held WHERE tenant = ? AND day IN (SELECT unnest(?))"
        cursor.execute(gone, [tenant, list(changed)])
        try:
            if files:
                cursor.execute(_INTO_HELD, [tenant, files])
        except self._duckdb.IOException:
            cursor.rollback()
            return False
        cursor.commit()
        self._held.update({(tenant, day): name or "" for day, name in changed.items()})
        return True

    def rows(self, tenant: str, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return what a query finds in `facts`, a tenant's, every column; values stand as `?`."""
        for _ in range(_TRIES - 1):
            try:
                return self._rows(tenant, query, values)
            except self._duckdb.IOException:
                continue
        return self._rows(tenant, query, values)

    def close(self) -> None:
        """Close what reads."""
        self._connection.close()

    def _rows(self, tenant: str, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        names = sorted(str(path) for path in self._home(tenant).glob("*.parquet"))
        if not names:
            return []
        whole = f"WITH facts AS (SELECT * FROM read_parquet(?)) {query}"  # noqa: S608 -- ours
        return _told(self._connection.cursor().execute(whole, [names, *values]))

    def _make(self, tenancy: Tenancy, path: Path, day: str) -> None:
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        happened_at = CONVERSATIONS.c.happened_at
        links = (CONVERSATIONS.c.customer_key,)
        query = select(*(CONVERSATIONS.c[name] for name in _READ), *links).where(
            CONVERSATIONS.c.tenant_id == tenancy.tenant,
            happened_at >= start,
            happened_at < start + timedelta(days=1),
        )
        names = (*_READ, "customer_key")
        columns = list(zip(*tenancy.connection.execute(query), strict=True))
        told: dict[str, Sequence[Any]] = dict(zip(names, columns or [()] * len(names), strict=True))
        told["happened_at"] = tuple(_hour(in_utc(at)) for at in told["happened_at"])
        told |= _linked(tenancy, told)
        table = self._pyarrow.table(
            {name: self._pyarrow.array(told[name], self._kind(name)) for name in COLUMNS}
        )
        part = path.with_name(f"{secrets.token_hex(4)}.part")
        self._parquet.write_table(table, part, compression="zstd")
        part.replace(path)

    def _kind(self, name: str) -> Any:
        if name in _LINKS:
            return self._pyarrow.int64()
        kind = CONVERSATIONS.c[name].type
        if isinstance(kind, Boolean):
            return self._pyarrow.bool_()
        if isinstance(kind, DateTime):
            return self._pyarrow.timestamp("us", tz="UTC")
        return self._pyarrow.int64() if isinstance(kind, Integer) else self._pyarrow.string()

    def _home(self, tenant: str) -> Path:
        return self._folder / tenant


_TOLD = sorted(
    {
        *(word for kind in (Presence, CrisisState, Status) for word in get_args(kind)),
        *(word for kind in (HeardState, LoyaltyState, ResolutionState) for word in get_args(kind)),
        *MOODS,
    }
)
_HELD_TABLE = (
    f"CREATE TYPE told AS ENUM ({', '.join(repr(word) for word in _TOLD)}); "
    "CREATE TABLE held (tenant VARCHAR, day VARCHAR, number BIGINT, happened_at TIMESTAMP, "
    "week DATE, matter BIGINT, person BIGINT, emotions USMALLINT, "
    + "".join(f"{name} INTEGER, " for name in _MS)
    + "".join(f"{name} BOOLEAN, " for name in _FLAGS)
    + "".join(f"{name} VARCHAR, " for name in _WORDS)
    + ", ".join(f"{name} told" for name in _STATES)
    + ")"
)
# Emotions as bits, in the order of `EMOTIONS`; null where they were not assessed.
_BITS = " + ".join(
    f"CASE WHEN list_contains(string_split(emotions, '|'), '{name}') THEN {1 << bit} ELSE 0 END"
    for bit, name in enumerate(EMOTIONS)
)
_INTO_HELD = (
    "INSERT INTO held SELECT ?, split_part(parse_filename(filename), '.', 1), number, "  # noqa: S608
    "CAST(happened_at AS TIMESTAMP), "
    "CAST(date_trunc('week', CAST(happened_at AS TIMESTAMP)) AS DATE), matter, person, "
    f"CASE WHEN emotions IS NULL THEN NULL ELSE {_BITS} END, "
    "length_ms + coalesce(after_call_work_ms, 0), ms_after_resolution, hold_ms, "
    "after_call_work_ms, "
    f"{', '.join((*_FLAGS, *_WORDS, *_STATES))} FROM "
    "read_parquet(?, filename = true)"
)


def bit_of(emotion: Emotion) -> int:
    """Return the bit of an emotion in the column `emotions` of what is held in memory."""
    return 1 << EMOTIONS.index(emotion)


def _linked(tenancy: Tenancy, told: Mapping[str, Sequence[Any]]) -> dict[str, list[int | None]]:
    """Return what is alike for contacts that may be seen together; None for any other."""
    rows = list(zip(*(told[name] for name in _TOGETHER), strict=True))
    across = _across()
    return {
        "matter": [
            None if key is None or reason is None else _link(tenancy, "matter", f"{key}|{reason}")
            for key, reason, _, _ in rows
        ],
        "person": [
            _link(tenancy, "person", key)
            if key and policy in across and basis == "consent"
            else None
            for key, _, policy, basis in rows
        ],
    }


@cache
def _across() -> frozenset[str]:
    """Return the policies that look across a customer's contacts, with consent."""
    every = ((name, profile(name)) for name in profile_names())
    return frozenset(name for name, one in every if one.across_contacts == "with-consent")


_TOGETHER = ("customer_key", "reason", "policy", "basis")
_LINK_DIGITS = 15  # of 16 to the base 16: a signed column takes it


def _link(tenancy: Tenancy, kind: str, value: str) -> int:
    return int((tenancy.blind(kind, value) or "")[:_LINK_DIGITS], 16)


def _told(found: Any) -> list[dict[str, Any]]:
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
