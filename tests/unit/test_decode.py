"""Any recording or video becomes 16 kHz tracks; what cannot is refused with a reason."""

import contextlib
from pathlib import Path
import random

import numpy as np
import pytest

from kindline.errors import UnsupportedInputError
from kindline.speech import decode
from kindline.speech.decode import decoded, is_recording, length_ms
from tests.contract.test_formats import damaged
from tests.sound import music, silence, tone, write, write_video

KINDS = {
    "call.wav": ("pcm_s16le", 16_000),
    "line.wav": ("pcm_mulaw", 8_000),
    "europe.wav": ("pcm_alaw", 8_000),
    "call.flac": ("flac", 16_000),
    "call.mp3": ("libmp3lame", 16_000),
    "call.ogg": ("libopus", 48_000),
    "call.m4a": ("aac", 16_000),
}


@pytest.mark.parametrize("name", KINDS)
def test_both_sides_of_a_call_stay_apart(name: str, tmp_path: Path) -> None:
    """Whatever the codec: as long as before, and each track with its own sound alone."""
    codec, rate = KINDS[name]
    left = np.concatenate((tone(1, 300), silence(1)))
    right = np.concatenate((silence(1), tone(1, 500)))
    audio = decoded(write(tmp_path / name, left, right, codec=codec, rate=rate), source=name)
    assert abs(audio.length_ms - 2000) < 100
    loud = [[np.abs(half).mean() for half in np.array_split(t, 2)] for t in audio.tracks]
    assert loud[0][0] > 20 * loud[0][1]
    assert loud[1][1] > 20 * loud[1][0]


@pytest.mark.parametrize("name", KINDS)
def test_kind_is_seen_in_the_first_bytes(name: str, tmp_path: Path) -> None:
    """A recording is known by what it holds; its length is in its head."""
    codec, rate = KINDS[name]
    path = write(tmp_path / name, tone(1), codec=codec, rate=rate)
    assert is_recording(path.read_bytes()[:16])
    stated = length_ms(path)
    assert stated is not None
    assert abs(stated - 1000) < 100


def test_same_voices_on_both_channels_are_one_track(tmp_path: Path) -> None:
    """A mono call saved as stereo does not turn into two people saying the same."""
    both = music(2)
    quieter = (both * 0.5).astype(np.int16)
    assert len(decoded(write(tmp_path / "a.wav", both, quieter), source="a").tracks) == 1


def test_empty_channel_is_no_side(tmp_path: Path) -> None:
    """A channel on which nothing was ever recorded is left out."""
    assert len(decoded(write(tmp_path / "a.wav", music(2), silence(2)), source="a").tracks) == 1


@pytest.mark.parametrize(
    ("name", "codecs"), [("call.mp4", ("mpeg4", "aac")), ("call.webm", ("libvpx", "libopus"))]
)
def test_sound_of_a_video_is_read(name: str, codecs: tuple[str, str], tmp_path: Path) -> None:
    """Of a video call only the sound is taken."""
    path = write_video(tmp_path / name, tone(1), codecs=codecs)
    assert is_recording(path.read_bytes()[:16])
    assert abs(decoded(path, source=name).length_ms - 1000) < 150


def test_video_without_sound_is_refused(tmp_path: Path) -> None:
    """Pictures alone are nothing to listen to."""
    path = write_video(tmp_path / "a.mp4", None, codecs=("mpeg4", ""))
    with pytest.raises(UnsupportedInputError, match="none with sound"):
        decoded(path, source="a.mp4")


def test_too_long_a_recording_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: what would not fit is refused before it is held."""
    monkeypatch.setattr(decode, "_LONGEST_MS", 1500)
    with pytest.raises(UnsupportedInputError, match="a longer one"):
        decoded(write(tmp_path / "a.wav", tone(2)), source="a.wav")


@pytest.mark.parametrize("name", ["call.wav", "call.mp3", "call.ogg", "call.flac", "call.m4a"])
def test_damaged_recording_is_decoded_or_refused(name: str, tmp_path: Path) -> None:
    """Cut, doubled or overwritten bytes raise nothing but an error that names the file."""
    codec, rate = KINDS[name]
    raw = write(tmp_path / name, tone(1), codec=codec, rate=rate).read_bytes()
    for seed in range(40):
        path = tmp_path / f"damaged-{name}"
        path.write_bytes(damaged(raw, random.Random(seed)))  # noqa: S311
        with contextlib.suppress(UnsupportedInputError):
            assert decoded(path, source=name).tracks
