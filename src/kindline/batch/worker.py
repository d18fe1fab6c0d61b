"""
One part, done whole: read, judged, put in place, marked.

A part's marker is written last and names its file with a hash; what has no marker is not there.
The same part done twice writes the same file again, so that a worker may die anywhere. Each try
leaves a note before it begins: a part that ended its worker a few times over, or took for ever, is
taken apart in processes of its own, until the record that does it stands alone and is put aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
import hashlib
import io
import json
import secrets
from typing import Any

from kindline.analysis import collect_seldom
from kindline.batch import apart
from kindline.batch.folder import EXTRA, Folder
from kindline.batch.operators import Analyser, Recipe
from kindline.batch.parts import Part
from kindline.batch.processes import ended_after
from kindline.batch.reading import heard, table_of
from kindline.extras import library
from kindline.intake.listening import Listener
from kindline.policy import leave
from kindline.speech.recognisers import Choice

ANALYSES, REJECTED, MARKERS, TRIES = "analyses", "rejected", "parts", "tries"
N_TRIES = 3
COUNTED = ("analysed", "denied", "rejected")
Marker = Mapping[str, Any]  # what a part held and what became of it, as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    What to read, where to write, how to judge: all a worker anywhere is told.

    A worker whose analysis of a part takes longer than `patience_s`, more of a part larger than
    usual, is ended. Listening to recordings takes the time it takes.
    """

    source: Folder
    target: Folder
    recipe: Recipe
    patience_s: float = 600.0


class Worker:
    """Does parts, one after another; loads models with the first."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: Part) -> Marker:
        """Return the marker of a part, once the part is in place."""
        target = self._job.target
        is_suspect = len(self._notes(part)) >= N_TRIES
        target.write(f"{TRIES}/{part.name}-{secrets.token_hex(4)}", b"")
        if is_suspect:
            table = apart.analysed(self._job.recipe, part, self, self._job.patience_s)
        else:
            table = self.analysed(part)
        marker = self._kept(part, table)
        for note in self._notes(part):
            target.remove(f"{TRIES}/{note}")
        return marker

    @cached_property
    def analyser(self) -> Analyser:
        """Return the operator, its models loaded."""
        collect_seldom()
        return Analyser(self._job.recipe)

    def read(self, part: Part) -> Any:
        """Return a part as a table to be read; recordings are listened to for it."""
        if part.kind != "recordings":
            return table_of(part, self._job.source)
        return heard(part, self._job.source, self._job.recipe, self._listener)

    def analysed(self, part: Part) -> Any:
        """Return the analyses of a part; ends this process where they take for ever."""
        table = self.read(part)
        analyser = self.analyser
        with ended_after(apart.limit_s(self._job.patience_s, table)):
            return analyser(table)

    @cached_property
    def _listener(self) -> Listener:
        recipe, judges = self._job.recipe, self.analyser.judges
        return Listener(
            choice=Choice(folder=recipe.speech_model, device=recipe.speech_device),
            language=recipe.language,
            is_denied=lambda shell: (
                leave(shell, judges.rules, declared=judges.declared, now=recipe.now).denial
                is not None
            ),
            is_stored=lambda _: False,
        )

    def _notes(self, part: Part) -> list[str]:
        notes = self._job.target.listing(TRIES)
        return [note for note in notes if note.startswith(part.name)]

    def _kept(self, part: Part, table: Any) -> Marker:
        """Put analyses and rejected records in place, then the marker."""
        compute = library("pyarrow.compute", EXTRA)
        is_rejected = compute.equal(table["status"], "rejected")
        raw = _parquet(table.filter(compute.invert(is_rejected)))
        problems = table.filter(is_rejected)["problem"].to_pylist()
        target = self._job.target
        target.write(f"{ANALYSES}/{part.name}.parquet", raw)
        beside = f"{REJECTED}/{part.name}.jsonl"
        if problems:
            target.write(beside, "".join(f"{problem}\n" for problem in problems).encode())
        else:
            target.remove(beside)
        status = table["status"].to_pylist()
        marker = {
            **part.as_json(),
            "read": len(status),
            **{name: status.count(name) for name in COUNTED},
            "sha256": hashlib.sha256(raw).hexdigest(),
            "bytes": len(raw),
        }
        target.write(f"{MARKERS}/{part.name}.json", json.dumps(marker).encode())
        return marker


def _parquet(table: Any) -> bytes:
    out = io.BytesIO()
    library("pyarrow.parquet", EXTRA).write_table(table, out, compression="zstd")
    return out.getvalue()
