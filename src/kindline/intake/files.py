"""Files and folders as they are given: every file once, in a steady order."""

from collections.abc import Iterable
from pathlib import Path
import re

_ENDING = re.compile(r"(?:\.vcon)?\.[A-Za-z0-9]{1,5}$")


def files_under(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Return every file with the name it goes by: its path as given. Hidden files are left out."""
    found: dict[Path, str] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            is_hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if not file.is_dir() and not is_hidden:
                found.setdefault(file, file.as_posix())
    return list(found.items())


def without_ending(name: str) -> str:
    """Return a file name without `.wav`, `.json`, `.vcon.json` and the like."""
    return _ENDING.sub("", name)
