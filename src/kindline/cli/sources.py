"""Files and folders as the commands take them: every file once, in a steady order."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kindline.errors import InputError, UnsupportedInputError
from kindline.ingest import read_file
from kindline.model.conversation import Conversation


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


def records(
    path: Path, source: str, keys: Sequence[Any] = ()
) -> Iterator[Conversation | InputError]:
    """Return the conversations of one file, and an error in the place of each bad record."""
    if not path.exists():
        expected = "a file or a folder"
        yield UnsupportedInputError(source, "file", "path", "nothing there", expected)
        return
    yield from read_file(path, source=source, keys=keys)
