"""
Recordings to conversations: decoded, who talks when, what was said, and by whom.

A recording is one file with a track or two, or a file a side. Sides that the file or its name tells
apart keep their tracks; two voices on one track are parted by their sound.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
import hashlib
from pathlib import Path

import numpy as np

from kindline.errors import UnsupportedInputError
from kindline.model.conversation import (
    Conversation,
    ConversationId,
    Dialog,
    Role,
    Track,
    Turn,
    parties_of,
)
from kindline.model.interval import Interval, merged
from kindline.speech import activity
from kindline.speech.decode import PER_MS, Samples, decoded
from kindline.speech.hold import holds
from kindline.speech.recognisers import Recogniser
from kindline.speech.separation import parted
from kindline.words import Word, turns

PAUSE_MS = 700  # a longer one ends an utterance
AROUND_MS = 100  # silence kept before and after, so that no first sound is cut off
_ENOUGH_MS = 30_000  # of speech to know a language by
_VIDEO = (".mp4", ".mov", ".webm", ".mkv")
_READ = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a recording; `roles` are those of its channels, as far as they are known."""

    path: Path
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The files of one contact, and the name they go by together."""

    source: str
    files: tuple[File, ...]
    language: str | None = None
    started_at: datetime | None = None

    @property
    def id(self) -> ConversationId:
        """Return an id by what the files hold; renamed, they are the same contact."""
        digest = hashlib.blake2b(digest_size=16)
        for file in self.files:
            with file.path.open("rb") as content:
                while block := content.read(_READ):
                    digest.update(block)
        return ConversationId(f"recording-{digest.hexdigest()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One track: its samples, its speech, and the pieces of it with their speakers."""

    role: Role
    samples: Samples
    speech: tuple[Interval, ...]
    pieces: tuple[tuple[Interval, str | None], ...]


def cut_by(recogniser: Recogniser) -> str:
    """Return how turns came about, for `Conversation.cut`."""
    return f"one turn per speaker, heard by {recogniser.name} and {activity.NAME}"


