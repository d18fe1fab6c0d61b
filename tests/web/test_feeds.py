"""Calls that come in over real sockets: plain turns, Twilio, AudioHook, AudioSocket; enemies."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import hashlib
import hmac
import json
from pathlib import Path
import secrets
import socket
import time
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from kindline.calls import hearing
from kindline.live.protocols.audiohook import COVERED, NOBODY
from kindline.live.protocols.twilio import signature
from kindline.policy import profile
from kindline.store.calls import Call, calls
from kindline.store.database import Store, opened
from kindline.store.facts import Facts
from kindline.store.people import add_user, ensure_tenant
from kindline.store.sessions import add_token
from kindline.web import audiosocket, feeds
from kindline.web.app import application
from kindline.web.live import Live
from kindline.web.place import Place
from kindline.web.signing_in import Passwords
from tests.calls.lives import live_on
from tests.live.test_heard import streamed
from tests.served import free_port, served

KEY = b"a secret of ours and Genesys's"
TWILIO = "a token of Twilio's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A server with a store, and what lets programs in."""

    port: int
    sound_port: int
    store: Store
    live: Live
    token: str
    weak_token: str

    def socket(self, path: str, **headers: str) -> ClientConnection:
        """Open a WebSocket as a platform does."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return connect(f"ws://127.0.0.1:{self.port}{path}", additional_headers=told)

    def turns(self) -> ClientConnection:
        """Open a WebSocket for plain turns."""
        return self.socket("/live/turns", authorization=f"Bearer {self.token}")

    def calls(self) -> list[Call]:
        """Return the calls there are."""
        with self.store.read() as tenancy:
            return calls(tenancy)

    def texts(self, call_id: str) -> list[str]:
        """Return what was said in a call."""
        return [turn.text for turn in self.live.switchboard.look("own", call_id).turns]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """Return a server that answers."""
    folder, port, sound_port = tmp_path_factory.mktemp("centre"), free_port(), free_port()
    store = opened(folder / "kindline.db")
    now = datetime.now(UTC)
    with store.begin() as tenancy:
        ensure_tenant(tenancy, "own", now=now)
        user = add_user(tenancy, "p@own.test", "p", ["admin"], now=now)
        tokens = [
            add_token(tenancy, user.user_id, scope, frozenset({scope}), now=now, lasts=timedelta(1))
            for scope in ("feeds", "people")
        ]
    live = live_on(
        store,
        lambda: datetime.now(UTC),
        language="en",
        twilio_token=TWILIO,
        audiohook_keys={"key-id": KEY},
        audiosocket={"customer": ("127.0.0.1", sound_port)},
    )
    place = Place(
        store=store,
        facts=Facts(folder / "facts"),
        policy=profile("eu-consented"),
        clock=lambda: datetime.now(UTC),
        passwords=Passwords(),
        address=f"http://127.0.0.1:{port}",
        home=folder,
        live=live,
    )
    with served(application(place), port):
        yield Centre(
            port=port,
            sound_port=sound_port,
            store=store,
            live=live,
            token=tokens[0],
            weak_token=tokens[1],
        )


def send(way: ClientConnection, **told: Any) -> dict[str, Any]:
    """Send a frame and return what is answered."""
    way.send(json.dumps(told))
    answer: dict[str, Any] = json.loads(way.recv(timeout=10))
    return answer


def rest(way: ClientConnection) -> list[str]:
    """Return what comes until the other side closes."""
    told: list[str] = []
    while True:
        try:
            told.append(str(way.recv(timeout=20)))
        except ConnectionClosed:
            return told


def start(way: ClientConnection, name: str, seq: int = 1) -> dict[str, Any]:
    """Begin a call."""
    return send(way, event="start", seq=seq, call_id=name, language="en", queue=name)


def say(way: ClientConnection, seq: int, text: str, party: str = "customer") -> dict[str, Any]:
    """Say something in a call."""
    return send(way, event="turn", seq=seq, party=party, text=text)


def test_what_is_answered_is_stored(centre: Centre) -> None:
    """The answer comes once the words are there for whoever opens the call."""
    with centre.turns() as way:
        assert start(way, "plain-1") == {"seq": 1}
        assert say(way, 2, "My parcel came broken.") == {"seq": 2}
        (call,) = [one for one in centre.calls() if one.queue == "plain-1"]
        assert (call.last_seq, call.language, call.way) == (2, "en", "plain")
        assert centre.texts(call.call_id) == ["My parcel came broken."]
        assert send(way, event="stop", seq=3) == {"seq": 3}
    assert [one.ending for one in centre.calls() if one.call_id == call.call_id] == ["closed"]


def test_a_client_that_comes_back_goes_on(centre: Centre) -> None:
    """It hears what was taken, sends the rest, and nothing stands there twice or is missing."""
    with centre.turns() as way:
        start(way, "plain-2")
        say(way, 2, "One.")
        say(way, 3, "Two.")
    with centre.turns() as way:
        assert start(way, "plain-2") == {"seq": 3}
        assert say(way, 3, "Two.") == {"seq": 3}
        assert say(way, 4, "Three.") == {"seq": 4}
    (call,) = [one for one in centre.calls() if one.queue == "plain-2"]
    assert centre.texts(call.call_id) == ["One.", "Two.", "Three."]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer klt_none", "weak"])
def test_without_the_right_nobody_feeds(centre: Centre, token: str) -> None:
    """No token, a wrong one, or one that may something else: refused before it is opened."""
    told = f"Bearer {centre.weak_token}" if token == "weak" else token  # noqa: S105
    with pytest.raises(InvalidStatus) as refused:
        centre.socket("/live/turns", authorization=told)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "frames",
    [
        ["no JSON"],
        ['{"event": "turn", "seq": 1, "party": "customer", "text": "x"}'],
        ['{"event": "start", "seq": 1, "call_id": "bad-1"}', '{"event": "turn", "seq": 9}'],
        [b"\x00\x01"],
        ["x" * 70_000],
        ["[" * 60_000],
    ],
)
def test_what_the_protocol_does_not_allow_ends_the_connection(
    centre: Centre, frames: list[str | bytes]
) -> None:
    """The client is told what was expected, never what it sent; the server goes on."""
    with centre.turns() as way:
        for frame in frames:
            way.send(frame)
        told = rest(way)
        assert "error" in told[-1]
        assert "xxx" not in told[-1]
    with centre.turns() as way:
        assert start(way, f"after-{len(frames)}-{secrets.token_hex(4)}") == {"seq": 1}


def test_a_frame_beyond_all_bounds_is_not_even_kept(centre: Centre) -> None:
    """A megabyte ends the connection at once."""
    with centre.turns() as way:
        way.send("x" * 1_000_000)
        assert rest(way) == []


def test_a_thousand_half_open_sockets_keep_nobody_out_for_long(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only so many wait to begin, each only so long; calls that go on notice nothing of it."""
    monkeypatch.setattr(feeds, "BEGINS_WITHIN_S", 3.0)
    with ExitStack() as stack, centre.turns() as way:
        start(way, "plain-3")
        n_refused, held = 0, []
        for _ in range(1000):
            try:
                held.append(stack.enter_context(centre.turns()))
            except InvalidStatus:
                n_refused += 1
        assert say(way, 2, "Still here.") == {"seq": 2}
        assert centre.live.doors.n_waiting <= centre.live.doors.most
        with pytest.raises(ConnectionClosed):
            held[-1].recv(timeout=20)
        assert n_refused + len(held) == 1000
    with centre.turns() as way:
        assert start(way, "plain-4") == {"seq": 1}


