"""Where a batch reads and writes, a folder or a bucket: a file is there whole, or not at all."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
import os
from pathlib import Path
import secrets
import time
from typing import Any, NamedTuple

from kindline.errors import UnavailableError
from kindline.intake.places import listed, reached, shown, stamp

EXTRA = "batch"
_HALF = ".part"
_FORGOTTEN_S = 3_600  # a half that nobody touched for so long is nobody's


class Held(NamedTuple):
    """A file of a folder: bytes, and what changes when it does."""

    size: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder or bucket by its address: `calls`, `s3://bucket/calls`; names are below it."""

    address: str

    @property
    def shown(self) -> str:
        """Return the address without names and passwords."""
        return shown(self.address).rstrip("/")

    def listing(self, below: str = "") -> Mapping[str, Held]:
        """Return every file there, in order of name; hidden ones are left out."""
        with self._asked() as (files, root):
            found = listed(files, f"{root}/{below}".rstrip("/"))
        return {
            name: Held(int(about.get("size") or 0), stamp(about))
            for name, about in sorted(found.items())
        }

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        with self._asked() as (files, root):
            files.invalidate_cache()
            return bool(files.exists(f"{root}/{name}"))

    def read(self, name: str, start: int | None = None, end: int | None = None) -> bytes:
        """Return a file, or its bytes from start up to end."""
        with self._asked() as (files, root):
            raw: bytes = files.cat_file(f"{root}/{name}", start=start, end=end)
            return raw

    def fetch(self, name: str, target: Path) -> None:
        """Copy a file to a place on this machine."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._asked() as (files, root):
            files.get_file(f"{root}/{name}", str(target))

    def write(self, name: str, raw: bytes) -> None:
        """Put a file in place, in one move; what was there is replaced."""
        with self._asked() as (files, root):
            if _is_local(files):
                _put(Path(f"{root}/{name}"), raw)
            else:
                files.pipe_file(f"{root}/{name}", raw)

    def remove(self, name: str) -> None:
        """Take a file away; nothing happens where it is gone already."""
        with self._asked() as (files, root), suppress(FileNotFoundError):
            files.rm_file(f"{root}/{name}")

    def sweep(self) -> None:
        """Take away halves of files that a killed process left long ago; buckets have none."""
        files, root = _reached(self.address)
        if not _is_local(files):
            return
        for path in Path(root).rglob(f".*{_HALF}"):
            if time.time() - path.stat().st_mtime > _FORGOTTEN_S:
                path.unlink(missing_ok=True)

    @contextmanager
    def _asked(self) -> Generator[tuple[Any, str]]:
        """Return what opens the folder, and its root; any error of a store is told as one."""
        reached_by = _reached(self.address)
        try:
            yield reached_by
        except Exception as error:  # noqa: BLE001 -- each kind of store has errors of its own
            what = getattr(error, "strerror", None) or type(error).__name__
            raise UnavailableError(f"{self.shown}: {what}") from None


@cache
def _reached(address: str) -> tuple[Any, str]:
    return reached(address, extra=EXTRA)


def _is_local(files: Any) -> bool:
    return "file" in files.protocol


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_HALF}")
    try:
        with half.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
