"""What the tests of batches read, and what the serial library makes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kindline.analysis import admitted, analyse
from kindline.batch.folder import Folder
from kindline.batch.operators import Recipe
from kindline.batch.run import manifest_of
from kindline.batch.worker import Job
from kindline.contract import as_json
from kindline.ingest import read_file
from kindline.model.conversation import Conversation
from kindline.policy import profile
from kindline.redaction.hidden import VERSION, redacted

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
RECIPE = Recipe(policy="eu-strict", basis="consent", now=NOW)


def lines(n: int, language: str = "en") -> list[str]:
    """Return that many conversations of a language, as they stand in its file."""
    path = ROOT / "corpus" / language / "conversations.jsonl"
    return path.read_text("utf-8").splitlines()[:n]


def filled(folder: Path, n: int, languages: Sequence[str] = ("en", "nl", "hu", "fr")) -> Path:
    """Return a folder with a file a language, of so many conversations each."""
    folder.mkdir(parents=True)
    for language in languages:
        (folder / f"{language}.jsonl").write_text("\n".join(lines(n, language)) + "\n", "utf-8")
    return folder


def job(source: Path | str, target: Path | str, recipe: Recipe = RECIPE) -> Job:
    """Return a job from one folder to another."""
    return Job(
        source=Folder(address=str(source)), target=Folder(address=str(target)), recipe=recipe
    )


def serial(paths: Iterable[Path]) -> dict[str, Any]:
    """Return id -> what the library says of each conversation, one after another."""
    found: dict[str, Any] = {}
    for path in paths:
        for one in read_file(path):
            assert isinstance(one, Conversation)
            found[one.id] = alone(one)
    return found


def alone(one: Conversation) -> dict[str, Any]:
    """Return what the library says of a conversation by itself."""
    rules = profile("eu-strict")
    given, language = admitted(one, rules, declared="consent", now=NOW)
    hidden = one if given.denial else redacted(one, language)
    told = analyse(hidden, rules, declared="consent", now=NOW)
    return as_json(replace(told, versions={**told.versions, "redaction": VERSION}))


def written(target: Path) -> list[dict[str, Any]]:
    """Return the rows that a finished batch wrote, by its manifest."""
    folder = Folder(address=str(target))
    rows: list[dict[str, Any]] = []
    for marker in manifest_of(folder)["parts"]:
        raw = folder.read(f"analyses/{marker['name']}.parquet")
        rows += pq.read_table(io.BytesIO(raw)).to_pylist()
    return rows


def hashes(target: Path) -> Mapping[str, str]:
    """Return part -> hash of what it wrote."""
    told = json.loads((target / "manifest.json").read_text("utf-8"))
    return {part["name"]: part["sha256"] for part in told["parts"]}


def told_alike(one: Any, other: Any) -> bool:
    """Return whether two analyses say the same; numbers may differ by a millionth."""
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) <= 1e-6
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(told_alike(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(told_alike, one, other))
    return bool(one == other)
