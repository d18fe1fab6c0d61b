"""
A part that ended its worker, taken apart: halves in processes of their own, until one row is left.

A row that ends three processes, or takes for ever in them, is put aside as rejected; a process that
somebody else ended costs a try and no row.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from kindline.batch.folder import EXTRA
from kindline.batch.operators import Analyser, Recipe, rejected, written_schema
from kindline.batch.parts import PART_BYTES, Part
from kindline.batch.processes import context, die_with_parent, ended_after
from kindline.errors import UnsupportedInputError
from kindline.extras import library

_N_ALONE = 3


class Reads(Protocol):
    """Who can make a table of a part."""

    def read(self, part: Part) -> Any:
        """Return a part as a table to be read."""
        ...


def analysed(recipe: Recipe, part: Part, reads: Reads, patience_s: float) -> Any:
    """Return the analyses of a part, what ends a process put aside as rejected."""
    arrow = library("pyarrow", EXTRA)
    with TemporaryDirectory(prefix="kindline-") as home:
        tables = list(_of(partial(_in_a_process, recipe, Path(home), patience_s), reads.read(part)))
    whole = arrow.concat_tables(tables) if tables else written_schema().empty_table()
    return whole.combine_chunks()  # else it would be written in other bytes


def _of(in_a_process: Callable[[Any], Any], table: Any) -> Iterator[Any]:
    n = table.num_rows
    n_tries = _N_ALONE if n == 1 else 1
    for _ in range(n_tries):
        found = in_a_process(table)
        if found is not None:
            yield found
            return
    if n == 1:
        yield _put_aside(table)
        return
    for half in (table.slice(0, n // 2), table.slice(n // 2)):
        yield from _of(in_a_process, half)


def _in_a_process(recipe: Recipe, home: Path, patience_s: float, table: Any) -> Any | None:
    """Return the analyses that a process of its own made, None where it ended without."""
    feather = library("pyarrow.feather", EXTRA)
    given, made = home / "given", home / "made"
    made.unlink(missing_ok=True)
    feather.write_feather(table, given)
    process = context().Process(target=_child, args=(recipe, patience_s, given, made))
    try:
        process.start()
    except (EOFError, ConnectionError):
        return None  # what it is forked off was killed: that costs a try
    process.join()
    return feather.read_table(made) if process.exitcode == 0 and made.exists() else None


def limit_s(patience_s: float, table: Any) -> float:
    """Return how long a table may take: as long as a part, or as many parts as it is large."""
    n_bytes: int = table.nbytes
    return patience_s * max(1.0, n_bytes / PART_BYTES)


def _child(recipe: Recipe, patience_s: float, given: Path, made: Path) -> None:
    die_with_parent()
    feather = library("pyarrow.feather", EXTRA)
    table = feather.read_table(given)
    with ended_after(limit_s(patience_s, table)):
        found = Analyser(recipe)(table)
    feather.write_feather(found, made)


def _put_aside(table: Any) -> Any:
    (row,) = table.to_pylist()
    found = f"a record that ended {_N_ALONE} processes"
    place = row["record"] or "file"
    error = UnsupportedInputError(row["source"], place, "content", found, "a record we can read")
    named = {"source": row["source"], "record": row["record"], **rejected(error)}
    return library("pyarrow", EXTRA).Table.from_pylist([named], schema=written_schema())
