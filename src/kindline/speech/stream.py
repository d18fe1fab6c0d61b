"""
Live sound to words: frames in, what is being said and what was said out.

The same activity and recognisers as for files, fed as the sound comes. An utterance ends with a
pause and is then heard once more as a whole: that is final. Until then what is heard so far is
told now and again, as it may still change. One stream a side; nothing here reads a clock, time is
counted in samples, so that silence, gaps and repeats are the caller's to place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kindline.model.conversation import Role, Turn
from kindline.model.interval import Interval
from kindline.speech.activity import Activity
from kindline.speech.decode import PER_MS, RATE, Samples
from kindline.speech.recognisers import Recogniser
from kindline.speech.recording import AROUND_MS, PAUSE_MS
from kindline.words import Word, turns

_TELEPHONE = 8_000
_PARTIAL_EVERY_MS = 1_000
_KEPT_MS = 2_000  # of silence before an utterance; no first sound lies further back


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What was said from `interval.start_ms` on; `is_final` once it will not change any more."""

    turn: Turn
    is_final: bool


class Stream:
    """One side of a live call."""

    def __init__(
        self, recogniser: Recogniser, *, language: str, role: Role, rate: int = _TELEPHONE
    ) -> None:
        self._recogniser, self._language = recogniser, language
        self._role: Role = role
        self._activity = Activity()
        self._resampled = _Upsampler(rate)
        self._kept = np.empty(0, np.int16)
        self._kept_from = 0  # samples before what is kept
        self._speech: list[Interval] = []
        self._told_to_ms = 0  # where the last final utterance ended
        self._shown_ms = 0  # where the last of any kind did

    def feed(self, pcm: Samples) -> list[Utterance]:
        """Return what these samples end or change: 16-bit, at the stream's rate, any number."""
        return list(self._heard(self._resampled.of(pcm)))

    def close(self) -> list[Utterance]:
        """Return what the end of the call ends."""
        told = list(self._heard(self._resampled.rest()))
        for stretch in self._activity.close():
            told += self._ended(stretch)
        return [*told, *self._final()] if self._speech else told

    def _heard(self, samples: Samples) -> Iterator[Utterance]:
        self._kept = np.concatenate((self._kept, samples))
        for stretch in self._activity.feed(samples):
            yield from self._ended(stretch)
        now_ms, start_ms = self._activity.heard_ms, self._start_ms
        is_talking = self._activity.began_ms is not None
        if self._speech and not is_talking and now_ms - self._speech[-1].end_ms > PAUSE_MS:
            yield from self._final()
        elif start_ms is not None and now_ms - start_ms >= self._recogniser.longest_ms:
            yield from self._broken_off(start_ms, now_ms)
        elif start_ms is not None and is_talking:
            yield from self._partial(start_ms, now_ms)
        self._forget(now_ms)

    @property
    def _start_ms(self) -> int | None:
        """Return where the utterance that goes on began, None in silence."""
        began_ms = self._activity.began_ms
        if self._speech:
            return self._speech[0].start_ms
        return None if began_ms is None else max(began_ms, self._told_to_ms)

    def _ended(self, stretch: Interval) -> Iterator[Utterance]:
        """Take in a stretch that ended, but for what was told of it already."""
        if stretch.end_ms <= self._told_to_ms:
            return
        start_ms = max(stretch.start_ms, self._told_to_ms)
        whole_from = self._speech[0].start_ms if self._speech else start_ms
        if self._speech and stretch.end_ms - whole_from > self._recogniser.longest_ms:
            yield from self._final()
        self._speech.append(Interval(start_ms=start_ms, end_ms=stretch.end_ms))

    def _final(self) -> Iterator[Utterance]:
        whole = Interval(start_ms=self._speech[0].start_ms, end_ms=self._speech[-1].end_ms)
        self._speech = []
        self._told_to_ms = self._shown_ms = whole.end_ms
        yield from self._utterances(whole, is_final=True)

    def _broken_off(self, start_ms: int, now_ms: int) -> Iterator[Utterance]:
        """Return what somebody said who does not pause, as far as it goes."""
        self._speech = []
        self._told_to_ms = self._shown_ms = now_ms
        yield from self._utterances(Interval(start_ms=start_ms, end_ms=now_ms), is_final=True)

    def _partial(self, start_ms: int, now_ms: int) -> Iterator[Utterance]:
        is_due = now_ms - max(self._shown_ms, start_ms) >= _PARTIAL_EVERY_MS
        if is_due:
            self._shown_ms = now_ms
            whole = Interval(start_ms=start_ms, end_ms=now_ms)
            yield from self._utterances(whole, is_final=False)

    def _utterances(self, whole: Interval, *, is_final: bool) -> Iterator[Utterance]:
        """Return what is heard in a stretch, as one turn; nothing where no words are made out."""
        start_ms = max(self._kept_from // PER_MS, whole.start_ms - AROUND_MS)
        sound = self._cut(start_ms, whole.end_ms + AROUND_MS)
        words = self._recogniser.words(sound, self._language, is_final=is_final)
        placed = [_placed(word, start_ms, whole) for word in words]
        for turn in turns(placed, self._role):
            yield Utterance(turn=turn, is_final=is_final)

    def _cut(self, start_ms: int, end_ms: int) -> Samples:
        before = self._kept_from
        return self._kept[start_ms * PER_MS - before : max(0, end_ms * PER_MS - before)]

    def _forget(self, now_ms: int) -> None:
        """Let go of the sound that no utterance can need any more."""
        start_ms = self._start_ms
        keep_ms = (now_ms if start_ms is None else start_ms) - _KEPT_MS
        n_over = keep_ms * PER_MS - self._kept_from
        if n_over > RATE:
            self._kept, self._kept_from = self._kept[n_over:], self._kept_from + n_over


def _placed(word: Word, offset_ms: int, whole: Interval) -> Word:
    start_ms = min(max(whole.start_ms, (word.start_ms or 0) + offset_ms), whole.end_ms)
    end_ms = min(max(start_ms, (word.end_ms or 0) + offset_ms), whole.end_ms)
    return Word(
        text=word.text,
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=word.confidence,
        joins=word.joins,
    )


class _Upsampler:
    """From the line's rate to ours, block by block as if it came in one."""

    def __init__(self, rate: int) -> None:
        if rate not in (_TELEPHONE, RATE):
            raise ValueError(f"a rate of {rate} samples a second; known: {_TELEPHONE}, {RATE}")
        self._is_narrow = rate == _TELEPHONE
        self._last = np.zeros(0, np.int16)

    def of(self, samples: Samples) -> Samples:
        """Return the samples at our rate, but for the last one, whose next is not known yet."""
        if not self._is_narrow or not len(samples):
            return samples
        line = np.concatenate((self._last, samples)).astype(np.int32)
        self._last = samples[-1:]
        return _doubled(line)

    def rest(self) -> Samples:
        """Return the last sample, held."""
        if not self._is_narrow or not len(self._last):
            return np.empty(0, np.int16)
        return np.repeat(self._last, 2)


def _doubled(line: NDArray[np.int32]) -> Samples:
    """Return every sample but the last, each followed by the middle to the next."""
    middles = (line[:-1] + line[1:]) // 2
    return np.stack((line[:-1], middles), axis=1).reshape(-1).astype(np.int16)
