"""
A whole batch: planned, what is done left out, the rest handed to an engine, everything counted.

The target holds `run.json`, how it is judged; `plan.json`, the parts; a marker a part; and
`manifest.json`, written when every part is done. A run begun anew goes on where it was; one that
would judge in another way is refused, as it would mix two versions in one folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
import json
from typing import Any

from kindline.analysis import versions
from kindline.batch.folder import Folder
from kindline.batch.operators import VERSION, Recipe
from kindline.batch.parts import PART_BYTES, Part, part_from, planned
from kindline.batch.worker import ANALYSES, COUNTED, MARKERS, REJECTED, TRIES, Job, Marker
from kindline.errors import PolicyError, UnavailableError
from kindline.languages import codes

PLAN, RUN, MANIFEST = "plan.json", "run.json", "manifest.json"
WRITTEN = (  # what a batch writes, the words first
    *(f"{folder}/" for folder in (ANALYSES, REJECTED, MARKERS, TRIES)),
    *(PLAN, RUN, MANIFEST),
)

Engine = Callable[[Job, Sequence[Part]], Iterator[Marker | UnavailableError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What became of a batch: records read and what they are; parts that are not done, and why."""

    n_parts: int
    n_read: int
    counts: Mapping[str, int]
    undone: tuple[UnavailableError, ...] = ()

    def __str__(self) -> str:
        parts = " + ".join(f"{self.counts[name]} {name}" for name in COUNTED)
        return f"{self.n_read} read = {parts}, in {self.n_parts} parts"


def run(
    job: Job,
    engine: Engine,
    *,
    n_bytes: int = PART_BYTES,
    follow: Callable[[Iterable[Any], int, int], Iterable[Any]] = lambda outcomes, _n, _of: outcomes,
) -> Total:
    """
    Do what is not done yet of a batch, and return what it came to in all.

    `follow` wraps outcomes as they come, with how many are to come and of how many, for a progress
    bar. Raises PolicyError where the target was judged in another way or lies in the source, and
    UnavailableError where there is nothing to read.
    """
    _refuse_within(job)
    job.target.sweep()
    job = _as_begun(job)
    markers = _markers(job.target)
    parts = planned(job.source, _plan(job.target), markers, n_bytes=n_bytes)
    if not parts:
        raise UnavailableError(f"{job.source.shown}: nothing there")
    told = {part.name: markers[part.name] for part in parts if _is_done(part, markers)}
    to_do = [part for part in parts if part.name not in told]
    if to_do or markers.keys() - told.keys():
        job.target.remove(MANIFEST)  # what it tells is about to be another
    _forget(job.target, markers.keys() - told.keys())
    _write(job.target, PLAN, [part.as_json() for part in parts])
    undone: list[UnavailableError] = []
    for outcome in follow(engine(job, to_do), len(to_do), len(parts)) if to_do else ():
        if isinstance(outcome, UnavailableError):
            undone.append(outcome)
        else:
            told[outcome["name"]] = outcome
    return _settled(job, [told[part.name] for part in parts if part.name in told], undone)


def manifest_of(target: Folder) -> Mapping[str, Any]:
    """Return what a finished batch says of itself; raises PolicyError where it is none."""
    if MANIFEST not in _top(target):
        raise PolicyError(f"{target.shown}: no {MANIFEST}; expected a finished `kindline batch`")
    told: Mapping[str, Any] = json.loads(target.read(MANIFEST))
    return told


def _settled(job: Job, markers: Sequence[Marker], undone: Sequence[UnavailableError]) -> Total:
    counts = {name: sum(marker[name] for marker in markers) for name in COUNTED}
    n_read = sum(marker["read"] for marker in markers)
    total = Total(n_parts=len(markers), n_read=n_read, counts=counts, undone=tuple(undone))
    if not undone:
        how = json.loads(job.target.read(RUN))
        told = {**how, "read": n_read, **counts, "parts": list(markers)}
        _write(job.target, MANIFEST, told)
    return total


def _refuse_within(job: Job) -> None:
    if f"{job.target.address}/".startswith(f"{job.source.address.rstrip('/')}/"):
        raise PolicyError(f"{job.target.shown}: lies in what is read; expected a folder beside it")


def _as_begun(job: Job) -> Job:
    """Return the job with the clock of its first run; refuse where that judged another way."""
    how = _how(job.recipe)
    if RUN not in _top(job.target):
        _write(job.target, RUN, how)
        return job
    before = json.loads(job.target.read(RUN))
    other = sorted(name for name in how.keys() | before.keys() if how.get(name) != before.get(name))
    if [name for name in other if name != "now"]:
        raise PolicyError(
            f"{job.target.shown}: judged by another {', '.join(n for n in other if n != 'now')}; "
            "expected a folder of its own for each way of judging"
        )
    return replace(job, recipe=replace(job.recipe, now=datetime.fromisoformat(before["now"])))


def _how(recipe: Recipe) -> dict[str, Any]:
    """Return what a result depends on besides the words."""
    judges = recipe.judges()
    named = (judges.model.name, judges.learnt.weights)
    return {
        "operator": VERSION,
        "policy": recipe.policy,
        "basis": recipe.basis,
        "redacts": recipe.redacts,
        "language": recipe.language,
        "channels": list(recipe.channels),
        "recogniser": None if recipe.speech_model is None else recipe.speech_model.name,
        "versions": {
            code: dict(judges.stamped(versions(judges.rules, code, None, *named)))
            for code in codes()
        },
        "now": recipe.now.isoformat(),
    }


def _is_done(part: Part, markers: Mapping[str, Marker]) -> bool:
    return part.name in markers and part_from(markers[part.name]) == part


def _markers(target: Folder) -> dict[str, Marker]:
    names = target.listing(MARKERS)
    found = [json.loads(target.read(f"{MARKERS}/{name}")) for name in names]
    return {marker["name"]: marker for marker in found}


def _plan(target: Folder) -> list[Part]:
    if PLAN not in _top(target):
        return []
    return [part_from(told) for told in json.loads(target.read(PLAN))]


def _forget(target: Folder, names: Iterable[str]) -> None:
    """Take away the parts of files that changed since: the marker first."""
    for name in sorted(names):
        target.remove(f"{MARKERS}/{name}.json")
        target.remove(f"{ANALYSES}/{name}.parquet")
        target.remove(f"{REJECTED}/{name}.jsonl")


def _top(target: Folder) -> set[str]:
    return {name for name in (RUN, PLAN, MANIFEST) if target.has(name)}


def _write(target: Folder, name: str, told: Any) -> None:
    target.write(name, json.dumps(told, indent=1).encode())
