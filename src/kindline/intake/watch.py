"""
A place that is watched: each file is taken once, when it is whole.

A folder, a bucket or an SFTP server, whatever fsspec opens. A file counts as whole when it looks
the same in two looks and has no name that transfers use for halves. One side of a call waits a
while for the other. Nothing is changed or removed there: what cannot be read is put in quarantine
here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
import hashlib
import json
from pathlib import Path, PurePosixPath
import shutil

from kindline.errors import InputError, UnavailableError
from kindline.intake.contacts import is_waiting
from kindline.intake.places import listed, reached, shown, stamp

_HALVES = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".uploading", "~")
_LOOKS_FOR_THE_OTHER = 5
_REASON = ".why.json"


@dataclass(slots=True)
class _Seen:
    stamp: str
    n_looks: int = 1


@dataclass(kw_only=True)
class Place:
    """A watched place and what was seen there; `address` is a folder or a URL."""

    address: str
    _seen: dict[str, _Seen] = field(default_factory=dict[str, _Seen])

    def __post_init__(self) -> None:
        self._files, self._root = reached(self.address, extra="watch")

    @property
    def shown(self) -> str:
        """Return the address without names and passwords."""
        return shown(self.address)

    def look(self) -> dict[str, str]:
        """Return name -> stamp of what is there and whole since the last look."""
        there = self._listing()
        self._seen = {
            name: _Seen(stamp, before.n_looks + 1)
            if (before := self._seen.get(name)) and before.stamp == stamp
            else _Seen(stamp)
            for name, stamp in there.items()
        }
        whole = {name for name, seen in self._seen.items() if seen.n_looks > 1}
        return {
            name: there[name]
            for name in sorted(whole)
            if self._seen[name].n_looks > _LOOKS_FOR_THE_OTHER or not is_waiting(name, whole)
        }

    def fetch(self, names: Iterable[str], folder: Path) -> Iterator[tuple[Path, str]]:
        """Return each file, copied into the folder, with its name there."""
        for name in names:
            target = folder.joinpath(*_safe_parts(name))
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._files.get_file(f"{self._root.rstrip('/')}/{name}", str(target))
            except OSError as error:
                raise self._unavailable(error) from None
            yield target, f"{self.shown.rstrip('/')}/{name}"

    def _listing(self) -> dict[str, str]:
        """Return name -> stamp of every file there that is no half of one."""
        try:
            named = listed(self._files, self._root)
            is_there = bool(named) or self._files.exists(self._root)
        except OSError as error:
            raise self._unavailable(error) from None
        if not is_there:
            raise UnavailableError(f"{self.shown}: nothing there")
        return {
            name: stamp(about)
            for name, about in named.items()
            if name and not name.lower().endswith(_HALVES)
        }

    def _unavailable(self, error: Exception) -> UnavailableError:
        return UnavailableError(f"{self.shown}: no answer ({type(error).__name__})")


def quarantine(folder: Path, path: Path, name: str, errors: Iterable[InputError]) -> None:
    """Keep a copy of a file that cannot be read, and beside it why, in words of ours."""
    target = folder / hashlib.blake2b(name.encode(), digest_size=8).hexdigest() / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
    reasons = [str(error) for error in errors]
    target.with_name(target.name + _REASON).write_text(json.dumps(reasons, indent=1), "utf-8")


def forget_aside(folder: Path, *, older_than: datetime) -> None:
    """Take away what has been in quarantine for long enough; customers' words are in it."""
    for one in folder.glob("*"):
        if datetime.fromtimestamp(one.stat().st_mtime, UTC) < older_than:
            shutil.rmtree(one, ignore_errors=True)


def _safe_parts(name: str) -> list[str]:
    """Return the parts of a name that stay below the folder they are put in."""
    return [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
