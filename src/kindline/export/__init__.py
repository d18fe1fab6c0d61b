"""
Writers, one file per format. Each is a module with `NAME`, `PURPOSE` and `write`.

All write what is stored, in one pass. Without words, nothing that anybody said is written: turns
stay as empty places, so that the turn a finding names is still that turn.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from kindline.export import csv_table, json_lines, parquet, vcon
from kindline.store.conversations import Stored


class Writer(Protocol):
    """What a module must have to be a writer."""

    @property
    def NAME(self) -> str:  # noqa: N802 -- a constant of the module
        """Return the name of the format."""
        ...

    @property
    def PURPOSE(self) -> str:  # noqa: N802 -- a constant of the module
        """Return what the format is for, in one sentence."""
        ...

    def write(self, stored: Iterable[Stored], target: Path, *, has_words: bool) -> int:
        """Write them all and return how many there were."""
        ...


WRITERS: tuple[Writer, ...] = (json_lines, csv_table, parquet, vcon)
BY_NAME: Mapping[str, Writer] = {writer.NAME: writer for writer in WRITERS}
