"""
CSV: one row a conversation, with a data dictionary beside it.

A text that a spreadsheet would run as a formula gets an apostrophe before it.
"""

from collections.abc import Iterable
import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from kindline.export.columns import COLUMNS, row
from kindline.store.conversations import Stored

NAME = "csv"
PURPOSE = "One row a conversation, no words of anybody, with a data dictionary beside it."

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(stored: Iterable[Stored], target: Path, *, has_words: bool) -> int:  # noqa: ARG001 -- none
    """Write them all, and the dictionary, and return how many there were."""
    _write_dictionary(target.with_name(f"{target.stem}.dictionary.csv"))
    n_written = 0
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(column.name for column in COLUMNS)
        for one in stored:
            table.writerow(map(_cell, row(one).values()))
            n_written += 1
    return n_written


def _write_dictionary(target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("column", "kind", "meaning"))
        table.writerows((column.name, column.kind, column.meaning) for column in COLUMNS)


def _cell(value: Any) -> str:
    """Return a value as text; what is not known is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value)
