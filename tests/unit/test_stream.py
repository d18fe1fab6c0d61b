"""Live sound gives the same words as the file it becomes."""

from pathlib import Path

import av
import numpy as np
import pytest

from kindline.live.protocols.companding import from_alaw, from_mulaw
from kindline.model.conversation import Turn
from kindline.speech.activity import stretches
from kindline.speech.decode import PER_MS, Samples, decoded
from kindline.speech.moonshine import Moonshine
from kindline.speech.recording import AROUND_MS, utterances
from kindline.speech.stream import Stream, Utterance
from tests.sound import CALLS, silence

FRAME = 320  # 20 ms


@pytest.fixture(scope="module")
def said(shared: Path) -> Samples:
    """Return the first twenty seconds of a real agent, and a caller's second half."""
    agent = decoded(shared / CALLS / "Auto_Repairs_40_UTC_agent.wav", source="a").tracks[0]
    return agent[44 * 16_000 : 70 * 16_000]


@pytest.fixture(scope="module")
def english() -> Moonshine:
    """Return the recogniser that comes along."""
    return Moonshine(None)


def fed(stream: Stream, sound: Samples, size: int) -> list[Utterance]:
    """Return all that a stream tells of a sound fed in frames."""
    told: list[Utterance] = []
    for at in range(0, len(sound), size):
        told += stream.feed(sound[at : at + size])
    return [*told, *stream.close()]


def finals(told: list[Utterance]) -> list[Turn]:
    """Return what is final."""
    return [one.turn for one in told if one.is_final]


def test_frames_give_what_the_file_gives(said: Samples, english: Moonshine) -> None:
    """Fed in 20 ms frames, the final utterances are those of the whole track."""
    live = fed(Stream(english, language="en", role="agent", rate=16_000), said, FRAME)
    whole = []
    for _, one in utterances([(piece, None) for piece in stretches(said)], english.longest_ms):
        start_ms = max(0, one.start_ms - AROUND_MS)
        cut = said[start_ms * PER_MS : (one.end_ms + AROUND_MS) * PER_MS]
        text = " ".join(word.text for word in english.words(cut, "en"))
        if text:
            whole.append((one.start_ms, text))
    starts = [turn.interval.start_ms if turn.interval else None for turn in finals(live)]
    assert list(zip(starts, (turn.text for turn in finals(live)), strict=True)) == whole
    assert all(turn.role == "agent" for turn in finals(live))


def test_partial_words_come_before_the_end(said: Samples, english: Moonshine) -> None:
    """While somebody speaks, what was heard so far is shown; it is marked as not final."""
    told = fed(Stream(english, language="en", role="agent", rate=16_000), said, FRAME)
    first = next(number for number, one in enumerate(told) if one.is_final)
    assert first > 0
    assert not any(one.is_final for one in told[:first])


def test_somebody_who_does_not_pause_is_told_in_parts(
    said: Samples, english: Moonshine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A monologue is not held back until its end, and not held in memory either."""
    monkeypatch.setattr(Moonshine, "longest_ms", 2_000)
    stream = Stream(english, language="en", role="agent", rate=16_000)
    told = finals(fed(stream, said[: 6 * 16_000], FRAME))
    assert len(told) > 1
    lengths = [turn.interval.duration_ms for turn in told if turn.interval]
    assert max(lengths) <= 2_100
    ends = [turn.interval.end_ms for turn in told if turn.interval]
    starts = [turn.interval.start_ms for turn in told if turn.interval]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_silence_tells_nothing_and_keeps_nothing(english: Moonshine) -> None:
    """An hour of a silent line costs no memory and gives no words."""
    stream = Stream(english, language="en", role="customer", rate=16_000)
    assert fed(stream, silence(30), FRAME) == []
    assert len(stream._kept) < 4 * 16_000  # noqa: SLF001 -- memory is what the rule is about


def test_telephone_rate_is_taken_whatever_the_frames(said: Samples, english: Moonshine) -> None:
    """At 8 kHz, frames of 20 ms and of odd sizes give the same words."""
    narrow = said[: 8 * 16_000 : 2]
    odd = fed(Stream(english, language="en", role="agent"), narrow, 777)
    even = fed(Stream(english, language="en", role="agent"), narrow, 160)
    assert finals(odd) == finals(even)
    assert finals(odd)


def test_other_rates_are_refused(english: Moonshine) -> None:
    """A rate nobody streams at is a mistake of the caller's code."""
    with pytest.raises(ValueError, match="11025"):
        Stream(english, language="en", role="agent", rate=11_025)


@pytest.mark.parametrize(("codec", "table"), [("pcm_mulaw", from_mulaw), ("pcm_alaw", from_alaw)])
def test_telephone_bytes_are_those_of_the_standard(codec: str, table: object) -> None:
    """Every byte of G.711 gives the sample that FFmpeg gives."""
    every = bytes(range(256))
    context = av.CodecContext.create(codec, "r")
    context.sample_rate, context.layout = 8_000, "mono"
    (frame,) = context.decode(av.Packet(every))
    assert np.array_equal(frame.to_ndarray().reshape(-1), table(every))  # type: ignore[operator]
