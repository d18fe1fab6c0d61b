"""A real call as Twilio streams it: sound of two sides in, what a desk shows out; no socket."""

from base64 import b64encode
from collections.abc import Iterator
import json
from pathlib import Path

import numpy as np
import pytest

from kindline.desk.events import Said
from kindline.desk.session import Session, take_all
from kindline.live.judging import Growing
from kindline.live.protocols.companding import from_mulaw
from kindline.live.protocols.frames import Begun, Sound
from kindline.live.protocols.twilio import MediaStream
from kindline.model.conversation import Conversation, ConversationId
from kindline.speech.decode import RATE, Samples, decoded
from kindline.speech.moonshine import Moonshine
from kindline.speech.stream import Stream, Utterance
from tests.sound import CALLS

SECONDS = 50  # until the agent asks for the name
FRAME = 160  # bytes, 20 ms
TRACKS = {"inbound": "caller", "outbound": "agent"}


def as_mulaw(samples: Samples) -> bytes:
    """Return 16 kHz samples as telephone bytes: every second one, the nearest of the table."""
    table = from_mulaw(bytes(range(256))).astype(np.int32)
    order = np.argsort(table, kind="stable")
    at = np.searchsorted(table[order], samples[::2]).clip(0, 255)
    return order[at].astype(np.uint8).tobytes()


def streamed(shared: Path) -> Iterator[str]:
    """Return the messages of a call, both sides in turn, as Twilio sends them."""
    sides = {
        track: as_mulaw(
            decoded(shared / CALLS / f"Auto_Repairs_40_UTC_{who}.wav", source=who).tracks[0][
                : SECONDS * RATE
            ]
        )
        for track, who in TRACKS.items()
    }
    shape = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    start = {"streamSid": "MZ1", "callSid": "CA1", "mediaFormat": shape}
    yield json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
    yield json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start})
    seq = 1
    for at in range(0, max(len(raw) for raw in sides.values()), FRAME):
        for track, raw in sides.items():
            seq += 1
            media = {
                "track": track,
                "timestamp": str(at // 8),
                "payload": b64encode(raw[at : at + FRAME]).decode(),
            }
            told = {"event": "media", "sequenceNumber": str(seq), "streamSid": "MZ1"}
            yield json.dumps({**told, "media": media})
    yield json.dumps({"event": "stop", "sequenceNumber": str(seq + 1), "streamSid": "MZ1"})


def hear(call: Session, told: list[Utterance]) -> None:
    """Let a call hear what is final."""
    for one in told:
        interval = one.turn.interval
        if one.is_final and interval is not None:
            said = Said(
                at_ms=interval.end_ms,
                role=one.turn.role,
                text=one.turn.text,
                start_ms=interval.start_ms,
                end_ms=interval.end_ms,
            )
            take_all([(call, [said])])


def test_a_real_call_becomes_words_and_tiles(shared: Path) -> None:
    """A light that came on in a car: two sides, in order, no prompt and no cue."""
    way, english = MediaStream(), Moonshine(None)
    streams: dict[str, Stream] = {}
    one = Conversation(id=ConversationId("CA1"), source="live", turns=(), language="en")
    growing = Growing(conversation=one, language="en")
    call = Session(conversation=one, language="en", growing=growing)
    for message in streamed(shared):
        for happened in way.receive(message)[0]:
            if isinstance(happened, Begun):
                assert happened.call_id == "CA1"
            if isinstance(happened, Sound):
                role = happened.role
                stream = streams.setdefault(role, Stream(english, language="en", role=role))
                hear(call, stream.feed(happened.pcm))
    for stream in streams.values():
        hear(call, stream.close())
    view = call.view()
    assert {turn.role for turn in growing.turns} == {"agent", "customer"}
    assert len(growing.turns) >= 6
    assert "lights come on" in " ".join(turn.text for turn in growing.turns)
    assert view.judged is not None
    assert view.judged.service.state != "absent"
    assert (view.risk, call.shown.prompts) == (None, ())
    assert view.stage == "work"


@pytest.mark.parametrize("level", [0, 1])
def test_silence_says_nothing(level: int) -> None:
    """A minute of an empty line, or of the faintest hum, is no word."""
    stream = Stream(Moonshine(None), language="en", role="customer")
    quiet = np.full(8_000, level, dtype=np.int16)
    told = [one for _ in range(60) for one in stream.feed(quiet)]
    assert [*told, *stream.close()] == []
