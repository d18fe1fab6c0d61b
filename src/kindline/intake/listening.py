"""
Recordings on their way to conversations: the policy first, then what is stored, then the ear.

What the policy refuses is counted and not listened to. What is stored by the same recogniser is not
listened to again. Every hour that comes in is accounted for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kindline.errors import InputError, ModelError, UnsupportedInputError
from kindline.ingest import format_of, read_file, vcon
from kindline.intake.about import Abouts
from kindline.intake.contacts import Handed
from kindline.model.conversation import Conversation, ConversationId, parties_of
from kindline.sealed import is_sealed, opened
from kindline.speech.decode import length_ms
from kindline.speech.recognisers import Choice, Recogniser, recogniser
from kindline.speech.recording import File, Recording, cut_by, heard

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class StoredBefore:
    """In the place of a recording that is stored with its words already."""

    source: str


@dataclass(slots=True)
class Hours:
    """Milliseconds of sound that came in, and what became of them; `n_unknown` told no length."""

    heard: int = 0
    stored: int = 0
    beside: int = 0
    denied: int = 0
    refused: int = 0
    n_unknown: int = 0

    @property
    def has_any(self) -> bool:
        """Return whether any recording came in."""
        return self != Hours()

    def __str__(self) -> str:
        parts = {
            "heard": self.heard,
            "stored before": self.stored,
            "left to a transcript or a copy beside": self.beside,
            "denied": self.denied,
            "refused": self.refused,
        }
        known = {what: ms for what, ms in parts.items() if ms} or {"heard": 0}
        told = " + ".join(f"{ms / _HOUR_MS:.3f} {what}" for what, ms in known.items())
        unknown = f"; {self.n_unknown} recordings of unknown length" if self.n_unknown else ""
        return f"{sum(parts.values()) / _HOUR_MS:.3f} hours of sound = {told}{unknown}"

    def add(self, what: str, recording: Recording) -> None:
        """Count a recording's length, that of its longest file."""
        self.add_files(what, [file.path for file in recording.files])

    def add_files(self, what: str, paths: Sequence[Path]) -> None:
        """Count the longest of these files."""
        try:
            lengths = [length for path in paths if (length := length_ms(path)) is not None]
        except ModelError:
            lengths = []
        if lengths:
            setattr(self, what, getattr(self, what) + max(lengths))
        else:
            self.n_unknown += 1


@dataclass(kw_only=True)
class Listener:
    """Who listens in this run, to what, and what it came to."""

    choice: Choice
    language: str | None
    is_denied: Callable[[Conversation], bool]
    is_stored: Callable[[Conversation], bool]
    keys: Sequence[Any] = ()
    progress: Callable[[int], None] = lambda _: None
    hours: Hours = field(default_factory=Hours)
    sounds: dict[str, list[Path]] = field(default_factory=dict[str, list[Path]])

    @cached_property
    def recogniser(self) -> Recogniser:
        """Return the recogniser, loaded when the first recording needs it."""
        return recogniser(self.choice)

    def conversation(
        self, recording: Recording, shell: Conversation
    ) -> Conversation | StoredBefore | InputError:
        """Return what was said on a recording, with what the shell says of it; or why not."""
        if self.is_denied(shell):
            self.hours.add("denied", recording)
            return shell
        try:
            if self.is_stored(replace(shell, cut=cut_by(self.recogniser))):
                self.hours.add("stored", recording)
                return StoredBefore(recording.source)
            told = heard(
                replace(recording, language=shell.language),
                self.recogniser,
                progress=self.progress,
            )
        except InputError as error:
            self.hours.add("refused", recording)
            return error
        except ModelError as error:
            self.hours.add("refused", recording)
            return _unheard(recording, error)
        self.hours.add("heard", recording)
        self.sounds = {shell.id: [file.path for file in recording.files]}  # of the last one heard
        return replace(
            shell,
            turns=told.turns,
            language=told.language,
            channel=told.channel,
            parties=parties_of(told.turns),
            dialogs=told.dialogs,
            tracks=told.tracks,
            cut=told.cut,
        )


def records(
    handed: Handed, listener: Listener, abouts: Abouts
) -> Iterator[Conversation | StoredBefore | InputError]:
    """
    Return the conversations of a contact's files, and an error in the place of each bad record.

    A transcript that is read goes before the recording beside it. A vCon without words speaks for
    it. Any other transcript that cannot be read may hold a refusal: its recording is left alone.
    """
    n_read = n_unread = 0
    is_told = handed.recording is not None and _vcon(handed, listener.keys) is not None
    for record in _of_words(handed, listener.keys):
        if isinstance(record, Conversation):
            n_read += 1
            yield abouts.told(record)
        elif within := list(_within(handed, listener, abouts)):
            yield from within
        elif not is_told:
            n_unread += _may_refuse(handed)
            yield record
    if handed.others:
        listener.hours.add_files("beside", handed.others)
    if handed.recording is not None:
        yield from _of_sound(handed.recording, handed, listener, abouts, (n_read, n_unread))


