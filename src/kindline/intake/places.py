"""Folders, buckets and servers by their address: whatever fsspec opens, listed alike."""

from collections.abc import Mapping
import hashlib
from pathlib import PurePosixPath
import re
from typing import Any

from kindline.errors import ModelError, UnavailableError
from kindline.extras import library

_PERSON = re.compile(r"(?<=:)//[^/@]*@")
_MARKS = ("size", "mtime", "ETag", "etag", "LastModified", "last_modified", "created")


def reached(address: str, *, extra: str) -> tuple[Any, str]:
    """Return what opens an address, and the address's root for it."""
    fsspec = library("fsspec", extra)
    try:
        files, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        found, expected = type(error).__name__, "the library that opens it to be installed"
        raise ModelError(shown(address), found=found, expected=expected) from None
    except OSError as error:
        raise UnavailableError(f"{shown(address)}: no answer ({type(error).__name__})") from None
    return files, str(root).rstrip("/")


def shown(address: str) -> str:
    """Return an address without names and passwords."""
    return _PERSON.sub("//", address)


def listed(files: Any, root: str) -> dict[str, Mapping[str, Any]]:
    """Return name -> what is told of it, of every file below a root; hidden ones are left out."""
    files.invalidate_cache()
    found: Mapping[str, Mapping[str, Any]] = files.find(root, detail=True)
    start = len(root.rstrip("/")) + 1
    named = {path[start:]: about for path, about in found.items()}
    return {name: about for name, about in named.items() if not _is_hidden(name)}


def stamp(about: Mapping[str, Any]) -> str:
    """Return a hash of a file's size and of whatever the place says of its last change."""
    told = [str(about.get(mark)) for mark in _MARKS]
    return hashlib.blake2b("|".join(told).encode(), digest_size=16).hexdigest()


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(name).parts)
