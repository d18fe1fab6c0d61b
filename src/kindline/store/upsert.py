"""Rows that are put in or, where their key is there already, take the place of what was there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
) -> None:
    """Put in rows, each key once among them; one whose key is there replaces it."""
    if not rows:
        return
    is_postgresql = connection.dialect.name == "postgresql"
    put = (postgresql if is_postgresql else sqlite).insert(table)
    replaced = {name: put.excluded[name] for name in rows[0] if name not in key}
    connection.execute(
        put.on_conflict_do_update(index_elements=list(key), set_=replaced), list(rows)
    )
