"""
Facts: a columnar copy of what SQL has in the clear, one Parquet file a day, read through DuckDB.

A copy can be thrown away at any time. A day's file bears the stamp of the day (`days`), so any
number of machines may keep a copy of their own: where the stamp in SQL is another, the day is made
again, whole, and put in place at once. Facts hold states, times to the hour and row numbers: no
word, no id, nobody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
import secrets
from typing import Any

from sqlalchemy import Boolean, DateTime, Integer, select

from kindline.extras import library
from kindline.store.database import Tenancy
from kindline.store.days import stamps
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, STATES

_EXTRA = "facts"
_TRIES = 5  # a day's file may be renewed while it is about to be read
_PLAIN = ("status", "denied_because", "language", "channel", "country", "queue", "policy", "basis")
COLUMNS = ("number", "happened_at", *_PLAIN, *(column.name for column in STATES))


class Facts:
    """A folder of facts, and what reads it; one for a process, used by all its threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._duckdb = library("duckdb", _EXTRA)
        self._pyarrow = library("pyarrow", _EXTRA)
        self._parquet = library("pyarrow.parquet", _EXTRA)
        self._connection = self._duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET parquet_metadata_cache = true")

    def refresh(self, tenancy: Tenancy) -> int:
        """Make the facts of changed days again, and return how many days that were."""
        home = self._home(tenancy.tenant)
        home.mkdir(parents=True, exist_ok=True)
        held = {path.name for path in home.glob("*.parquet")}
        wanted = {f"{day}.{stamp}.parquet": day for day, stamp in stamps(tenancy).items()}
        changed = [name for name in wanted if name not in held]
        for name in changed:
            self._make(tenancy, home / name, wanted[name])
        for name in held - wanted.keys():
            (home / name).unlink(missing_ok=True)
        return len(changed)

    def rows(self, tenant: str, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return what a query finds in `facts`, a tenant's; its values stand in it as `?`."""
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
        found = self._connection.cursor().execute(whole, [names, *values])
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

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


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
