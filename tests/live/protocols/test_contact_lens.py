"""Amazon Connect's real-time segments: words once each, whoever sends them how often."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.errors import ProtocolError
from kindline.live.protocols.contact_lens import ContactLens
from kindline.live.protocols.frames import Begun, Happened, Over, Speaking, Words

SAID = "My xylophone came broken."


def record(kind: str, *segments: dict[str, Any], **more: Any) -> str:
    """Return a record of the stream."""
    told = {"Version": "1.0.0", "Channel": "VOICE", "ContactId": "c-1", "LanguageCode": "en-US"}
    return json.dumps({**told, "EventType": kind, "Segments": list(segments), **more})


def transcript(name: str, role: str = "CUSTOMER", **more: Any) -> dict[str, Any]:
    """Return a segment with words."""
    told = {
        "Id": name,
        "ParticipantRole": role,
        "Content": SAID,
        "BeginOffsetMillis": 1_000,
        "EndOffsetMillis": 2_500,
        "Sentiment": "NEGATIVE",
    }
    return {"Transcript": {**told, **more}}


def kinds(happened: list[Happened]) -> list[str]:
    """Return what happened by name."""
    return [type(one).__name__ for one in happened]


def test_a_contact_from_started_to_completed() -> None:
    """It begins with its language, words come with their times, it ends; moods are not taken."""
    way = ContactLens()
    (begun,) = way.receive(record("STARTED"))[0]
    assert isinstance(begun, Begun)
    assert (begun.call_id, begun.language) == ("c-1", "en-US")
    partial = {"Utterance": {"Id": "u", "ParticipantRole": "CUSTOMER", "PartialContent": "My"}}
    speaking, words = way.receive(record("SEGMENTS", partial, transcript("t-1")))[0]
    assert speaking == Speaking(role="customer", is_speaking=True)
    assert words == Words(role="customer", text=SAID, start_ms=1_000, end_ms=2_500)
    (agent,) = way.receive(record("SEGMENTS", transcript("t-2", "AGENT")))[0]
    assert isinstance(agent, Words)
    assert agent.role == "agent"
    assert way.receive(record("COMPLETED"))[0] == [Over(reason="stop")]


def test_a_record_that_comes_twice_is_taken_once() -> None:
    """The stream tells each at least once; a stream joined late begins the call all the same."""
    way = ContactLens()
    assert kinds(way.receive(record("SEGMENTS", transcript("t-1")))[0]) == ["Begun", "Words"]
    assert way.receive(record("SEGMENTS", transcript("t-1")))[0] == []
    assert kinds(way.receive(record("SEGMENTS", {"Categories": {}}, transcript("t-2")))[0]) == [
        "Words"
    ]


@pytest.mark.parametrize(
    "raw",
    [
        record("NEWS"),
        record("SEGMENTS", transcript("t", "SYSTEM")),
        record("SEGMENTS", transcript("t", EndOffsetMillis=1)),
        record("SEGMENTS", transcript("t", BeginOffsetMillis="x")),
        record("SEGMENTS", {"Transcript": []}),
        json.dumps({"EventType": "STARTED"}),
        "[]",
        b"\x00",
    ],
)
def test_what_is_no_record_is_refused(raw: str | bytes) -> None:
    """It says what was expected, and quotes nothing."""
    with pytest.raises(ProtocolError) as refused:
        ContactLens().receive(raw)
    assert "xylophone" not in str(refused.value)


def test_one_connection_carries_one_contact() -> None:
    """Another contact's words never come into a call."""
    way = ContactLens()
    way.receive(record("STARTED"))
    with pytest.raises(ProtocolError):
        way.receive(record("SEGMENTS", transcript("t-1"), ContactId="c-2"))


@given(st.lists(st.text(max_size=200), max_size=5))
def test_whatever_comes_is_taken_or_refused(frames: list[str]) -> None:
    """No frame breaks it."""
    way = ContactLens()
    for frame in frames:
        try:
            way.receive(frame)
        except ProtocolError:
            return
