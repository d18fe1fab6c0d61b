"""Two voices on one track are told apart, and one voice is not taken for two."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import pytest

from kindline.model.interval import Interval
from kindline.speech.activity import stretches
from kindline.speech.decode import Samples, decoded
from kindline.speech.separation import LEAST_CONFIDENCE, parted
from tests.sound import CALLS, silence


@pytest.fixture(scope="module")
def sides(shared: Path) -> tuple[Samples, Samples]:
    """Return the agent and the caller of a real call."""
    paths = [shared / CALLS / f"Auto_Repairs_40_UTC_{who}.wav" for who in ("agent", "caller")]
    agent, caller = (decoded(path, source="call").tracks[0] for path in paths)
    return agent, caller


def frames(intervals: list[Interval], n: int) -> NDArray[np.bool_]:
    """Return which hundredths of a second are covered."""
    covered = np.zeros(n, dtype=bool)
    for interval in intervals:
        covered[interval.start_ms // 10 : interval.end_ms // 10] = True
    return covered


def test_two_people_mixed_to_one_track_are_told_apart(sides: tuple[Samples, Samples]) -> None:
    """Under one frame in fifty goes to the wrong person, and no moment of speech is lost."""
    agent, caller = sides
    mixed = (agent.astype(np.int32) + caller).clip(-32768, 32767).astype(np.int16)
    speech = stretches(mixed)
    told = parted(mixed, speech)
    assert told.confidence >= LEAST_CONFIDENCE
    lengths = [piece.duration_ms for piece, _ in told.pieces]
    assert sum(lengths) == sum(stretch.duration_ms for stretch in speech)
    n = len(mixed) // 160 + 1
    one, other = (frames([i for i, who in told.pieces if who == name], n) for name in "12")
    his, hers = frames(list(stretches(agent)), n), frames(list(stretches(caller)), n)
    his, hers = his & ~hers, hers & ~his
    wrong = (one & hers).sum() + (other & his).sum()
    right = (one & his).sum() + (other & hers).sum()
    assert min(wrong, right) / (wrong + right) < 0.02


@pytest.mark.parametrize("name", ["40_UTC_agent", "40_UTC_caller", "49_UTC_agent", "49_UTC_caller"])
def test_one_voice_is_not_taken_for_two(shared: Path, name: str) -> None:
    """A side alone is left whole, whatever moods its voice goes through."""
    track = decoded(shared / CALLS / f"Auto_Repairs_{name}.wav", source=name).tracks[0]
    told = parted(track, stretches(track))
    assert told.confidence < LEAST_CONFIDENCE
    assert {speaker for _, speaker in told.pieces} == {None}


def test_too_little_speech_is_left_whole(sides: tuple[Samples, Samples]) -> None:
    """A few words are too little to know voices by."""
    short = sides[1][: 16_000 * 15]
    assert parted(short, stretches(short)).confidence == 0
    assert parted(silence(5), ()).pieces == ()
