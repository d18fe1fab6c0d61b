"""
A caller's minutes, each beside their own first one.

Values are what was measured, with units and how much speech they rest on. A telephone changes level
and cuts low voices, so what counts is the difference within the call; a minute with little speech
has no values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from kindline.acoustics.pitch import HOP_MS, pitches
from kindline.acoustics.rate import syllables
from kindline.acoustics.track import CustomerTrack
from kindline.model.interval import Interval
from kindline.speech.decode import PER_MS, Samples

VERSION = "1"

_MINUTE_MS = 60_000
_LEAST_SPEECH_MS = 3_000
_LEAST_VOICED = 50  # tenths of seconds are ten frames
_PAUSE_MS = (250, 3_000)  # shorter is a stop in a word, longer is listening to the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """
    One minute of a caller: `speech_ms` of speech in it, and values or None where it is too little.

    Pitch in hertz (median) and its spread between quartiles in semitones; level in decibels below
    full scale; rate in syllables a second of speech; pauses as a share of the time they speak.
    """

    start_ms: int
    end_ms: int
    speech_ms: int
    pitch_hz: float | None = None
    pitch_spread_semitones: float | None = None
    voiced_share: float | None = None
    level_db: float | None = None
    syllables_per_second: float | None = None
    pause_share: float | None = None


def described(track: CustomerTrack) -> list[Minute]:
    """Return a caller's minutes, counted from the first word."""
    if not track.speech:
        return []
    first, last = track.speech[0].start_ms, track.speech[-1].end_ms
    starts = range(first, last, _MINUTE_MS)
    return [_minute(track, start, min(start + _MINUTE_MS, last)) for start in starts]


def as_json(minutes: Sequence[Minute]) -> list[dict[str, Any]]:
    """Return the minutes as plain objects, each beside the first one that has values."""
    own = next((minute for minute in minutes if minute.pitch_hz is not None), None)
    return [_with_difference(minute, own) for minute in minutes]


def _with_difference(minute: Minute, own: Minute | None) -> dict[str, Any]:
    told = {name: getattr(minute, name) for name in minute.__slots__}
    return told | {"against_own_first_minute": _difference(minute, own)}


def _difference(minute: Minute, own: Minute | None) -> Mapping[str, float | None] | None:
    if own is None or minute is own or minute.pitch_hz is None or own.pitch_hz is None:
        return None
    return {
        "pitch_semitones": round(float(12 * np.log2(minute.pitch_hz / own.pitch_hz)), 2),
        "level_db": _less(minute.level_db, own.level_db),
        "syllables_per_second": _less(minute.syllables_per_second, own.syllables_per_second),
        "pause_share": _less(minute.pause_share, own.pause_share),
    }


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else round(value - other, 3)


def _minute(track: CustomerTrack, start_ms: int, end_ms: int) -> Minute:
    speech = [
        Interval(start_ms=max(one.start_ms, start_ms), end_ms=min(one.end_ms, end_ms))
        for one in track.speech
        if one.start_ms < end_ms and one.end_ms > start_ms
    ]
    speech_ms = sum(one.duration_ms for one in speech)
    bare = Minute(start_ms=start_ms, end_ms=end_ms, speech_ms=speech_ms)
    if speech_ms < _LEAST_SPEECH_MS:
        return bare
    parts = [_cut(track.samples, one) for one in speech]
    hertz = np.concatenate([pitches(part) for part in parts])
    voiced = hertz[~np.isnan(hertz)]
    if len(voiced) < _LEAST_VOICED:
        return bare
    low, middle, high = np.percentile(voiced, (25, 50, 75))
    power = np.mean(np.square(np.concatenate(parts) / 32768))
    return Minute(
        start_ms=start_ms,
        end_ms=end_ms,
        speech_ms=speech_ms,
        pitch_hz=round(float(middle), 1),
        pitch_spread_semitones=round(float(12 * np.log2(high / low)), 2),
        voiced_share=round(len(voiced) * HOP_MS / speech_ms, 3),
        level_db=round(float(10 * np.log10(power + 1e-10)), 1),
        syllables_per_second=round(sum(map(syllables, parts)) / speech_ms * 1000, 2),
        pause_share=_pause_share(speech, speech_ms),
    )


def _pause_share(speech: Sequence[Interval], speech_ms: int) -> float:
    gaps = [other.start_ms - one.end_ms for one, other in pairwise(speech)]
    paused_ms = sum(gap for gap in gaps if _PAUSE_MS[0] <= gap <= _PAUSE_MS[1])
    return round(paused_ms / (paused_ms + speech_ms), 3)


def _cut(samples: Samples, stretch: Interval) -> Samples:
    return samples[stretch.start_ms * PER_MS : stretch.end_ms * PER_MS]
