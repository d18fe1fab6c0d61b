"""Parquet: the columns of the CSV with their types and meanings; needs the extra `[parquet]`."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kindline.export.columns import COLUMNS, row
from kindline.extras import library
from kindline.store.conversations import Stored

NAME = "parquet"
PURPOSE = "The same rows with types, for a warehouse; meanings stand in the schema."

_N_TOGETHER = 10_000


def write(stored: Iterable[Stored], target: Path, *, has_words: bool) -> int:  # noqa: ARG001 -- none
    """Write them all and return how many there were."""
    arrow, files = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
    schema, n_written = _schema(arrow), 0
    with files.ParquetWriter(target, schema, compression="zstd") as out:
        for rows in _chunks(row(one) for one in stored):
            out.write_table(arrow.Table.from_pylist(rows, schema=schema))
            n_written += len(rows)
    return n_written


def _schema(arrow: Any) -> Any:
    types = {
        "text": arrow.string(),
        "flag": arrow.bool_(),
        "count": arrow.int64(),
        "number": arrow.float64(),
        "time": arrow.timestamp("ms", tz="UTC"),
    }
    return arrow.schema(
        [
            arrow.field(column.name, types[column.kind], metadata={"meaning": column.meaning})
            for column in COLUMNS
        ]
    )


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(rows, _N_TOGETHER)):
        yield chunk
