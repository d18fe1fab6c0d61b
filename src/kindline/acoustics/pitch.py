"""
Pitch of speech in hertz, frame by frame, on telephone sound too.

A telephone cuts away the fundamental of low voices; the envelope of what is left still beats with
it, so it is added before the autocorrelation (docs/measured.md). The path through the candidates is
the smoothest likely one (Viterbi).
"""

import numpy as np
from numpy.typing import NDArray

from kindline.speech.decode import RATE, Samples

Floats = NDArray[np.float64]

HOP_MS = 10

_LOW_HZ, _HIGH_HZ = 60.0, 450.0
_FRAME = RATE * 48 // 1000
_HOP = RATE * HOP_MS // 1000
_N_FFT = 2048
_ENVELOPE_HZ = (55.0, 1000.0)
_ENVELOPE_SHARE = 2.0
_N_CANDIDATES = 6
_LEAST_PERIODIC = 0.5  # of a perfect period; below it a frame has no pitch
_LONG_LAG_COST = 0.02  # an octave down fits as well, and is seldom meant
_JUMP_COST = 3.0  # an octave between two frames
_BLOCK = 2000  # frames worked on together


def pitches(samples: Samples) -> Floats:
    """Return the pitch every 10 ms, in hertz; not a number where there is none."""
    sound = _with_envelope(samples / 32768)
    if len(sound) < _FRAME:
        return np.empty(0)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    parts = [_candidates(frames[n : n + _BLOCK]) for n in range(0, len(frames), _BLOCK)]
    lags, strengths = (np.concatenate(part) for part in zip(*parts, strict=True))
    best = _smoothest(lags, strengths)
    rows = np.arange(len(lags))
    hertz = RATE / lags[rows, best]
    hertz[strengths[rows, best] < _LEAST_PERIODIC] = np.nan
    return hertz


def _with_envelope(sound: Floats) -> Floats:
    """Return the sound and what its loudness beats with."""
    spectrum = np.fft.rfft(np.abs(sound))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(hertz < _ENVELOPE_HZ[0]) | (hertz > _ENVELOPE_HZ[1])] = 0
    return sound + _ENVELOPE_SHARE * np.fft.irfft(spectrum, len(sound))


def _candidates(frames: Floats) -> tuple[Floats, Floats]:
    """Return the likeliest lags of each frame in samples, and how periodic each is, 0 to 1."""
    window = np.hanning(_FRAME)
    power = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, _N_FFT)) ** 2
    repeated = np.fft.irfft(power)[:, : _FRAME // 2 + 2]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, _N_FFT)) ** 2)[: _FRAME // 2 + 2]
    alike = repeated / np.maximum(repeated[:, :1], 1e-9) / (own / own[0])
    first, last = int(RATE / _HIGH_HZ), min(int(RATE / _LOW_HZ), _FRAME // 2)
    middle = alike[:, first : last + 1]
    is_peak = (middle >= alike[:, first - 1 : last]) & (middle > alike[:, first + 1 : last + 2])
    peaks = np.where(is_peak, np.clip(middle, 0, 1), 0)
    order = np.argsort(-peaks, axis=1)[:, :_N_CANDIDATES]
    strengths = np.take_along_axis(peaks, order, axis=1)
    return (order + first).astype(float), strengths


def _smoothest(lags: Floats, strengths: Floats) -> NDArray[np.int64]:
    """Return the candidate of each frame on the best path."""
    octaves = np.log2(lags)
    fit = strengths - _LONG_LAG_COST * (octaves - np.log2(RATE / _HIGH_HZ))
    total = fit[0]
    back = np.zeros(lags.shape, dtype=np.int64)
    for n in range(1, len(lags)):
        jump = _JUMP_COST * np.abs(octaves[n][:, None] - octaves[n - 1][None, :]) ** 2
        ways = total[None, :] - np.minimum(jump, 1.0)
        back[n] = ways.argmax(axis=1)
        total = ways.max(axis=1) + fit[n]
    path = np.zeros(len(lags), dtype=np.int64)
    path[-1] = int(total.argmax())
    for n in range(len(lags) - 1, 0, -1):
        path[n - 1] = back[n, path[n]]
    return path
