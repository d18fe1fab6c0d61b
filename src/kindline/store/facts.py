"""
Facts: a columnar copy of what SQL has in the clear, one Parquet file a day, read through DuckDB.

A copy can be thrown away at any time. A day's file bears the stamp of the day (`days`), so any
number of machines may keep a copy of their own: where the stamp in SQL is another, the day is made
again, whole, and put in place at once. Facts hold states, times to the hour and row numbers: no
word, no id, nobody.

What dashboards count is held in memory as well, some 60 bytes a conversation: opening a file a day
for each of their questions took longer than the questions (bench/dashboards.py).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
import secrets
from threading import Lock
from time import monotonic
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from sqlalchemy import Boolean, DateTime, Integer, select

from kindline.extras import library
from kindline.model.analysis import MOODS, CrisisState, Presence, Status
from kindline.store.database import Tenancy
from kindline.store.days import stamps
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, STATES

_EXTRA = "facts"
_LONG_S = 0.5
_TRIES = 5  # a day's file may be renewed while it is about to be read
_PLAIN = ("status", "denied_because", "language", "channel", "country", "queue", "policy", "basis")
COLUMNS = ("number", "happened_at", *_PLAIN, *(column.name for column in STATES))
_WORDS = ("language", "channel", "queue")
_NEEDS = ("service", "companionship", "support", "crisis", "abuse")
_STATES = ("status", *_NEEDS, "arrival", "departure")


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
        wanted = {f"{day}.{stamp}.parquet": day for day, stamp in stamps(tenancy).items()}
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
            gone = [day for of, day in self._held if of == tenant and day not in days]
            due = [day for day, name in days.items() if self._held.get((tenant, day)) != name]
            for day in (*gone, *due):
                name = days.get(day)
                if self._replaced(tenant, day, name):
                    self._held[tenant, day] = name or ""

    def _replaced(self, tenant: str, day: str, name: str | None) -> bool:
        """Put a day's file in the place of what is held; False where it was renewed meanwhile."""
        cursor = self._connection.cursor()
        cursor.begin()
        cursor.execute("DELETE FROM held WHERE tenant = ? AND day = ?", [tenant, day])
        try:
            if name is not None:
                cursor.execute(_INTO_HELD, [tenant, day, str(self._home(tenant) / name)])
        except self._duckdb.IOException:
            cursor.rollback()
            return False
        cursor.commit()
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
        query = select(*(CONVERSATIONS.c[name] for name in COLUMNS)).where(
            CONVERSATIONS.c.tenant_id == tenancy.tenant,
            happened_at >= start,
            happened_at < start + timedelta(days=1),
        )
        columns = list(zip(*tenancy.connection.execute(query), strict=True))
        told: dict[str, tuple[Any, ...]] = dict(
            zip(COLUMNS, columns or [()] * len(COLUMNS), strict=True)
        )
        told["happened_at"] = tuple(_hour(in_utc(at)) for at in told["happened_at"])
        table = self._pyarrow.table(
            {name: self._pyarrow.array(told[name], self._kind(name)) for name in COLUMNS}
        )
        part = path.with_name(f"{secrets.token_hex(4)}.part")
        self._parquet.write_table(table, part, compression="zstd")
        part.replace(path)

    def _kind(self, name: str) -> Any:
        kind = CONVERSATIONS.c[name].type
        if isinstance(kind, Boolean):
            return self._pyarrow.bool_()
        if isinstance(kind, DateTime):
            return self._pyarrow.timestamp("us", tz="UTC")
        return self._pyarrow.int64() if isinstance(kind, Integer) else self._pyarrow.string()

    def _home(self, tenant: str) -> Path:
        return self._folder / tenant


_TOLD = sorted({*get_args(Presence), *get_args(CrisisState), *get_args(Status), *MOODS})
_HELD_TABLE = (
    f"CREATE TYPE told AS ENUM ({', '.join(repr(word) for word in _TOLD)}); "
    "CREATE TABLE held (tenant VARCHAR, day VARCHAR, number BIGINT, happened_at TIMESTAMP, "
    "week DATE, "
    + ", ".join(f"{name} VARCHAR" for name in _WORDS)
    + ", "
    + ", ".join(f"{name} told" for name in _STATES)
    + ")"
)


_INTO_HELD = (
    "INSERT INTO held SELECT ?, ?, number, CAST(happened_at AS TIMESTAMP), "  # noqa: S608 -- our names
    "CAST(date_trunc('week', CAST(happened_at AS TIMESTAMP)) AS DATE), "
    f"{', '.join((*_WORDS, *_STATES))} FROM read_parquet(?)"
)


def _told(found: Any) -> list[dict[str, Any]]:
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
