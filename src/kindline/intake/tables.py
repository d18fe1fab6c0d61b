"""
Rows of tables that people and platforms export: CSV, JSON Lines or a JSON list, names as they come.

Field names are compared without case, spaces and marks; a field within a field has a dotted name.
"""

from collections.abc import Iterator, Mapping, Sequence
import csv
import io
import re
from typing import Any

from kindline.errors import InputError, MalformedInputError
from kindline.ingest.plain import is_lines
from kindline.records import Record, as_list, as_object, decoded, json_value, kind, record_of

_WHOLE = ("lawful_basis",)  # an object that is one value
_MARKS = re.compile(r"[^\w.]+|_")


def rows_of(raw: bytes, source: str) -> Iterator[Record | InputError]:
    """Return each row, placed by its number, and an error in the place of each bad one."""
    try:
        text = decoded(raw, source)
        for place, content in _contents(text, source):
            yield _row(content, source, place)
    except InputError as error:
        yield error


def _row(content: Any, source: str, place: str) -> Record | InputError:
    if isinstance(content, InputError):
        return content
    try:
        return record_of(content, source, place)
    except InputError as error:
        return error


def _contents(text: str, source: str) -> Iterator[tuple[str, Any]]:
    start = text.lstrip()[:1]
    if start == "[":
        listed = as_list(json_value(text, source, "file")) or ()
        yield from ((f"row {n}", item) for n, item in enumerate(listed, start=1))
    elif start == "{" and not is_lines(text):
        yield "file", json_value(text, source, "file")
    elif start == "{":
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield f"line {number}", _of_line(line, source, f"line {number}")
    elif start:
        yield from _of_table(text, source)


def _of_line(line: str, source: str, place: str) -> Any:
    try:
        return json_value(line, source, place)
    except InputError as error:
        return error


def _of_table(text: str, source: str) -> Iterator[tuple[str, Any]]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            named = {key: value for key, value in row.items() if key and value}
            yield f"line {reader.line_num}", named
    except csv.Error:
        place = f"line {reader.line_num}"
        yield place, MalformedInputError(source, place, "row", "no row of a table", "CSV")


def named_by(given: Record, names: Mapping[str, Sequence[str]]) -> Record:
    """Return the row with those fields alone that have one of these names, by ours."""
    flat = dict(flattened(given.content))
    found = {ours: flat[theirs] for ours, theirs in fields_of(flat, names).items()}
    return Record(source=given.source, place=given.place, content=found)


def fields_of(flat: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return our name -> the field that has it: the first of its spellings that is there."""
    there = {spelled_plainly(key): key for key in flat}
    found: dict[str, str] = {}
    for ours, spellings in names.items():
        for spelling in spellings:
            if (plain := spelled_plainly(spelling)) in there:
                found[ours] = there[plain]
                break
    return found


def spelled_plainly(name: str) -> str:
    """Return a name without case, spaces, underscores and marks, but for its dots."""
    return _MARKS.sub("", name.lower())


def flattened(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return the fields that hold a value, those one level down by dotted names."""
    for key, value in content.items():
        inner = as_object(value)
        if inner is None or key in _WHOLE:
            if value is not None:
                yield key, value
        else:
            yield from ((f"{key}.{name}", held) for name, held in inner.items() if held is not None)


def told(value: Any) -> str:
    """Return an answer as text; of a list or an object only what kind it is."""
    return str(value) if isinstance(value, str | int | float | bool) else kind(value)
