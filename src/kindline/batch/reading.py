"""
Parts as Arrow tables of what is to be read: a row for a line, a file, or a conversation heard.

Nothing is read here that could be wrong: what a row holds is for the operator to find out.
"""

from collections.abc import Iterator
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from kindline.batch.folder import EXTRA, Folder
from kindline.batch.operators import CONVERSATION, READ_COLUMNS, Recipe, read_schema
from kindline.batch.parts import Part
from kindline.contract import rejected_as_json
from kindline.errors import InputError
from kindline.extras import library
from kindline.ingest import plain
from kindline.intake.about import Abouts
from kindline.intake.contacts import Handed, contacts
from kindline.intake.listening import Listener, StoredBefore, records

_STEP = 1 << 20  # bytes; how much is read at once beyond a part to the end of its last line
_Row = tuple[str, str | None, str, bytes]


def table_of(part: Part, folder: Folder) -> Any:
    """Return a part that needs no listening as a table to be read, Arrow."""
    return _table(_rows(part, folder))


def _rows(part: Part, folder: Folder) -> Iterator[_Row]:
    if part.kind == "analysed":
        yield from _analysed(part, folder)
    elif part.kind == "lines":
        yield from _stretch(part, folder)
    else:
        for name in part.files:
            yield from _whole(f"{folder.shown}/{name}", folder.read(name))


def _whole(source: str, raw: bytes) -> Iterator[_Row]:
    """Return a file as rows: a line each, where it holds conversations by line."""
    if not (plain.recognises(raw, source) and plain.is_lines(raw.decode("utf-8", "replace"))):
        yield source, None, "file", raw
        return
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            yield source, f"line {number}", "line", line


def _stretch(part: Part, folder: Folder) -> Iterator[_Row]:
    """Return the lines that begin in a part's bytes; the last of them may end behind it."""
    (name,), start, end = part.files, part.start, part.end or 0
    source = f"{folder.shown}/{name}"
    first = max(start - 1, 0)  # a line may begin just where the part does
    raw = folder.read(name, first, end)
    if not raw.endswith(b"\n"):
        raw += _rest_of_line(folder, name, end)
    if start:
        behind = raw.find(b"\n") + 1
        if behind == 0 or first + behind >= end:
            return  # the whole part lies within one long line of an earlier one
        raw, first = raw[behind:], first + behind
    for line in raw.split(b"\n"):
        if line.strip():
            yield source, f"line at byte {first}", "line", line
        first += len(line) + 1


def _rest_of_line(folder: Folder, name: str, at: int) -> bytes:
    rest = b""
    while (more := folder.read(name, at, at + _STEP)) and b"\n" not in more:
        rest, at = rest + more, at + _STEP
    return rest + more.partition(b"\n")[0]


def _analysed(part: Part, folder: Folder) -> Iterator[_Row]:
    """Return analyses made before as rows: their words, or all that is kept of them."""
    (name,) = part.files
    parquet = library("pyarrow.parquet", EXTRA)
    file = parquet.ParquetFile(io.BytesIO(folder.read(name)))
    for batch in file.iter_batches():
        for row in batch.to_pylist():
            yield row["source"], row["conversation_id"], "analysed", orjson.dumps(row)


def heard(part: Part, folder: Folder, recipe: Recipe, listener: Listener) -> Any:
    """Return a part of recordings as a table: the conversations on them, or why there is none."""
    with TemporaryDirectory(prefix="kindline-") as home:
        rows = [
            row
            for handed in fetched(part, folder, Path(home), recipe)
            for row in _listened(handed, listener)
        ]
    return _table(iter(rows))


def fetched(part: Part, folder: Folder, home: Path, recipe: Recipe) -> list[Handed]:
    """Return a part's files as contacts, copied to a folder on this machine."""
    files: list[tuple[Path, str]] = []
    for name in part.files:
        folder.fetch(name, home / name)
        files.append((home / name, f"{folder.shown}/{name}"))
    return contacts(files, channels=recipe.channels)


def _listened(handed: Handed, listener: Listener) -> Iterator[_Row]:
    for one in records(handed, listener, Abouts()):
        if isinstance(one, InputError):
            told = rejected_as_json(one, handed.source)
            yield handed.source, None, "rejected", json.dumps(told).encode()
        elif not isinstance(one, StoredBefore):
            yield one.source, str(one.id), "conversation", CONVERSATION.dump_json(one)


def _table(rows: Iterator[_Row]) -> Any:
    arrow = library("pyarrow", EXTRA)
    columns = list(zip(*rows, strict=True)) or [()] * len(READ_COLUMNS)
    return arrow.table(dict(zip(READ_COLUMNS, columns, strict=True)), schema=read_schema())
