"""
Write docs/reference/ from the code.

    python docs/build.py

A test compares what this writes with what stands there, so the reference cannot fall behind.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
import importlib
import inspect
import os
from pathlib import Path
from typing import Any

import typer.main

from kindline.cli import COMMANDS, application
from kindline.config import Settings
from kindline.contract import rejected_as_json
from kindline.errors import InputError
from kindline.export import WRITERS
from kindline.export.columns import COLUMNS
from kindline.ingest import FORMATS, format_of, read_file
from kindline.languages import codes, pack
from kindline.model.conversation import Conversation
from kindline.policy import profile, profile_names
from kindline.signals import CATALOGUE
from kindline.speech.decode import decoded, is_recording

FOLDER = Path(__file__).resolve().parent / "reference"
DATA = (
    "vcon_samples",
    "vendor_transcript_json",
    "harper_valley",
    "aws_call_audio",
    "azure_speech_samples",
    "speech_clips",
    "speech_to_phrase",
)
SHARED = Path(os.environ.get("KINDLINE_SHARED", FOLDER.parents[2] / "shared"))


def main() -> None:
    """Write every page; the one of the samples where they are at hand."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
    if (SHARED / "samples").is_dir():
        (FOLDER / "samples.md").write_text(samples(SHARED), "utf-8")


def commands() -> str:
    """Return a section per command: what it is for, its arguments and its options."""
    parts = ["# Commands\n"]
    for name in COMMANDS:
        group: Any = typer.main.get_command(application([name]))  # typer keeps its click inside
        parts.append(f"## kindline {name}\n\n{COMMANDS[name]}\n")
        rows = [_parameter(parameter) for parameter in group.commands[name].params]
        parts.append(_table(("argument or option", "what it is"), rows))
    parts.append(
        "## Exit status\n\n"
        "0: everything was read. 1: something was rejected, or could not be reached. 2: a wrong "
        "name or path was given.\n"
    )
    return "\n".join(parts)


