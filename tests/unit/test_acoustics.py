"""How a caller sounds is measured right, behind its door, and is never anybody's feeling."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from kindline.acoustics import description, track
from kindline.acoustics.description import Minute, as_json, described
from kindline.acoustics.pitch import pitches
from kindline.acoustics.rate import syllables
from kindline.acoustics.track import CustomerTrack, customer_track
from kindline.errors import PolicyError
from kindline.model.analysis import EMOTIONS, MOODS
from kindline.model.conversation import ROLES
from kindline.policy import profile, profile_names
from kindline.speech.activity import stretches
from kindline.speech.decode import Samples, decoded
from tests.sound import CALLS, RATE, silence

ALLOWED = ("eu-consented", "uk", "ca", "au")


def voice(hertz: float, seconds: float = 3.0, *, telephone: bool = False) -> Samples:
    """Return a buzzing voice whose pitch moves a little; through a telephone, without its bass."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = np.cumsum(hertz * (1 + 0.03 * np.sin(2 * np.pi * 0.7 * t))) / RATE
    sound = sum(np.cos(2 * np.pi * k * phase) / k for k in range(1, int(7000 // hertz)))
    if telephone:
        spectrum = np.fft.rfft(sound)
        bins = np.fft.rfftfreq(len(t), 1 / RATE)
        spectrum[(bins < 300) | (bins > 3400)] = 0
        sound = np.fft.irfft(spectrum, len(t))
    return (np.asarray(sound) / np.abs(sound).max() * 9000).astype(np.int16)


@pytest.mark.parametrize("telephone", [False, True], ids=["wide", "telephone"])
@pytest.mark.parametrize("hertz", [85, 120, 180, 260])
def test_pitch_is_found(hertz: float, telephone: bool) -> None:
    """Low and high voices within a semitone, also where the line cut the fundamental away."""
    found = pitches(voice(hertz, telephone=telephone))
    assert np.isnan(found).mean() < 0.05
    assert abs(12 * np.log2(np.nanmedian(found) / hertz)) < 1


def test_noise_has_no_pitch() -> None:
    """Hiss is not taken for a voice."""
    noise = (np.random.default_rng(1).normal(size=RATE * 2) * 3000).astype(np.int16)
    assert np.isnan(pitches(noise)).mean() > 0.8


@pytest.mark.parametrize("n", [2, 4, 6])
def test_syllables_are_counted(n: int) -> None:
    """So many bursts of a voice in a second are so many syllables."""
    part = voice(120, 0.5 / n)
    burst = np.concatenate([part * np.hanning(len(part)), silence(0.5 / n)]).astype(np.int16)
    assert syllables(np.tile(burst, n)) == n


@pytest.fixture(scope="module")
def caller(shared: Path) -> Samples:
    """Return a real caller's track."""
    return decoded(shared / CALLS / "Auto_Repairs_40_UTC_caller.wav", source="c").tracks[0]


def test_a_caller_is_compared_with_their_own_first_minute(caller: Samples) -> None:
    """The same speech, lower and quieter later on, is told as that, and by how much."""
    first = caller[: 45 * RATE]
    two_semitones = 2 ** (-2 / 12)
    places = np.arange(0, len(first) - 1, two_semitones)
    lower = np.interp(places, np.arange(len(first)), first)
    quieter = (lower * 0.5).astype(np.int16)
    sound = np.concatenate((first, silence(60 - 45), quieter))
    told = as_json(described(CustomerTrack(sound, stretches(sound))))
    assert told[0]["against_own_first_minute"] is None
    later = told[1]["against_own_first_minute"]
    assert later["pitch_semitones"] == pytest.approx(-2, abs=0.8)
    assert later["level_db"] == pytest.approx(-6, abs=1)


def test_minute_with_little_speech_has_no_values(caller: Samples) -> None:
    """Two seconds of talk are too little to say anything of a voice; None is not 0."""
    short = caller[6 * RATE : 9 * RATE]
    (minute,) = described(CustomerTrack(short, stretches(short)))
    assert minute.pitch_hz is None
    assert minute.level_db is None
    assert described(CustomerTrack(silence(3), ())) == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "customer"])
@pytest.mark.parametrize("policy", profile_names())
def test_no_track_but_the_customers_is_let_in(role: str, policy: str, caller: Samples) -> None:
    """Not the agent's under any policy, and nobody's whose side is unknown."""
    with pytest.raises(PolicyError, match="customer's track"):
        customer_track(caller, role, rules=profile(policy), basis="consent")  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", profile_names())
@pytest.mark.parametrize("basis", ["consent", "contract", "legitimate-interest", None])
def test_policy_and_consent_open_the_door(policy: str, basis: str | None) -> None:
    """Only policies with customer acoustics, and only on consent; never eu-strict."""
    if policy in ALLOWED and basis == "consent":
        customer_track(silence(1), "customer", rules=profile(policy), basis=basis)
        return
    with pytest.raises(PolicyError):
        customer_track(silence(1), "customer", rules=profile(policy), basis=basis)


def test_no_value_is_a_feeling() -> None:
    """What is told has units; no name of an emotion or a mood stands in it or in its code."""
    names = {field.name for field in fields(Minute)}
    words = {word for name in names for word in name.split("_")}
    assert not words & {*EMOTIONS, *MOODS, "arousal", "valence", "stress"}
    for module in (description, track):
        source = Path(module.__file__ or "").read_text("utf-8")
        assert not any(f'"{name}"' in source for name in (*EMOTIONS, *MOODS))
