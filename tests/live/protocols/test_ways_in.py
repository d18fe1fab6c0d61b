"""Ways into a live call: as their makers describe them, and whatever else may come."""

from base64 import b64decode, b64encode
from collections.abc import Callable
import hashlib
import hmac
import json
import re
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from kindline.errors import ProtocolError
from kindline.live.protocols.audiohook import COVERED, NOBODY, AudioHook, is_signed
from kindline.live.protocols.audiosocket import AudioSocket
from kindline.live.protocols.frames import (
    LARGEST_MESSAGE,
    Begun,
    Happened,
    Over,
    Sound,
    Speaking,
    Words,
)
from kindline.live.protocols.plain import PlainTurns
from kindline.live.protocols.twilio import MediaStream, signature
from kindline.live.protocols.twilio import is_signed as is_twilios

NOW = 1_790_000_000
SAID = "Nobody ever rings me"


def plain(seq: int, event: str, **more: Any) -> str:
    """Return a frame of ours."""
    return json.dumps({"event": event, "seq": seq, **more})


def started(**more: Any) -> str:
    """Return the first frame of ours."""
    return plain(1, "start", call_id="c1", language="nl", country="NL", **more)


def test_plain_turns_come_and_are_answered() -> None:
    """Each frame with the number that was taken."""
    way = PlainTurns()
    happened, answers = way.receive(started(queue="billing"))
    (begun,) = happened
    assert isinstance(begun, Begun)
    assert (begun.call_id, begun.language, begun.told["queue"]) == ("c1", "nl", "billing")
    turn = plain(2, "turn", party="customer", text=SAID, start_ms=0, end_ms=900)
    assert way.receive(turn) == (
        [Words(role="customer", text=SAID, start_ms=0, end_ms=900)],
        ['{"seq": 2}'],
    )
    speaking, _ = way.receive(plain(3, "speaking", party="customer", is_speaking=True))
    assert speaking == [Speaking(role="customer", is_speaking=True)]
    assert way.receive(plain(4, "stop"))[0] == [Over(reason="stop")]
    assert answers == ['{"seq": 1}']


def test_what_is_sent_again_after_a_break_is_taken_once() -> None:
    """The client knows what was answered and repeats the rest."""
    first = PlainTurns()
    first.receive(started())
    first.receive(plain(2, "turn", party="customer", text=SAID))
    again = PlainTurns(last_seq=first.last_seq)
    again.receive(started())
    assert again.receive(plain(2, "turn", party="customer", text=SAID)) == ([], ['{"seq": 2}'])
    happened, answers = again.receive(plain(3, "turn", party="agent", text="I am here."))
    assert happened == [Words(role="agent", text="I am here.")]
    assert answers == ['{"seq": 3}']
    with pytest.raises(ProtocolError, match="missing"):
        again.receive(plain(5, "turn", party="agent", text="x"))


def media(seq: int, track: str, at_ms: int, raw: bytes) -> str:
    """Return a media frame as Twilio sends it: numbers as text."""
    told = {
        "track": track,
        "chunk": "1",
        "timestamp": str(at_ms),
        "payload": b64encode(raw).decode(),
    }
    return json.dumps(
        {"event": "media", "sequenceNumber": str(seq), "streamSid": "MZ1", "media": told}
    )


