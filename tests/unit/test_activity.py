"""Speech is found where it is, however the sound comes in."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import numpy.typing as npt
import pytest

from kindline.model.interval import Interval
from kindline.speech.activity import (
    FRAME,
    FRAME_MS,
    Activity,
    by_lite,
    by_pysilero,
    stretches,
)
from kindline.speech.decode import Samples, decoded
from kindline.speech.hold import holds
from tests.sound import CALLS, music, silence, tone

Frames = npt.NDArray[np.bool_]


@pytest.fixture(scope="module")
def said(shared: Path) -> Samples:
    """Return the first ten seconds of a real caller."""
    path = shared / CALLS / "Auto_Repairs_40_UTC_caller.wav"
    return decoded(path, source="caller").tracks[0][:160_000]


@pytest.mark.parametrize("sound", [silence(3), tone(3), music(3)], ids=["silence", "tone", "music"])
def test_what_is_no_speech_is_none(sound: Samples) -> None:
    """Neither silence nor a ringing tone nor hold music is talk."""
    assert stretches(sound) == ()


def test_a_caller_is_heard_between_silences(said: Samples) -> None:
    """The stretches lie in the speech: shifted by two seconds of silence, they shift with it."""
    alone = stretches(said)
    assert 2_500 < sum(one.duration_ms for one in alone) < 8_000
    later = stretches(np.concatenate((silence(2.048), said)))
    assert abs(later[-1].start_ms - alone[-1].start_ms - 2048) <= 96


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(1, 20_000), min_size=1, max_size=30))
def test_blocks_of_any_size_give_the_same(said: Samples, sizes: list[int]) -> None:
    """Live sound in small frames and a file at once are the same sound."""
    activity, found, at = Activity(), list[Interval](), 0
    for size in sizes:
        found += activity.feed(said[at : at + size])
        at += size
    found += activity.feed(said[at:])
    assert (*found, *activity.close()) == stretches(said)


def test_both_ways_to_run_the_network_hear_the_same(said: Samples) -> None:
    """Whichever is installed; they round otherwise, so a frame here and there may differ."""
    told: list[Frames] = []
    for network in (by_lite(), by_pysilero()):
        activity = Activity(network)
        spoken = np.zeros(len(said) // FRAME, dtype=np.bool_)
        for one in (*activity.feed(said), *activity.close()):
            spoken[one.start_ms // FRAME_MS : one.end_ms // FRAME_MS] = True
        told.append(spoken)
    assert told[0].any()
    assert (told[0] != told[1]).mean() < 0.05


def test_hold_music_is_hold(said: Samples) -> None:
    """Ten seconds of music between two stretches of speech are a hold; the speech is none."""
    sound = np.concatenate((said, silence(1), music(10), silence(1), said))
    (hold,) = holds(sound, stretches(sound))
    assert abs(hold.start_ms - 11_000) < 600
    assert abs(hold.end_ms - 21_000) < 600


@pytest.mark.parametrize("sound", [silence(20), tone(5), music(5)], ids=["silence", "tone", "tune"])
def test_silence_and_short_tunes_are_no_hold(sound: Samples) -> None:
    """Silence may be anything; a ring or a jingle is short."""
    assert holds(sound, ()) == ()
