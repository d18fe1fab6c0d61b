"""Many rows put into PostgreSQL at once: COPY into a table of the moment, then into their place."""

from collections.abc import Mapping, Sequence
import secrets
from typing import Any

from sqlalchemy import Connection, Table

from kindline.store.upsert import upsert

_FEWEST = 200  # rows; of fewer, making the table of the moment costs more than it saves


def put(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Put in rows as `upsert` does, by COPY where the database has it and they are many."""
    if connection.dialect.name != "postgresql" or len(rows) < _FEWEST:
        upsert(connection, table, rows, key)
        return
    names, moment = list(rows[0]), f"moment_{secrets.token_hex(4)}"
    listed = ", ".join(names)
    run = connection.exec_driver_sql
    run(
        f"CREATE TEMP TABLE {moment} ON COMMIT DROP AS SELECT {listed} FROM {table.name} WITH NO DATA"  # noqa: S608, E501 -- names of our own
    )
    _copied(connection, f"COPY {moment} ({listed}) FROM STDIN (FORMAT BINARY)", table, rows)
    told = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in key)
    run(
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {moment} "  # noqa: S608 -- the same
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {told}"
    )


def _copied(
    connection: Connection, command: str, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    names = list(rows[0])
    types = [_TYPES[table.c[name].type.__class__.__name__] for name in names]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row([row[name] for name in names])


_TYPES = {
    "BigInteger": "int8",
    "Boolean": "bool",
    "DateTime": "timestamptz",
    "Integer": "int4",
    "LargeBinary": "bytea",
    "String": "varchar",
    "Text": "text",
}