def test_a_thousand_bare_connections_are_let_go(centre: Centre) -> None:
    """Who opens a port and says nothing at all keeps nobody out either."""
    with ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(socket.create_connection(("127.0.0.1", centre.port)))
        with centre.turns() as way:
            assert start(way, "plain-5") == {"seq": 1}


def waiting_for(centre: Centre, name: str, n: int = 1, within_s: float = 60) -> Call:
    """Return the call that came by a way once it holds that many events."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        found = [one for one in centre.calls() if one.way == name and one.n_events >= n]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no {name} call of {n} events")


def test_a_real_call_by_twilio_becomes_words(
    centre: Centre, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's sample call, signed and streamed: its words are there, its end ends it."""
    *frames, stop = streamed(shared)
    monkeypatch.setattr(hearing, "MOST_WAITING_MS", 1_000_000)  # it comes all at once
    address = f"wss://127.0.0.1:{centre.port}/live/twilio"
    with centre.socket("/live/twilio", x_twilio_signature=signature(TWILIO, address)) as way:
        for frame in (*frames[:2_500], stop):  # twenty-five seconds of it
            way.send(frame)
    until = time.monotonic() + 120
    while not (ended := [one for one in centre.calls() if one.way == "twilio" and one.ended_at]):
        assert time.monotonic() < until
        time.sleep(0.2)
    words = " ".join(centre.texts(ended[0].call_id))
    assert "calling in today" in words


def test_twilio_unsigned_is_refused(centre: Centre) -> None:
    """A signature of another address, of another token, or none."""
    for given in ("", signature("other", "wss://x/live/twilio"), signature(TWILIO, "wss://x/y")):
        with pytest.raises(InvalidStatus):
            centre.socket("/live/twilio", x_twilio_signature=given)


def signed(centre: Centre, session: str) -> dict[str, str]:
    """Return the headers that Genesys signs an upgrade with, now."""
    headers = {
        "audiohook-organization-id": "org",
        "audiohook-session-id": session,
        "audiohook-correlation-id": "correlation",
        "x-api-key": "key-id",
    }
    created, covered = int(time.time()), " ".join(f'"{name}"' for name in COVERED)
    parameters = (
        f'({covered});keyid="key-id";nonce="{secrets.token_hex(16)}";alg="hmac-sha256";'
        f"created={created};expires={created + 10}"
    )
    values = {
        "@request-target": "/live/audiohook",
        "@authority": f"127.0.0.1:{centre.port}",
        **headers,
    }
    lines = [*(f'"{name}": {values[name]}' for name in COVERED)]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    mac = b64encode(hmac.new(KEY, base.encode(), hashlib.sha256).digest()).decode()
    return headers | {"signature-input": f"sig1={parameters}", "signature": f"sig1=:{mac}:"}


