"""
A recording that may be played: what was blotted out of the words is silence in the sound.

By the words' times where a recogniser gave them, with a little on either side; else the whole turn.
Where a turn has no time at all there is nothing to go by, and nothing may be played.
"""

from collections.abc import Iterable, Sequence
import io
from pathlib import Path

import numpy as np

from kindline.extras import library
from kindline.model.conversation import Turn
from kindline.speech.decode import PER_MS, RATE, Samples, decoded

MEDIA_TYPE = "audio/mpeg"  # what every browser plays
_BITS_A_SECOND = 32_000
_BESIDE_MS = 120  # recognisers place a word's ends some tenths of a second off
_FRAME = 1_152  # samples
Silence = tuple[int, int]  # milliseconds


def silences(turns: Sequence[Turn]) -> list[Silence] | None:
    """Return what must be silent; None where a blot has no time, so that nothing may be played."""
    found: list[Silence] = []
    for turn in turns:
        for blot in turn.blots:
            hidden = [
                word for word in turn.words if word.start < blot.end and blot.start < word.end
            ]
            times = [word.interval for word in hidden if word.interval is not None]
            if times and len(times) == len(hidden):
                first = min(one.start_ms for one in times) - _BESIDE_MS
                found.append((max(0, first), max(one.end_ms for one in times) + _BESIDE_MS))
            elif turn.interval is not None:
                found.append((turn.interval.start_ms, turn.interval.end_ms))
            else:
                return None
    return sorted(found)


def playable(paths: Iterable[Path], quiet: Sequence[Silence], *, source: str) -> tuple[bytes, int]:
    """Return the files of a contact as one track to play, silenced, and its milliseconds."""
    tracks = [track for path in paths for track in decoded(path, source=source).tracks]
    mixed = _mixed(tracks)
    for start_ms, end_ms in quiet:
        mixed[start_ms * PER_MS : end_ms * PER_MS] = 0
    return _encoded(mixed), len(mixed) // PER_MS


def _mixed(tracks: Sequence[Samples]) -> Samples:
    longest = max(len(track) for track in tracks)
    total = np.zeros(longest, np.int32)
    for track in tracks:
        total[: len(track)] += track
    return np.clip(total, -32_768, 32_767).astype(np.int16)


def _encoded(samples: Samples) -> bytes:
    av, target = library("av", "speech"), io.BytesIO()
    with av.open(target, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=RATE)
        stream.layout = "mono"
        stream.bit_rate = _BITS_A_SECOND
        for start in range(0, len(samples), _FRAME):
            part = np.ascontiguousarray(samples[start : start + _FRAME]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