def settings() -> str:
    """Return a table of settings."""
    rows = [
        (f"`KINDLINE_{name.upper()}`", _default(name, field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    head = "# Settings\n\nA flag goes before the environment, the environment before the default.\n"
    return f"{head}\n{_table(('variable', 'default', 'what it is'), rows)}"


def formats() -> str:
    """Return a table of formats."""
    rows = []
    for form in FORMATS:
        module = importlib.import_module(f"kindline.ingest.{_stem(form)}")
        rows.append((form.NAME, ", ".join(form.SUFFIXES), _summary(module.__doc__)))
    head = (
        "# Formats\n\nA format is found by what a file holds; its name decides only between two.\n"
    )
    return f"{head}\n{_table(('format', 'usual endings', 'what it is'), rows)}"


def signals() -> str:
    """Return a table of signals."""
    rows = [
        (f"`{name}`", _summary(importlib.import_module(f"kindline.signals.{name}").__doc__))
        for name in CATALOGUE
    ]
    head = "# Signals\n\nWhat is told of one conversation, one file each.\n"
    return f"{head}\n{_table(('signal', 'what it asks'), rows)}"


def policies() -> str:
    """Return a table of policy profiles."""
    rows = []
    for name in profile_names():
        rules = profile(name)
        local = "; ".join(
            f"{code}: {', '.join(sorted(bases))}" for code, bases in rules.bases_by_country.items()
        )
        kept = ", ".join(f"{what} {days}" for what, days in rules.keep_days.items())
        seen = ", ".join(rules.seen_by["agent_behaviours"])
        rows.append((f"`{name}`", rules.title, ", ".join(sorted(rules.bases)), local, kept, seen))
    head = "# Policies\n\nProfiles are data, in `src/kindline/policies/`. None is legal advice.\n"
    columns = (
        "profile",
        "for",
        "accepts",
        "by country",
        "keeps, in days",
        "who sees agent behaviours",
    )
    return f"{head}\n{_table(columns, rows)}"


def languages() -> str:
    """Return a table of language packs."""
    rows = [(code, pack(code).name, pack(code).version, pack(code).source) for code in codes()]
    head = "# Languages\n\nA language is a folder in `src/kindline/languages/`.\n"
    return f"{head}\n{_table(('code', 'language', 'version', 'who wrote and read it'), rows)}"


def columns() -> str:
    """Return the data dictionary of what `kindline export` writes, and its formats."""
    formats = [(f"`{writer.NAME}`", writer.PURPOSE) for writer in WRITERS]
    rows = [(f"`{column.name}`", column.kind, column.meaning) for column in COLUMNS]
    head = "# What `kindline export` writes\n"
    rows_are = (
        "## The columns of a row\n\nOne row a conversation. What is not known, or not "
        "for the reader, is empty: never 0, never `absent`. "
        "Counts are whole numbers, times are UTC.\n"
    )
    tables = _table(("format", "what it is"), formats), _table(("column", "kind", "meaning"), rows)
    return f"{head}\n{tables[0]}\n{rows_are}\n{tables[1]}"


def samples(shared: Path) -> str:
    """Return a table of the exports and recordings beside the checkout: what came of each."""
    roots = [shared / "samples", *(shared / "data" / name for name in DATA)]
    rows = [row for root in roots for row in _outcomes(root, root.parent)]
    head = (
        "# What came of the samples\n\nReal and handmade exports and recordings, read where they "
        "lie and never copied. Of a recording the table tells what was decoded; how right the "
        "words of some of them are stands in [what was measured](../measured.md).\n"
    )
    return f"{head}\n{_table(('file', 'format', 'what came of it'), rows)}"


def _outcomes(root: Path, above: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted(path for path in root.rglob("*") if _is_sample(path)):
        name = path.relative_to(above).as_posix()
        if is_recording(path.read_bytes()[:16]):
            yield f"`{name}`", "recording", _decoded(path, name)
        else:
            for item in read_file(path, source=name):
                yield f"`{name}`", *_outcome(item, path)


def _decoded(path: Path, name: str) -> str:
    try:
        audio = decoded(path, source=name)
    except InputError as error:
        told = rejected_as_json(error, name)
        return f"refused: {told['field']}: {told['found']}"
    tracks = "1 track" if len(audio.tracks) == 1 else f"{len(audio.tracks)} tracks"
    return f"decoded: {tracks}, {audio.length_ms / 1000:.1f} s"


def _is_sample(path: Path) -> bool:
    """Return whether it is material and no note about it, and no source code of a vendor."""
    notes = ("SOURCE.md", "LICENSE", "LICENSE.md")
    return path.is_file() and path.name not in notes and not path.name.endswith(".ts.txt")


def _outcome(item: Conversation | InputError, path: Path) -> tuple[str, str]:
    form = format_of(path.read_bytes(), path.name)
    name = "none" if form is None else form.NAME
    if isinstance(item, Conversation):
        spoken = Counter(turn.role for turn in item.turns)
        by_role = ", ".join(f"{n} {role}" for role, n in sorted(spoken.items()))
        return name, f"read: {by_role}"
    told = rejected_as_json(item, path.name)
    return name, f"refused: {told['field']}: {told['found']}"


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "columns.md": columns,
    "formats.md": formats,
    "signals.md": signals,
    "policies.md": policies,
    "languages.md": languages,
}


def _parameter(parameter: Any) -> tuple[str, str]:
    is_option = parameter.param_type_name == "option"
    name = ", ".join(parameter.opts) if is_option else parameter.name.upper()
    return f"`{name}`", parameter.help or ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _summary(doc: str | None) -> str:
    return " ".join(inspect.cleandoc(doc or "").partition("\n\n")[0].split())


def _stem(form: object) -> str:
    return getattr(form, "__name__", "").rpartition(".")[2]


def _default(name: str, value: object) -> str:
    if name == "home":
        return "`~/.kindline`"
    return "none" if value is None else f"`{value}`"


if __name__ == "__main__":
    main()
