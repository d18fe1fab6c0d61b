"""
How fast somebody speaks: syllables a second, counted from the rise and fall of loudness.

No words are needed, so no recogniser and no language; the count is about right, not exact.
"""

import numpy as np
from numpy.typing import NDArray

from kindline.speech.decode import RATE, Samples

_BAND_HZ = (300.0, 2500.0)  # where vowels are loud
_HOP = RATE // 100
_SMOOTH = 7  # hundredths of a second
_LEAST_RISE_DB = 2.0
_FLOOR_DB = 25.0  # below the loudest
_SHORTEST = 10  # hundredths between two syllables


def syllables(samples: Samples) -> int:
    """Return how many syllables a stretch of speech has, about."""
    if len(samples) < RATE // 10:
        return 0
    level = _level(samples)
    peaks = _peaks(level)
    return len(peaks)


def _level(samples: Samples) -> NDArray[np.float64]:
    """Return the loudness of the vowels' band in decibels, every hundredth of a second."""
    spectrum = np.fft.rfft(samples / 32768)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < _BAND_HZ[0]) | (hertz > _BAND_HZ[1])] = 0
    band = np.square(np.fft.irfft(spectrum, len(samples)))
    blocks = band[: len(band) // _HOP * _HOP].reshape(-1, _HOP).mean(axis=1)
    smooth = np.convolve(blocks, np.hanning(_SMOOTH + 2)[1:-1], mode="same")
    return 10 * np.log10(smooth + 1e-10)


def _peaks(level: NDArray[np.float64]) -> list[int]:
    """Return the peaks that stand out from the valleys on both sides."""
    floor = level.max() - _FLOOR_DB
    found: list[int] = []
    valley = level[0]
    for n in range(1, len(level) - 1):
        valley = min(valley, level[n])
        is_peak = level[n - 1] <= level[n] > level[n + 1] and level[n] > floor
        if not is_peak or level[n] - valley < _LEAST_RISE_DB:
            continue
        if found and n - found[-1] < _SHORTEST:
            if level[n] > level[found[-1]]:
                found[-1] = n
        else:
            found.append(n)
        valley = level[n]
    return found
