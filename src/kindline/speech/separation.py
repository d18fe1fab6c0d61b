"""
Two people on one track, told apart by the sound of their voices, without any weights.

The spectra of speech (MFCC) are parted in two by their means over a second and a half, then each
side gets a Gaussian of its own and every window goes to the likelier, until nothing changes. Of
several first cuts the one that ends most decided counts. Who of the two is the agent is in their
words, not in their voices (`kindline.roles`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
import math

import numpy as np
from numpy.typing import NDArray

from kindline.model.interval import Interval
from kindline.speech.decode import PER_MS, RATE, Samples

Floats = NDArray[np.float64]
Sides = NDArray[np.bool_]

LEAST_CONFIDENCE = 0.8  # between most single voices and most pairs; docs/measured.md

_WINDOW_MS, _STEP_MS = 1500, 500
_SHORTEST_MS = 400  # less speech has no sound of its own
_FRAME, _HOP = 400, 160  # 25 ms every 10 ms
_HOP_MS = _HOP // PER_MS
_N_FFT = 512
_N_BANDS, _N_COEFFICIENTS = 26, 20
_LOW_HZ, _HIGH_HZ = 200.0, 3600.0  # what a telephone carries
_QUIETEST = 20  # per cent of frames that are left out: breath and room
_FEWEST_WINDOWS = 24  # some twelve seconds of speech; of less, chance makes two voices
_FEWEST_FRAMES = 200
_N_DIRECTIONS = 4  # along which a first cut is tried
_MOST_ROUNDS = 50
_BREATH_MS = 80  # between two people's words
_DECIDED = 0.5  # log-likelihood a frame
_FLOOR, _RIDGE = 1e-5, 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """Stretches of one speaker each; `confidence` 0..1 that there are two and these are theirs."""

    pieces: tuple[tuple[Interval, str | None], ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sound:
    """The cepstra of speech frame by frame, and of each window the frames in it."""

    cepstra: Floats
    windows: tuple[Interval, ...]
    spans: NDArray[np.int64]

    @property
    def means(self) -> Floats:
        """Return the mean cepstrum of each window."""
        return _means(self.cepstra, self.spans)


def parted(track: Samples, speech: Sequence[Interval]) -> Parted:
    """
    Return the speech cut where the speaker changes, each piece with its speaker, `1` or `2`.

    Where two voices cannot be told apart well enough every speaker is None.
    """
    alone = tuple((stretch, None) for stretch in speech)
    sound = _sound(track, speech)
    if sound is None:
        return Parted(pieces=alone, confidence=0.0)
    settled = [_settled(sound, cut) for cut in _first_cuts(sound.means)]
    sides, margins = max(settled, key=lambda one: _confidence(*one))
    confidence = _confidence(sides, margins)
    if confidence < LEAST_CONFIDENCE:
        return Parted(pieces=alone, confidence=confidence)
    pieces = tuple(_pieces(track, speech, sound.windows, sides))
    return Parted(pieces=pieces, confidence=confidence)


def _sound(track: Samples, speech: Sequence[Interval]) -> _Sound | None:
    """Return the sound of all speech, None where there is too little of it."""
    parts = [(stretch, _power(track, stretch)) for stretch in speech]
    loud = [power.sum(axis=1) for _, power in parts]
    if sum(map(len, loud)) < _FEWEST_FRAMES:
        return None
    quietest = np.percentile(np.concatenate(loud), _QUIETEST)
    kept = [level >= quietest for level in loud]
    times = [
        stretch.start_ms + np.flatnonzero(keep) * _HOP_MS
        for (stretch, _), keep in zip(parts, kept, strict=True)
    ]
    at = np.concatenate(times)
    power = np.concatenate([part[keep] for (_, part), keep in zip(parts, kept, strict=True)])
    cepstra = np.log(power @ _bands().T + _FLOOR) @ _cosines().T
    windows = [window for stretch in speech for window in _windows(stretch)]
    spans = np.searchsorted(at, [(one.start_ms, one.end_ms) for one in windows])
    spoken = [n for n, (start, end) in enumerate(spans) if end > start]
    if len(spoken) < _FEWEST_WINDOWS:
        return None
    return _Sound(
        cepstra=cepstra, windows=tuple(windows[n] for n in spoken), spans=spans[np.array(spoken)]
    )


def _windows(stretch: Interval) -> Iterator[Interval]:
    """Return overlapping windows over a stretch, a whole short one as it is."""
    if stretch.duration_ms < _SHORTEST_MS:
        return
    last = max(stretch.start_ms, stretch.end_ms - _WINDOW_MS)
    for start in range(stretch.start_ms, last + 1, _STEP_MS):
        yield Interval(start_ms=start, end_ms=min(stretch.end_ms, start + _WINDOW_MS))


def _power(track: Samples, stretch: Interval) -> Floats:
    """Return the power spectrum of a stretch, (frames, bins)."""
    samples = track[stretch.start_ms * PER_MS : stretch.end_ms * PER_MS] / 32768
    if len(samples) < _FRAME:
        return np.zeros((0, _N_FFT // 2 + 1))
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    return np.abs(np.fft.rfft(frames * np.hamming(_FRAME), _N_FFT)) ** 2


@cache
def _bands() -> Floats:
    """Return triangular filters, evenly spaced in mel, as (bands, bins)."""
    low, high = (2595 * math.log10(1 + hz / 700) for hz in (_LOW_HZ, _HIGH_HZ))
    edges: Floats = 700 * (10 ** (np.linspace(low, high, _N_BANDS + 2) / 2595) - 1)
    hertz = np.arange(_N_FFT // 2 + 1) * RATE / _N_FFT
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    up, down = (hertz - left) / (middle - left), (right - hertz) / (right - middle)
    return np.maximum(0, np.minimum(up, down))


@cache
def _cosines() -> Floats:
    """Return a cosine transform without its first row, which is loudness."""
    bands = np.arange(_N_BANDS) + 0.5
    rows = np.arange(1, _N_COEFFICIENTS + 1)[:, None]
    return np.cos(np.pi * rows * bands / _N_BANDS)


def _means(values: Floats, spans: NDArray[np.int64]) -> Floats:
    """Return the mean of the values in each span."""
    sums = np.concatenate((np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)))
    counts = (spans[:, 1] - spans[:, 0]).reshape(-1, *(1 for _ in values.shape[1:]))
    means: Floats = (sums[spans[:, 1]] - sums[spans[:, 0]]) / counts
    return means


def _first_cuts(points: Floats) -> Iterator[Sides]:
    """Return partings of points in two to start from: tightest from cuts along main directions."""
    centred = points - points.mean(axis=0)
    spread = centred.std(axis=0)
    for scaled in (centred, centred / np.where(spread > 0, spread, 1)):
        directions = np.linalg.svd(scaled, full_matrices=False)[2][:_N_DIRECTIONS]
        for one in directions:
            along = scaled @ one
            yield _tightened(scaled, along > np.median(along))


def _tightened(points: Floats, sides: Sides) -> Sides:
    """Return the sides once every point is on the side of the nearer middle."""
    for _ in range(_MOST_ROUNDS):
        if sides.all() or not sides.any():
            break
        to_one = np.square(points - points[sides].mean(axis=0)).sum(axis=1)
        to_other = np.square(points - points[~sides].mean(axis=0)).sum(axis=1)
        nearer = to_one < to_other
        if (nearer == sides).all():
            break
        sides = nearer
    return sides


def _settled(sound: _Sound, sides: Sides) -> tuple[Sides, Floats]:
    """Return the sides by two Gaussians, and by how much each window belongs to its own."""
    margins = np.zeros(len(sides))
    for _ in range(_MOST_ROUNDS):
        likelier = [_likelihood(sound, side) for side in (sides, ~sides)]
        if likelier[0] is None or likelier[1] is None:
            return sides, np.zeros(len(sides))
        margins = _means(likelier[0] - likelier[1], sound.spans)
        if ((margins > 0) == sides).all():
            break
        sides = margins > 0
    return sides, np.abs(margins)


def _likelihood(sound: _Sound, side: Sides) -> Floats | None:
    """Return the log-likelihood of every frame for one side; None where it has too few."""
    own = np.zeros(len(sound.cepstra), dtype=bool)
    for start, end in sound.spans[side]:
        own[start:end] = True
    if own.sum() < _FEWEST_FRAMES // 2:
        return None
    frames = sound.cepstra[own]
    spread = np.cov(frames.T) + _RIDGE * np.eye(_N_COEFFICIENTS)
    root = np.linalg.cholesky(spread)
    away = np.asarray(np.linalg.solve(root, (sound.cepstra - frames.mean(axis=0)).T), np.float64)
    likelihood: Floats = -np.square(away).sum(axis=0) / 2 - float(np.linalg.slogdet(spread)[1]) / 2
    return likelihood


def _confidence(sides: Sides, margins: Floats) -> float:
    """Return how many windows are decided, times how steadily a side holds from one to the next."""
    decided = np.count_nonzero(margins > _DECIDED) / len(sides)
    changes = np.count_nonzero(np.diff(sides.astype(np.int8)))
    return round(float(decided * (1 - changes / (len(sides) - 1))), 4)


def _pieces(
    track: Samples, speech: Sequence[Interval], windows: Sequence[Interval], sides: Sides
) -> Iterator[tuple[Interval, str | None]]:
    """Return each stretch cut where it is quietest between windows of two speakers."""
    ends = [stretch.end_ms for stretch in speech]
    inside: dict[int, list[tuple[Interval, str]]] = {}
    for window, side in zip(windows, sides, strict=True):
        place = int(np.searchsorted(ends, window.end_ms))
        inside.setdefault(place, []).append((window, "2" if side else "1"))
    for number, stretch in enumerate(speech):
        yield from _cut(track, stretch, inside.get(number, []))


def _cut(
    track: Samples, stretch: Interval, inside: Sequence[tuple[Interval, str]]
) -> Iterator[tuple[Interval, str | None]]:
    start, speaker = stretch.start_ms, inside[0][1] if inside else None
    for (one, side), (other, next_side) in pairwise(inside):
        if side != next_side:
            middle = (one.start_ms + other.end_ms) // 2
            at = _quietest(track, max(start, middle - _STEP_MS), middle + _STEP_MS)
            yield Interval(start_ms=start, end_ms=at), side
            start, speaker = at, next_side
    yield Interval(start_ms=start, end_ms=stretch.end_ms), speaker


def _quietest(track: Samples, start_ms: int, end_ms: int) -> int:
    """Return the quietest moment of a stretch, so that no word is cut in two."""
    size = _BREATH_MS * PER_MS
    samples = np.square(track[start_ms * PER_MS : end_ms * PER_MS].astype(np.float64))
    if len(samples) < size:
        return (start_ms + end_ms) // 2
    sums = np.cumsum(np.concatenate(([0.0], samples)))
    at = int(np.argmin(sums[size:] - sums[:-size]))
    return start_ms + (at + size // 2) // PER_MS
