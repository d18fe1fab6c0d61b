"""
Readers, one file per format. Each is a module with `NAME`, `SUFFIXES`, `recognises` and `read`.

A format is found by what a file holds; its name only decides between two that both fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from kindline import sealed
from kindline.errors import InputError, UnsupportedInputError
from kindline.ingest import (
    assemblyai,
    azure_content,
    azure_speech,
    contact_lens,
    deepgram,
    genesys,
    harper_valley,
    insights,
    intercom,
    mail,
    pca,
    plain,
    rev_ai,
    speechmatics,
    subtitles,
    transcribe,
    turns_table,
    twilio_conversations,
    twilio_intelligence,
    vcon,
    whisper,
    whisper_cpp,
    whisperx,
    wtf,
    zendesk,
)
from kindline.model.conversation import Conversation


class Format(Protocol):
    """What a reader's module offers."""

    @property
    def NAME(self) -> str:  # noqa: N802 -- a constant of a module
        """Return the name of the format."""
        ...

    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """Return the file name endings it usually has."""
        ...

    def recognises(self, raw: bytes, name: str) -> bool:
        """Return whether a file looks like this format."""
        ...

    def read(self, raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
        """
        Return its conversations, and an error in the place of each bad record.

        Raises:
            InputError: when the file as a whole cannot be read.
        """
        ...


FORMATS: tuple[Format, ...] = (
    vcon,
    contact_lens,
    transcribe,
    pca,
    genesys,
    insights,
    twilio_intelligence,
    twilio_conversations,
    zendesk,
    intercom,
    deepgram,
    assemblyai,
    speechmatics,
    rev_ai,
    azure_content,
    azure_speech,
    wtf,
    whisperx,
    whisper_cpp,
    whisper,
    harper_valley,
    plain,
    turns_table,
    subtitles,
    mail,
)


def read_file(
    path: Path | str, *, source: str | None = None, keys: Sequence[Any] = ()
) -> Iterator[Conversation | InputError]:
    """
    Return what a file holds: a conversation, or the error in its place, per record.

    `source` is the name the file goes by in results and errors: the path as given, unless stated.
    `keys` open and check sealed vCons (`kindline.sealed.keys_in`).
    """
    path = Path(path)
    source = source or path.as_posix()
    try:
        if path.stat().st_size > _HELD_WHOLE:
            yield from _read_large(path, source, keys)
        else:
            yield from read_bytes(path.read_bytes(), source=source, keys=keys)
    except OSError as error:
        found = type(error).__name__
        yield UnsupportedInputError(source, "file", "file", found, "a file we may read")


def _read_large(
    path: Path, source: str, keys: Sequence[Any]
) -> Iterator[Conversation | InputError]:
    """Return what a large file holds: read line by line, or whole where memory allows."""
    with path.open("rb") as file:
        first = file.readline(_HELD_WHOLE)
        file.seek(0)
        if plain.recognises(first, source) and plain.is_lines(first.decode("utf-8", "replace")):
            yield from plain.read_lines(file, source=source)
            return
    size = path.stat().st_size
    if size > _LARGEST:
        expected = f"at most {_LARGEST >> 20} MiB, or JSON Lines with a conversation each"
        yield UnsupportedInputError(source, "file", "size", f"{size >> 20} MiB", expected)
        return
    yield from read_bytes(path.read_bytes(), source=source, keys=keys)


def read_bytes(
    raw: bytes, *, source: str, keys: Sequence[Any] = ()
) -> Iterator[Conversation | InputError]:
    """Return what the bytes of a file hold."""
    if not sealed.is_sealed(raw):
        yield from _read(raw, source)
        return
    try:
        inner, checked = sealed.opened(raw, source, list(keys))
    except InputError as error:
        yield error
        return
    for item in _read(inner, source):
        yield _stamped(item, checked) if isinstance(item, Conversation) else item


def _stamped(conversation: Conversation, checked: str) -> Conversation:
    return replace(conversation, cut=f"{conversation.cut}; {checked}")


def _read(raw: bytes, source: str) -> Iterator[Conversation | InputError]:
    found = format_of(raw, source)
    if found is None:
        known = ", ".join(form.NAME for form in FORMATS)
        yield UnsupportedInputError(source, "file", "content", _what(raw), f"one of: {known}")
        return
    try:
        yield from found.read(raw, source=source)
    except InputError as error:
        yield error


def format_of(raw: bytes, name: str) -> Format | None:
    """Return the format of a file: one whose suffix fits goes before one whose does not."""
    named = [form for form in FORMATS if name.lower().endswith(form.SUFFIXES)]
    every = (*named, *(form for form in FORMATS if form not in named))
    return next((form for form in every if form.recognises(raw, name)), None)


_HELD_WHOLE, _LARGEST = 16 << 20, 256 << 20  # bytes
_RECORDINGS = (b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xf3", b"OggS", b"fLaC", b"FORM", b".snd")


def _what(raw: bytes) -> str:
    """Return what a file we cannot read seems to be."""
    if not raw.strip():
        return "nothing"
    return "a recording" if raw.startswith(_RECORDINGS) else "no format we know"
