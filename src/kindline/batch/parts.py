"""
What lies in a folder, cut into parts: the same files make the same parts by the same names.

A part is a stretch of a large file of lines, or some small files, or recordings with what lies
beside them, or a file of analyses made before. A part keeps its name and what it holds from one run
to the next; files that came since make parts of their own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
import hashlib
from itertools import pairwise
from typing import Any, Literal

from kindline.batch.folder import Folder, Held
from kindline.ingest import plain
from kindline.intake.contacts import contact_of
from kindline.speech.decode import SUFFIXES

PartKind = Literal["lines", "files", "recordings", "analysed"]
PART_BYTES = 8 << 20
_MOST_FILES = 500
_MOST_CALLS = 8  # recordings of a part: minutes of work that a killed worker loses
_LINES = (".jsonl", ".ndjson")
_LOOKED_AT = 65_536  # bytes
_ANALYSED = ".parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the input: `files` by name with their stamps; of a lines part, its bytes too."""

    name: str
    kind: PartKind
    files: tuple[str, ...]
    stamps: tuple[str, ...]
    start: int = 0
    end: int | None = None

    def is_of(self, there: Mapping[str, Held], *, is_done: bool) -> bool:
        """Return whether its files are as they were; of what is done, files may be gone."""
        return all(
            there[name].stamp == stamp if name in there else is_done
            for name, stamp in zip(self.files, self.stamps, strict=True)
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as a plan and a marker hold it."""
        place = {} if self.end is None else {"start": self.start, "end": self.end}
        return {"name": self.name, "kind": self.kind, **_named(self), **place}


def part_from(told: Mapping[str, Any]) -> Part:
    """Return the part that a plan or a marker holds."""
    return Part(
        name=told["name"],
        kind=told["kind"],
        files=tuple(told["files"]),
        stamps=tuple(told["files"].values()),
        start=told.get("start", 0),
        end=told.get("end"),
    )


def planned(
    folder: Folder, before: Sequence[Part], done: Collection[str], *, n_bytes: int = PART_BYTES
) -> list[Part]:
    """Return the parts of a folder: those of an earlier plan that still hold, then new ones."""
    there = folder.listing()
    kept = [part for part in before if part.is_of(there, is_done=part.name in done)]
    covered = {name for part in kept for name in part.files}
    fresh = {name: held for name, held in there.items() if name not in covered}
    return [*kept, *_cut(folder, fresh, n_bytes)]


def _cut(folder: Folder, there: Mapping[str, Held], n_bytes: int) -> Iterator[Part]:
    calls = {contact_of(name) for name in there if name.lower().endswith(SUFFIXES)}
    heard: dict[str, dict[str, Held]] = {}
    small: dict[str, Held] = {}
    for name, held in there.items():
        if contact_of(name) in calls:
            heard.setdefault(contact_of(name), {})[name] = held
        elif name.endswith(_ANALYSED):
            yield _part("analysed", {name: held})
        elif held.size > n_bytes and _is_of_lines(folder, name):
            yield from _stretches(name, held, n_bytes)
        else:
            small[name] = held
    yield from _packed("files", [{name: held} for name, held in small.items()], n_bytes)
    yield from _packed("recordings", list(heard.values()), None)


def _is_of_lines(folder: Folder, name: str) -> bool:
    if not name.lower().endswith(_LINES):
        return False
    first = folder.read(name, 0, _LOOKED_AT)
    return plain.recognises(first, name)


def _stretches(name: str, held: Held, n_bytes: int) -> Iterator[Part]:
    edges = [*range(0, held.size, n_bytes), held.size]
    for start, end in pairwise(edges):
        yield _part("lines", {name: held}, start, end)


def _packed(
    kind: PartKind, groups: Sequence[Mapping[str, Held]], n_bytes: int | None
) -> Iterator[Part]:
    """Return parts of groups of files that belong together, as many as make a part."""
    taken: dict[str, Held] = {}
    n_taken = 0
    for group in groups:
        is_full = n_taken >= (_MOST_CALLS if n_bytes is None else _MOST_FILES)
        size = sum(held.size for held in (*taken.values(), *group.values()))
        if taken and (is_full or (n_bytes is not None and size > n_bytes)):
            yield _part(kind, taken)
            taken, n_taken = {}, 0
        taken |= group
        n_taken += 1
    if taken:
        yield _part(kind, taken)


def _part(kind: PartKind, held: Mapping[str, Held], start: int = 0, end: int | None = None) -> Part:
    names = "\0".join((*held, str(start)))
    return Part(
        name=hashlib.blake2b(names.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest(),
        kind=kind,
        files=tuple(held),
        stamps=tuple(one.stamp for one in held.values()),
        start=start,
        end=end,
    )


def _named(part: Part) -> dict[str, dict[str, str]]:
    return {"files": dict(zip(part.files, part.stamps, strict=True))}
