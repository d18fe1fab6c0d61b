"""
Any recording or video to samples: 16 kHz, 16 bits, one track a channel; pictures are left alone.

Decoded block by block by FFmpeg's libraries (PyAV), so no program needs to be installed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kindline.errors import UnsupportedInputError
from kindline.extras import library

RATE = 16_000  # samples a second; what every recogniser here takes
PER_MS = RATE // 1000

Samples = NDArray[np.int16]

_LONGEST_MS = 6 * 3_600_000  # of all tracks together: 690 MB
_TWO_SIDES = 2
_ONE_VOICE_TWICE = 0.95  # correlation of two channels' loudness; above it nobody has a side alone
_BLOCK = RATE // 10
_RESAMPLED_TOGETHER = 100_000  # samples; a few seconds
_STARTS = (b"RIFF", b"RIFX", b"RF64", b"OggS", b"fLaC", b"FORM", b".snd", b"ID3", b"#!AMR", b"caff")
_FILMS = (b"\x1aE\xdf\xa3", b"0&\xb2u")  # Matroska and WebM; Windows Media
# The first two bytes of a frame of MPEG audio, of layers II and III, and of AAC in ADTS. FF FE is a
# text in UTF-16.
_FRAMES = tuple(bytes((0xFF, one)) for one in b"\xfa\xfb\xf2\xf3\xe2\xe3\xfc\xfd\xf4\xf5\xf1\xf9")
SUFFIXES = (
    ".wav",
    ".flac",
    ".aiff",
    ".aif",
    ".au",
    ".opus",
    ".ogg",
    ".oga",
    ".m4a",
    ".mp3",
    ".aac",
    ".mp4",
    ".mov",
    ".webm",
    ".mka",
    ".mkv",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A decoded recording: equally long tracks, one where the channels hold the same voices."""

    tracks: tuple[Samples, ...]

    @property
    def length_ms(self) -> int:
        """Return how long the recording is, in milliseconds."""
        return max((len(track) for track in self.tracks), default=0) // PER_MS


def is_recording(head: bytes) -> bool:
    """Return whether a file that starts so is audio or video."""
    return head.startswith((*_STARTS, *_FILMS, *_FRAMES)) or head[4:8] == b"ftyp"


def length_ms(path: Path) -> int | None:
    """Return what the file itself says of its length, None where it says nothing readable."""
    av = library("av", "speech")
    try:
        with av.open(str(path)) as container:
            length = container.duration
    except (av.FFmpegError, OSError, ValueError):
        return None
    return None if length is None else round(length / 1000)  # microseconds


def decoded(path: Path, *, source: str) -> Audio:
    """
    Return the tracks of a recording.

    Raises:
        UnsupportedInputError: when it holds no sound we can decode, or too much of it.
    """
    blocks = list(_blocks(path, source))
    if not blocks:
        raise _refusal(source, "sound", "none that can be decoded", "speech to listen to")
    joined = np.concatenate(blocks, axis=1)
    return Audio(tracks=tuple(_sides(joined)))


def _blocks(path: Path, source: str) -> Iterator[NDArray[np.int16]]:
    """Return (channels, samples) block by block; what follows a broken place is not guessed at."""
    av = library("av", "speech")
    n_samples = 0
    try:
        with av.open(str(path)) as container:
            if not _has_sound(container):
                raise _refusal(source, "tracks", "none with sound", "audio, or video with sound")
            for block in _resampled(av, container):
                n_samples += block.size
                if n_samples // PER_MS > _LONGEST_MS:
                    hours = _LONGEST_MS // 3_600_000
                    raise _refusal(source, "length", "a longer one", f"at most {hours} track-hours")
                yield block
    except (av.FFmpegError, OSError, ValueError) as error:
        found = f"{type(error).__name__} after {n_samples // PER_MS} ms"
        raise _refusal(source, "sound", found, "a recording that is whole") from None


def _has_sound(container: Any) -> bool:
    """Return whether there is a track of sound that a decoder was found for."""
    return bool(container.streams.audio) and bool(container.streams.audio[0].codec_context)


def _resampled(av: Any, container: Any) -> Iterator[NDArray[np.int16]]:
    """Return resampled blocks, many frames together: those of some codecs are very short."""
    stream = container.streams.audio[0]
    stream.thread_type = "AUTO"
    layout = None if stream.channels <= _TWO_SIDES else "mono"
    resampler, waiting = av.AudioResampler(format="s16p", layout=layout, rate=RATE), av.AudioFifo()
    for frame in container.decode(stream):
        frame.pts = None  # a gap in the clock of a recording is none in its sound
        waiting.write(frame)
        if waiting.samples >= _RESAMPLED_TOGETHER:
            yield from (part.to_ndarray() for part in resampler.resample(waiting.read()))
    rest = [waiting.read(), None] if waiting.samples else [None]
    for frame in rest:
        yield from (part.to_ndarray() for part in resampler.resample(frame))


def _sides(channels: NDArray[np.int16]) -> Iterator[Samples]:
    """Return two tracks where each channel has a side of its own, else their middle."""
    if len(channels) == 1:
        yield channels[0]
    elif _is_one_twice(channels):
        yield np.mean(channels, axis=0).astype(np.int16)
    else:
        silent = [not channel.any() for channel in channels]
        yield from (
            channel
            for channel, is_silent in zip(channels, silent, strict=True)
            if not is_silent or all(silent)
        )


def _is_one_twice(channels: NDArray[np.int16]) -> bool:
    """Return whether two channels get loud and quiet together."""
    n_blocks = channels.shape[1] // _BLOCK
    if n_blocks < 2:  # noqa: PLR2004 -- nothing to correlate
        return False
    cut = channels[:, : n_blocks * _BLOCK].reshape(len(channels), n_blocks, _BLOCK)
    loudness = np.sqrt(np.mean(np.square(cut.astype(np.float32)), axis=2))
    if (loudness.std(axis=1) == 0).any():
        return False
    return bool(np.corrcoef(loudness)[0, 1] > _ONE_VOICE_TWICE)


def _refusal(source: str, field: str, found: str, expected: str) -> UnsupportedInputError:
    return UnsupportedInputError(source, "recording", field, found, expected)