class Genesys:
    """The other side of AudioHook on a socket."""

    def __init__(self, way: ClientConnection, session: str, conversation: str) -> None:
        self.way, self.session, self.conversation = way, session, conversation
        self.seq = self.serverseq = 0

    def send(self, kind: str, **parameters: Any) -> dict[str, Any]:
        """Send a message and return the answer."""
        self.seq += 1
        told = {"version": "2", "id": self.session, "type": kind, "seq": self.seq}
        more = {"serverseq": self.serverseq, "position": "PT0S", "parameters": parameters}
        self.way.send(json.dumps({**told, **more}))
        answer: dict[str, Any] = json.loads(self.way.recv(timeout=10))
        self.serverseq = answer["seq"]
        return answer

    def open(self, participant: str = "someone") -> dict[str, Any]:
        """Open the session."""
        media = {"type": "audio", "format": "PCMU", "rate": 8000}
        return self.send(
            "open",
            organizationId="org",
            conversationId=self.conversation,
            participant={"id": participant, "ani": "", "aniName": "", "dnis": ""},
            media=[{**media, "channels": ["external", "internal"]}],
            language="en-US",
        )


def test_audiohook_is_opened_within_a_second(centre: Centre) -> None:
    """Signed, opened, pinged, fed and closed; the same signature a second time is refused."""
    session = str(uuid4())
    headers = signed(centre, session)
    began = time.monotonic()
    with centre.socket("/live/audiohook", **headers) as way:
        other = Genesys(way, session, "conv-1")
        assert other.open()["type"] == "opened"
        assert time.monotonic() - began < 1
        assert other.send("ping")["type"] == "pong"
        for _ in range(10):
            way.send(bytes([0xFF] * 3200))
        assert other.send("close", reason="end")["type"] == "closed"
    assert waiting_for(centre, "audiohook").ending == "closed"
    with pytest.raises(InvalidStatus):
        centre.socket("/live/audiohook", **headers)


def test_audiohook_out_of_order_is_disconnected(centre: Centre) -> None:
    """A number left out ends the session, as the protocol asks."""
    session = str(uuid4())
    with centre.socket("/live/audiohook", **signed(centre, session)) as way:
        other = Genesys(way, session, "conv-2")
        other.open()
        other.seq += 1
        assert other.send("ping")["type"] == "disconnect"


def test_a_probe_leaves_no_call(centre: Centre) -> None:
    """It is answered like a call, and stored nowhere."""
    before, session = len(centre.calls()), str(uuid4())
    with centre.socket("/live/audiohook", **signed(centre, session)) as way:
        other = Genesys(way, session, NOBODY)
        assert other.open(participant=NOBODY)["type"] == "opened"
        way.send(bytes([0xFF] * 3200))
        other.send("close", reason="end")
    assert len(centre.calls()) == before


def test_audiosocket_feeds_a_call(centre: Centre) -> None:
    """Asterisk's frames, cut anywhere; hanging up ends the call."""
    identity = uuid4()
    sound = b"".join(b"\x10\x01\x40" + bytes(320) for _ in range(50))
    raw = b"\x01\x00\x10" + identity.bytes + sound + b"\x00\x00\x00"
    with socket.create_connection(("127.0.0.1", centre.sound_port)) as way:
        for at in range(0, len(raw), 777):
            way.sendall(raw[at : at + 777])
        way.settimeout(10)
        assert way.recv(1) == b""
    assert waiting_for(centre, "audiosocket").ending == "closed"


def test_audiosocket_that_says_nothing_or_nonsense_is_let_go(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No id in time, or a frame of no kind we know: the connection ends, no call is there."""
    monkeypatch.setattr(audiosocket, "BEGINS_WITHIN_S", 0.3)
    before = len(centre.calls())
    for raw in (b"", b"\x55\x00\x01x", b"\x10\xff\xff"):
        with socket.create_connection(("127.0.0.1", centre.sound_port)) as way:
            way.sendall(raw)
            way.settimeout(10)
            assert way.recv(1) == b""
    assert len(centre.calls()) == before


def test_contact_lens_feeds_a_call(centre: Centre) -> None:
    """What Amazon's recogniser heard, passed on with a token, is there for the desk."""
    told = {"ContactId": "lens-1", "LanguageCode": "en-US", "Channel": "VOICE"}
    said = {
        "Id": "t-1",
        "ParticipantRole": "CUSTOMER",
        "Content": "My parcel came broken.",
        "BeginOffsetMillis": 0,
        "EndOffsetMillis": 900,
    }
    with centre.socket("/live/contact-lens", authorization=f"Bearer {centre.token}") as way:
        for kind, segments in (("STARTED", []), ("SEGMENTS", [{"Transcript": said}])):
            way.send(json.dumps({**told, "EventType": kind, "Segments": segments}))
            way.recv(timeout=10)
        call = waiting_for(centre, "contact-lens")
        assert centre.texts(call.call_id) == ["My parcel came broken."]
