"""
Music on hold: long stretches of one track that are loud and are not speech.

A hold without music is silence to us and stays that; whoever has the telephone platform's own hold
times gives them with the contact (`kindline analyse --about`).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kindline.model.interval import Interval
from kindline.speech.decode import PER_MS, Samples

_BLOCK_MS = 100
_LOUD = 10 ** (-45 / 20)  # of full scale; room noise of a telephone lies below
_SHORTEST_MS = 8_000  # shorter is a ring, a tone or a dog
_GAP_MS = 1_000  # between two tunes, or a bar's rest
_RUN_UP_MS = 500  # a word's own edges


def holds(track: Samples, speech: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return the stretches of music on a track, in whole tenths of a second."""
    is_loud = _loud(track)
    for stretch in speech:
        start = max(0, stretch.start_ms - _RUN_UP_MS) // _BLOCK_MS
        is_loud[start : (stretch.end_ms + _RUN_UP_MS) // _BLOCK_MS + 1] = False
    spans = [(n * _BLOCK_MS, (n + 1) * _BLOCK_MS) for n in np.flatnonzero(is_loud).tolist()]
    return tuple(
        Interval(start_ms=start, end_ms=end)
        for start, end in _joined(spans, speech)
        if end - start >= _SHORTEST_MS
    )


def _loud(track: Samples) -> NDArray[np.bool_]:
    size = _BLOCK_MS * PER_MS
    n_blocks = len(track) // size
    blocks = track[: n_blocks * size].reshape(n_blocks, size) / np.float32(32768)
    loud: NDArray[np.bool_] = np.sqrt(np.mean(np.square(blocks), axis=1)) > _LOUD
    return loud


def _joined(
    spans: Sequence[tuple[int, int]], speech: Sequence[Interval]
) -> Iterator[tuple[int, int]]:
    """Return the spans with short gaps closed, but for gaps in which somebody talks."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is not None and start - current[1] <= _GAP_MS:
            talks = any(one.start_ms < start and one.end_ms > current[1] for one in speech)
            if not talks:
                current = (current[0], end)
                continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