def heard(
    recording: Recording,
    recogniser: Recogniser,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Conversation:
    """
    Return the conversation on a recording; `progress` is told milliseconds of it as they are done.

    Raises:
        UnsupportedInputError: when it cannot be decoded, holds no speech, or is in no language the
            recogniser knows.
    """
    stated = _stated_language(recording, recogniser)
    sides, length_ms = _sides(recording)
    if not any(side.speech for side in sides):
        raise _refusal(recording, "speech", "none", "people talking")
    language = stated or recogniser.language_of(_first_speech(sides))
    if language is None:
        raise _refusal(recording, "language", "none we are sure of", "one stated: --language")
    told = _told(sides, recogniser, language, lambda ms: progress(ms // len(sides)))
    if not told:
        raise _refusal(recording, "words", "none that could be made out", "people talking")
    is_video = any(file.path.suffix.lower() in _VIDEO for file in recording.files)
    return Conversation(
        id=recording.id,
        source=recording.source,
        turns=told,
        language=language,
        channel="video" if is_video else "voice",
        started_at=recording.started_at,
        parties=parties_of(told),
        dialogs=(Dialog(kind="recording", started_at=recording.started_at, duration_ms=length_ms),),
        tracks=tuple(_tracks(sides)),
        cut=cut_by(recogniser),
    )


def _sides(recording: Recording) -> tuple[list[_Side], int]:
    """Return every track of every file with its speech, and the length of the longest."""
    tracks: list[tuple[Role, Samples]] = []
    length_ms = 0
    for file in recording.files:
        audio = decoded(file.path, source=recording.source)
        length_ms = max(length_ms, audio.length_ms)
        is_told = len(file.roles) == len(audio.tracks)
        for number, samples in enumerate(audio.tracks):
            tracks.append((file.roles[number] if is_told else "unknown", samples))
    with ThreadPoolExecutor(len(tracks)) as pool:
        spoken = list(pool.map(activity.stretches, (samples for _, samples in tracks)))
    sides: list[_Side] = []
    for number, ((role, samples), speech) in enumerate(zip(tracks, spoken, strict=True)):
        if len(tracks) == 1 and role == "unknown":
            pieces = parted(samples, speech).pieces
        else:
            pieces = tuple((stretch, f"track {number}") for stretch in speech)
        sides.append(_Side(role=role, samples=samples, speech=speech, pieces=pieces))
    return sides, length_ms


def _stated_language(recording: Recording, recogniser: Recogniser) -> str | None:
    """Return the language to listen for, if stated; refuses one that the recogniser lacks."""
    known, stated = recogniser.languages, recording.language
    if known is None:
        return stated
    if not stated:
        found, expected = "none stated", "one: --language, or a recogniser that tells languages"
        raise _refusal(recording, "language", found, expected)
    if stated.partition("-")[0].lower() not in known:
        expected = f"{', '.join(known)}, or a recogniser for it: KINDLINE_SPEECH_MODEL"
        raise _refusal(recording, "language", stated, expected)
    return stated


def _first_speech(sides: Sequence[_Side]) -> Samples:
    side = max(sides, key=lambda one: sum(stretch.duration_ms for stretch in one.speech))
    parts = [_cut(side.samples, stretch) for stretch in side.speech]
    return np.concatenate(parts)[: _ENOUGH_MS * PER_MS]


def _told(
    sides: Sequence[_Side],
    recogniser: Recogniser,
    language: str,
    progress: Callable[[int], None],
) -> tuple[Turn, ...]:
    spoken = language.partition("-")[0].lower()

    def words_of(side: _Side) -> list[Word]:
        return list(_words(side, recogniser, spoken, progress))

    with ThreadPoolExecutor(len(sides)) as pool:
        words = list(pool.map(words_of, sides))
    roles = {f"track {number}": side.role for number, side in enumerate(sides)}
    told = turns(word for side in words for word in side)
    return tuple(replace(turn, role=roles.get(turn.speaker or "", "unknown")) for turn in told)


def _words(
    side: _Side, recogniser: Recogniser, language: str, progress: Callable[[int], None]
) -> Iterator[Word]:
    """Return the words of one track, utterance by utterance."""
    done_ms = 0
    for speaker, utterance in utterances(side.pieces, recogniser.longest_ms):
        start_ms = max(0, utterance.start_ms - AROUND_MS)
        around = Interval(start_ms=start_ms, end_ms=utterance.end_ms + AROUND_MS)
        for word in recogniser.words(_cut(side.samples, around), language):
            yield _placed(word, speaker, start_ms, utterance)
        progress(utterance.end_ms - done_ms)
        done_ms = utterance.end_ms
    progress(len(side.samples) // PER_MS - done_ms)


def _placed(word: Word, speaker: str | None, offset_ms: int, utterance: Interval) -> Word:
    """Return a word at its time in the recording; one without a time has the utterance's."""
    start_ms, end_ms = utterance.start_ms, utterance.end_ms
    if word.start_ms is not None and word.end_ms is not None:
        start_ms = min(max(start_ms, word.start_ms + offset_ms), end_ms)
        end_ms = min(max(start_ms, word.end_ms + offset_ms), end_ms)
    return replace(word, speaker=speaker, start_ms=start_ms, end_ms=end_ms)


def utterances(
    pieces: Sequence[tuple[Interval, str | None]], longest_ms: int
) -> Iterator[tuple[str | None, Interval]]:
    """Return runs of one speaker's speech without a long pause, none longer than that."""
    run: tuple[str | None, Interval] | None = None
    for piece, speaker in pieces:
        for part in _shortened(piece, longest_ms):
            if run is not None and _belongs(run, speaker, part, longest_ms):
                run = speaker, Interval(start_ms=run[1].start_ms, end_ms=part.end_ms)
                continue
            if run is not None:
                yield run
            run = speaker, part
    if run is not None:
        yield run


def _belongs(
    run: tuple[str | None, Interval], speaker: str | None, part: Interval, longest_ms: int
) -> bool:
    gap_ms, whole_ms = part.start_ms - run[1].end_ms, part.end_ms - run[1].start_ms
    return run[0] == speaker and gap_ms <= PAUSE_MS and whole_ms <= longest_ms


def _shortened(piece: Interval, longest_ms: int) -> Iterator[Interval]:
    for start in range(piece.start_ms, piece.end_ms, longest_ms):
        yield Interval(start_ms=start, end_ms=min(piece.end_ms, start + longest_ms))


def _tracks(sides: Sequence[_Side]) -> Iterator[Track]:
    """Return who talked when, by speaker where one track holds two."""
    for side in sides:
        speakers = list(dict.fromkeys(speaker for _, speaker in side.pieces)) or [None]
        music = holds(side.samples, side.speech)
        for number, speaker in enumerate(speakers):
            own = merged(piece for piece, one in side.pieces if one == speaker)
            hold = music if number == 0 else ()
            yield Track(role=side.role, speaker=speaker, speech=own, hold=hold)


def _cut(samples: Samples, stretch: Interval) -> Samples:
    return samples[stretch.start_ms * PER_MS : stretch.end_ms * PER_MS]


def _refusal(recording: Recording, field: str, found: str, expected: str) -> UnsupportedInputError:
    return UnsupportedInputError(recording.source, "recording", field, found, expected)