def _of_sound(
    recording: Recording,
    handed: Handed,
    listener: Listener,
    abouts: Abouts,
    beside: tuple[int, int],
) -> Iterator[Conversation | StoredBefore | InputError]:
    """Return what is said on a recording, unless words were read, or not readable, beside it."""
    n_read, n_unread = beside
    if n_read:
        listener.hours.add("beside", recording)
    elif n_unread:
        listener.hours.add("refused", recording)
    else:
        shell = _vcon(handed, listener.keys) or _bare(recording)
        yield _listened(recording, shell, listener, abouts)


def shell_of(
    handed: Handed, recording: Recording, keys: Sequence[Any] = ()
) -> Conversation | InputError:
    """Return what the files say of a recording, a refusal first; an error if unreadable."""
    found = list(_of_words(handed, keys))
    told = [one for one in found if isinstance(one, Conversation)]
    refusing = [one for one in told if one.lawful_basis and one.lawful_basis.name is None]
    if told:
        return replace((refusing or told)[0], turns=())
    silent = _vcon(handed, keys)
    if silent is None and found and _may_refuse(handed) and isinstance(found[0], InputError):
        return found[0]
    return silent or _bare(recording)


def _of_words(handed: Handed, keys: Sequence[Any]) -> Iterator[Conversation | InputError]:
    path, source = handed.words, handed.source
    if path is None:
        return
    if not path.exists():
        expected = "a file or a folder"
        yield UnsupportedInputError(source, "file", "path", "nothing there", expected)
        return
    yield from read_file(path, source=source, keys=keys)


def _within(
    handed: Handed, listener: Listener, abouts: Abouts
) -> Iterator[Conversation | StoredBefore | InputError]:
    """Return what is said on recordings that a vCon without words carries within itself."""
    shell = None if handed.recording else _vcon(handed)
    if shell is None or handed.words is None:
        return
    try:
        found = list(vcon.recordings(handed.words.read_bytes(), source=handed.source))
    except InputError as error:
        yield error
        return
    for number, (sound, started_at) in enumerate(found, start=1):
        own = shell
        if len(found) > 1:
            identity = ConversationId(f"{shell.id}-{number}")
            own = replace(shell, id=identity, started_at=started_at, contact_id=shell.id)
        with TemporaryDirectory(prefix="kindline-") as folder:
            path = Path(folder) / "recording"
            path.write_bytes(sound)
            recording = Recording(source=handed.source, files=(File(path=path),))
            yield _listened(recording, own, listener, abouts)


def _listened(
    recording: Recording, shell: Conversation, listener: Listener, abouts: Abouts
) -> Conversation | StoredBefore | InputError:
    names = [file.path.name for file in recording.files]
    told = abouts.told(shell, *names)
    language = told.language or listener.language
    return listener.conversation(recording, replace(told, language=language))


def _may_refuse(handed: Handed) -> bool:
    """Return whether a file that cannot be read is of a kind that may state a refusal."""
    if handed.words is None or not handed.words.is_file():
        return False
    raw = handed.words.read_bytes()
    return is_sealed(raw) or format_of(raw, handed.source) is not None


def _vcon(handed: Handed, keys: Sequence[Any] = ()) -> Conversation | None:
    """Return what a vCon tells of its recording beside any words, None for any other file."""
    if handed.words is None or not handed.words.is_file():
        return None
    raw = handed.words.read_bytes()
    try:
        if is_sealed(raw):
            raw, _ = opened(raw, handed.source, list(keys))
        if not vcon.recognises(raw, handed.source):
            return None
        return vcon.without_words(raw, source=handed.source)
    except InputError:
        return None


def _bare(recording: Recording) -> Conversation:
    """Return what is known of a recording that nothing lies beside."""
    return Conversation(
        id=recording.id,
        source=recording.source,
        turns=(),
        language=recording.language,
        channel="voice",
        started_at=recording.started_at,
    )


def _unheard(recording: Recording, error: ModelError) -> InputError:
    expected = error.expected
    return UnsupportedInputError(recording.source, "recording", error.where, error.found, expected)