def streaming(**more: Any) -> MediaStream:
    """Return a stream that began."""
    way = MediaStream(**more)
    assert way.receive('{"event": "connected", "protocol": "Call", "version": "1.0.0"}') == ([], [])
    start = {
        "streamSid": "MZ1",
        "callSid": "CA1",
        "accountSid": "AC1",
        "tracks": ["inbound", "outbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"language": "nl", "token": "t"},
    }
    told = {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start}
    ((begun,), answers) = way.receive(json.dumps(told))
    assert isinstance(begun, Begun)
    assert (begun.call_id, begun.language, begun.told["token"], answers) == ("CA1", "nl", "t", [])
    return way


def sound(happened: list[Happened]) -> Sound:
    """Return the one piece of sound that happened."""
    (one,) = happened
    assert isinstance(one, Sound)
    return one


def test_twilios_sound_lies_where_its_timestamp_says() -> None:
    """A gap is silence, an overlap is heard once, a frame sent twice too."""
    way = streaming()
    frame = bytes(range(160))
    first = sound(way.receive(media(2, "inbound", 0, frame))[0])
    assert (first.role, first.at_ms, len(first.pcm)) == ("customer", 0, 160)
    assert way.receive(media(2, "inbound", 0, frame)) == ([], [])
    late = sound(way.receive(media(3, "inbound", 60, frame))[0])
    assert (late.at_ms, len(late.pcm)) == (20, 320 + 160)
    assert not late.pcm[:320].any()
    over = sound(way.receive(media(4, "inbound", 70, frame))[0])
    assert (over.at_ms, len(over.pcm)) == (80, 80)
    other = sound(way.receive(media(5, "outbound", 500, frame))[0])
    assert (other.role, other.at_ms) == ("agent", 500)
    stop = '{"event": "stop", "sequenceNumber": "6", "streamSid": "MZ1"}'
    assert way.receive(stop)[0] == [Over(reason="stop")]
    with pytest.raises(ProtocolError):
        way.receive(media(7, "inbound", 80, frame))


def test_on_a_call_the_centre_made_the_customer_is_the_other_track() -> None:
    """Inbound is then whoever was called from: the agent's leg."""
    way = streaming(is_outgoing=True)
    assert sound(way.receive(media(2, "outbound", 0, b"\x00"))[0]).role == "customer"


def test_twilios_signature_is_of_the_address() -> None:
    """Each spelling of it that Twilio may have signed, and no other address or key."""
    url = "wss://kindline.example/live/twilio"
    given = b64encode(hmac.new(b"key", url.encode(), hashlib.sha1).digest()).decode()
    assert signature("key", url) == given
    for form in (url, url + "/", "https://kindline.example/live/twilio"):
        assert is_twilios(signature("key", form), "key", url)
    assert not is_twilios(signature("other", url), "key", url)
    assert not is_twilios(signature("key", url + "x"), "key", url)
    assert not is_twilios("", "key", url)


class Genesys:
    """The other side of AudioHook, as its reference client speaks."""

    def __init__(self, **opening: Any) -> None:
        self.id, self.seq, self.serverseq = str(uuid4()), 0, 0
        self.way = AudioHook(self.id, "org")
        self.opening = {
            "organizationId": "org",
            "conversationId": "conv",
            "participant": {"id": str(uuid4()), "ani": "", "aniName": "", "dnis": ""},
            "media": [
                {"type": "audio", "format": "PCMU", "channels": ["external"], "rate": 8000},
                {
                    "type": "audio",
                    "format": "PCMU",
                    "channels": ["external", "internal"],
                    "rate": 8000,
                },
            ],
            "language": "fr-FR",
            **opening,
        }

    def send(self, kind: str, **parameters: Any) -> tuple[list[Happened], list[dict[str, Any]]]:
        """Send a message and return what happened and what came back."""
        self.seq += 1
        told = {
            "version": "2",
            "id": self.id,
            "type": kind,
            "seq": self.seq,
            "serverseq": self.serverseq,
            "position": "PT0S",
            "parameters": parameters,
        }
        happened, answers = self.way.receive(json.dumps(told))
        back = [json.loads(answer) for answer in answers]
        self.serverseq += len(back)
        return happened, back

    def open(self) -> dict[str, Any]:
        """Open the session and return the answer."""
        _, (answer,) = self.send("open", **self.opening)
        return answer


def test_audiohook_from_open_to_closed() -> None:
    """Both sides are taken where they are offered; sound is cut into them; a ping is answered."""
    other = Genesys()
    ((begun,), (opened,)) = other.send("open", **other.opening)
    assert isinstance(begun, Begun)
    assert (begun.call_id, begun.language, begun.is_probe) == ("conv", "fr-FR", False)
    assert (opened["type"], opened["seq"], opened["clientseq"]) == ("opened", 1, 1)
    assert opened["parameters"]["media"][0]["channels"] == ["external", "internal"]
    _, (pong,) = other.send("ping")
    assert (pong["type"], pong["clientseq"]) == ("pong", 2)
    raw = bytes([0x80, 0xFF] * 1600)
    customer, agent = other.way.receive(raw)[0]
    assert isinstance(customer, Sound)
    assert isinstance(agent, Sound)
    assert (customer.role, agent.role, customer.at_ms) == ("customer", "agent", 0)
    assert set(customer.pcm.tolist()) == {32124}
    assert set(agent.pcm.tolist()) == {0}
    other.send("paused")
    other.send("resumed", start="PT0.2S", discarded="PT1.5S")
    later = other.way.receive(raw)[0][0]
    assert isinstance(later, Sound)
    assert later.at_ms == 200 + 1500
    told = json.loads(other.way.transcript("customer", SAID, 200, 900))
    other.serverseq += 1
    (entity,) = told["parameters"]["entities"]
    assert (entity["type"], entity["data"]["channelId"], entity["data"]["offset"]) == (
        "transcript",
        0,
        "PT0.200S",
    )
    over, (closed,) = other.send("close", reason="end")
    assert over == [Over(reason="end")]
    assert closed["type"] == "closed"
    assert other.way.receive(raw) == ([], [])


def test_a_probe_is_answered_and_known_as_one() -> None:
    """Nothing of it is to be stored."""
    other = Genesys(conversationId=NOBODY, participant={"id": NOBODY})
    ((begun,), (opened,)) = other.send("open", **other.opening)
    assert isinstance(begun, Begun)
    assert begun.is_probe
    assert opened["type"] == "opened"


def _twice(other: Genesys) -> None:
    other.seq -= 1


def _ahead(other: Genesys) -> None:
    other.seq += 1


def _of_the_future(other: Genesys) -> None:
    other.serverseq += 5


@pytest.mark.parametrize("spoil", [_twice, _ahead, _of_the_future])
def test_a_message_out_of_order_ends_the_session(spoil: Callable[[Genesys], None]) -> None:
    """A replay, one that was lost, an answer to nothing: disconnect, once, without a quote."""
    other = Genesys()
    other.open()
    spoil(other)
    happened, (answer,) = other.send("ping")
    assert happened == [Over(reason="error")]
    assert (answer["type"], answer["parameters"]["reason"]) == ("disconnect", "error")
    assert other.send("ping") == ([], [])


@pytest.mark.parametrize(
    "opening",
    [
        {"organizationId": "another"},
        {"media": []},
        {"media": [{"type": "audio", "format": "OPUS", "channels": ["external"], "rate": 48000}]},
        {"media": "x"},
        {"participant": None},
    ],
)
def test_an_open_we_cannot_take_is_refused(opening: dict[str, Any]) -> None:
    """Another house, sound that we cannot hear, no participant."""
    other = Genesys(**opening)
    assert other.open()["type"] == "disconnect"


def test_sound_where_none_is_expected_ends_the_session() -> None:
    """Before open, while paused, or with half a pair of sides."""
    early = Genesys()
    assert json.loads(early.way.receive(b"\x00\x00")[1][0])["type"] == "disconnect"
    paused = Genesys()
    paused.open()
    paused.send("paused")
    assert paused.way.receive(b"\x00\x00")[0] == [Over(reason="error")]
    odd = Genesys()
    odd.open()
    assert odd.way.receive(b"\x00")[0] == [Over(reason="error")]


def signed(secret: bytes, *, created: int = NOW, **changed: str) -> dict[str, str]:
    """Return the headers of an upgrade, signed as the draft says; then changed."""
    headers = {
        "host": "kindline.example",
        "audiohook-organization-id": "org",
        "audiohook-session-id": "session",
        "audiohook-correlation-id": "correlation",
        "x-api-key": "key-id",
    }
    covered = " ".join(f'"{name}"' for name in COVERED)
    parameters = (
        f'({covered});keyid="key-id";nonce="{b64encode(bytes(18)).decode()}";'
        f'alg="hmac-sha256";created={created};expires={created + 10}'
    )
    values = {"@request-target": "/live/audiohook?x=1", "@authority": headers["host"], **headers}
    lines = [f'"{name}": {values[name]}' for name in COVERED]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    mac = b64encode(hmac.new(secret, base.encode(), hashlib.sha256).digest()).decode()
    headers |= {"signature-input": f"sig1={parameters}", "signature": f"sig1=:{mac}:"}
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


def test_audiohooks_signature_covers_who_asks_for_what_and_when() -> None:
    """One header, the path, the key or the time changed, and it is nobody's."""
    secret = b64decode(b64encode(b"secret"))
    keys = {"key-id": secret}
    path = "/live/audiohook?x=1"
    assert is_signed(signed(secret), path, keys, NOW)
    assert not is_signed(signed(secret), "/live/audiohook?x=2", keys, NOW)
    assert not is_signed(signed(b"other"), path, keys, NOW)
    assert not is_signed(signed(secret), path, {}, NOW)
    assert not is_signed(signed(secret), path, keys, NOW + 30)
    assert not is_signed(signed(secret, created=NOW + 30), path, keys, NOW)
    for name in ("host", "audiohook_organization_id", "audiohook_session_id", "x_api_key"):
        assert not is_signed(signed(secret, **{name: "other"}), path, keys, NOW), name
    for broken in ("", "sig1=", "sig1=()", 'sig1=("host");created=x'):
        assert not is_signed(signed(secret, signature_input=broken), path, keys, NOW)
    short = re.sub(r'nonce="[^"]+"', 'nonce="x"', signed(secret)["signature-input"])
    assert not is_signed(signed(secret, signature_input=short), path, keys, NOW)


def framed(kind: int, content: bytes) -> bytes:
    """Return a frame of AudioSocket."""
    return bytes([kind]) + len(content).to_bytes(2, "big") + content


@settings(deadline=None)
@given(cuts=st.lists(st.integers(min_value=1, max_value=400), max_size=20))
def test_audiosocket_may_be_cut_anywhere(cuts: list[int]) -> None:
    """The same call comes out, however TCP hands it over."""
    name = UUID(int=7)
    pcm = np.arange(-160, 160, dtype="<i2")
    whole = framed(0x01, name.bytes) + framed(0x10, pcm.tobytes()) * 2 + framed(0x03, b"5")
    whole += framed(0x00, b"")
    way, happened, rest = AudioSocket(), list[Happened](), whole
    for size in [*cuts, len(whole)]:
        piece, rest = rest[:size], rest[size:]
        happened += way.receive(piece)
    begun, first, second, over = happened
    assert begun == Begun(call_id=str(name))
    assert isinstance(first, Sound)
    assert isinstance(second, Sound)
    assert (first.at_ms, second.at_ms) == (0, 40)
    assert (first.pcm == pcm).all()
    assert over == Over(reason="hang-up")


@pytest.mark.parametrize(
    "raw",
    [
        framed(0x10, b"\x00\x00"),
        framed(0x01, b"short"),
        framed(0x01, bytes(16)) * 2,
        framed(0x01, bytes(16)) + framed(0x10, b"\x00"),
        framed(0x01, bytes(16)) + framed(0x44, b""),
        b"\x10\xff\xff",
    ],
)
def test_audiosocket_refuses_what_is_none(raw: bytes) -> None:
    """Sound before an id, half a sample, a kind we do not know, a frame too long."""
    with pytest.raises(ProtocolError):
        AudioSocket().receive(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["start", "turn", "media", "stop", "speaking", "x"]),
        "type": st.sampled_from(["open", "ping", "close", "paused", "resumed", "discarded", "x"]),
        "version": st.just("2"),
        "id": st.just("session"),
        "seq": st.integers(min_value=-1, max_value=4) | st.text(max_size=3),
        "sequenceNumber": st.text(max_size=4),
        "start": JSON,
        "media": JSON,
        "parameters": JSON,
        "text": JSON,
        "party": JSON,
        "call_id": JSON,
    },
)


@settings(max_examples=150, deadline=None)
@given(
    frames=st.lists(
        KNOWN.map(json.dumps) | st.text(max_size=40) | st.binary(max_size=40), max_size=6
    )
)
def test_whatever_comes_is_taken_refused_or_ends_it(frames: list[str | bytes]) -> None:
    """No other error leaves a way in, and what is refused is not quoted."""
    for make in (PlainTurns, MediaStream, lambda: AudioHook("session", "org")):
        way = make()
        for frame in frames:
            try:
                way.receive(frame)
            except ProtocolError as error:
                told = str(error)
                break
        else:
            told = ""
        assert len(told) < 200


@pytest.mark.parametrize("make", [PlainTurns, MediaStream, lambda: AudioHook("s", "o")])
def test_a_frame_that_is_too_long_is_not_even_read(make: Callable[[], Any]) -> None:
    """Nor one nested without end."""
    for frame in ('{"event": "' + "x" * LARGEST_MESSAGE + '"}', "[" * 60_000):
        way = make()
        try:
            happened, _ = way.receive(frame)
        except ProtocolError:
            continue
        assert happened == [Over(reason="error")]
