"""
Models of others kept at home: each a folder with a manifest of its files, hashes and licence.

They come from a hub where there is a network, or from a folder where there is none. What a hub
sends is kept only if it has the hash the hub's own listing gives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
import hashlib
from importlib.resources import files
import json
from pathlib import Path
import shutil
import tomllib
from typing import Any

from kindline.errors import ModelError, UnavailableError, UnknownNameError
from kindline.net import fetched

MANIFEST = "kindline-model.json"
_FOLDER = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a kept model is: `files` maps each file to its SHA-256."""

    name: str
    licence: str
    source: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model a hub offers; `files` maps the file we keep to the file in its repository."""

    name: str
    repository: str
    revision: str
    licence: str
    languages: tuple[str, ...]
    files: Mapping[str, str]


@cache
def offers() -> Mapping[str, Offer]:
    """Return the models that can be fetched by name."""
    raw = files("kindline").joinpath("borrowed.toml").read_text("utf-8")
    return {
        name: Offer(
            name=name,
            repository=entry["repository"],
            revision=entry["revision"],
            licence=entry["licence"],
            languages=tuple(entry["languages"]),
            files=entry["files"],
        )
        for name, entry in tomllib.loads(raw).items()
    }


def folder_of(name: str, home: Path) -> Path:
    """Return the folder of a kept model, or the path itself where it is a folder already."""
    kept = home / _FOLDER / name
    return kept if (kept / MANIFEST).is_file() else Path(name)


def kept(home: Path) -> Iterator[Manifest]:
    """Return the manifests of all models at home, by name."""
    for path in sorted((home / _FOLDER).glob(f"*/{MANIFEST}")):
        yield _manifest(path)


def problems(name: str, home: Path) -> list[str]:
    """Return what is wrong with the files of a kept model; nothing if all are as they came."""
    folder = home / _FOLDER / name
    if not (folder / MANIFEST).is_file():
        raise UnknownNameError("model", name, tuple(one.name for one in kept(home)))
    found: list[str] = []
    for file, expected in _manifest(folder / MANIFEST).files.items():
        if not (folder / file).is_file():
            found.append(f"{file}: missing")
        elif _sha256((folder / file).read_bytes()) != expected:
            found.append(f"{file}: changed since it was kept")
    return found


def add(source: Path, home: Path, *, name: str, licence: str) -> Manifest:
    """Keep a copy of the model in a folder."""
    if not source.is_dir():
        raise ModelError(source.as_posix(), found="nothing", expected="a folder with a model")
    if source.resolve().is_relative_to((home / _FOLDER).resolve()):
        raise ModelError(source.as_posix(), found="one kept already", expected="a folder elsewhere")
    folder = _new_folder(home, name)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return _written(folder, Manifest(name=name, licence=licence, source=source.name, files={}))


def get(offer: Offer, home: Path, hub: str) -> Manifest:
    """Fetch a model from its hub, every file checked against the hub's own listing."""
    by_path = _listing(offer, hub)
    fetched: dict[str, bytes] = {}
    for target, path in offer.files.items():
        if path not in by_path:
            raise ModelError(offer.repository, found=f"no {path}", expected="the files we know")
        content = _fetched(f"{hub}/{offer.repository}/resolve/{offer.revision}/{path}")
        if not _is_as_listed(content, by_path[path]):
            raise ModelError(
                f"{offer.repository}/{path}", found="another hash", expected="the hash listed"
            )
        fetched[target] = content
    folder = _new_folder(home, offer.name)
    for target, content in fetched.items():
        (folder / target).write_bytes(content)
    source = f"{hub}/{offer.repository}@{offer.revision}"
    return _written(
        folder, Manifest(name=offer.name, licence=offer.licence, source=source, files={})
    )


def _listing(offer: Offer, hub: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what the hub says of each file of a repository."""
    raw = _fetched(f"{hub}/api/models/{offer.repository}/tree/{offer.revision}?recursive=true")
    try:
        return {entry["path"]: entry for entry in json.loads(raw)}
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            offer.repository, found=type(error).__name__, expected="a hub's list of files"
        ) from error


def _is_as_listed(content: bytes, entry: Mapping[str, Any]) -> bool:
    """Return whether a file has the hash listed: SHA-256 of large ones, a git blob's of others."""
    if large := entry.get("lfs"):
        return _sha256(content) == str(large["oid"])
    blob = b"blob %d\0" % len(content) + content
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest() == str(entry["oid"])


def _fetched(address: str) -> bytes:
    try:
        return fetched(address)
    except UnavailableError as error:
        advice = "where there is no network: kindline models add FOLDER"
        raise UnavailableError(f"{error}; {advice}") from None


def _new_folder(home: Path, name: str) -> Path:
    if Path(name).name != name or name.startswith("."):
        raise ModelError(name, found="a path", expected="a plain name")
    folder = home / _FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _written(folder: Path, manifest: Manifest) -> Manifest:
    """Return the manifest with the hashes of what lies in the folder, once written there."""
    hashes = {
        path.relative_to(folder).as_posix(): _sha256(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    whole = Manifest(
        name=manifest.name, licence=manifest.licence, source=manifest.source, files=hashes
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(whole), indent=1), "utf-8")
    return whole


def _manifest(path: Path) -> Manifest:
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise ModelError(
            path.as_posix(), found=type(error).__name__, expected="a manifest"
        ) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
