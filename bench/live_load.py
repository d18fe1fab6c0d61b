"""
How many live calls does a process carry, stored and over sockets?

    python bench/live_load.py [--calls 1000] [--seconds 60] [--soak 0]

*Stored*: calls at a turn a second each go through the switchboard into SQLite, and into PostgreSQL
where KINDLINE_TEST_DATABASE_URL names one; latency is from when a turn came to when it was judged,
its prompt made and all of it stored. *Sockets*: the same from another process over WebSockets,
until the answer. *Sound*: calls that bring both sides as AudioHook (5 frames a second) or Twilio
(100); counted is what arrived. *Soak*: calls begin, end and are kept for that many seconds.
"""

import argparse
import asyncio
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import gc
import hashlib
import hmac
import json
import os
from pathlib import Path
import platform
import random
import resource
import secrets
import statistics
import subprocess
import sys
from tempfile import TemporaryDirectory
from threading import Thread
import time
from uuid import UUID, uuid4

import psycopg
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from kindline.calls.articles import Articles
from kindline.calls.bus import bus_of
from kindline.calls.ending import finish
from kindline.calls.hearing import Ear, Hearing
from kindline.calls.opening import House
from kindline.calls.switchboard import Switchboard
from kindline.desk.events import Ended, Said
from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.live.protocols.audiohook import COVERED
from kindline.live.protocols.twilio import signature
from kindline.model.conversation import Conversation, Turn
from kindline.pipeline import Judges
from kindline.policy import profile
from kindline.speech.recognisers import Choice
from kindline.store.database import Store, opened
from kindline.store.facts import Facts
from kindline.store.people import add_user, ensure_tenant
from kindline.store.sessions import add_token
from kindline.text.scoring import ours
from kindline.training import corpus
from kindline.web.app import application
from kindline.web.live import Doors, Live
from kindline.web.place import Place
from kindline.web.signing_in import Passwords

ROOT = Path(__file__).resolve().parents[1]
PORT = 18_765
WARM_UP_S = 10.0
FRAME_MS = {"audiohook": 200, "twilio": 20}
TWILIO, AUDIOHOOK = "a token of the bench", b"a key of the bench"


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=1_000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--soak", type=int, default=0)
    options.add_argument("--only", default="stored sockets sound")
    options.add_argument("--client", default="")
    given = options.parse_args()
    if given.client:
        asyncio.run(client(json.loads(given.client)))
        return
    told: dict[str, object] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    with TemporaryDirectory() as folder:
        for name, store in stores(Path(folder)):
            if "stored" in given.only:
                told[f"stored in {name}"] = stored(store, given.calls, given.seconds)
            if given.soak:
                told[f"soak in {name}"] = soak(store, given.calls // 4, given.soak)
            if "sockets" in given.only:
                told[f"sockets, {name}"] = over_sockets(
                    store, {"kind": "turns", "calls": given.calls, "seconds": given.seconds}
                )
            if "sound" in given.only and name == "SQLite":
                for kind, n in (("audiohook", 200), ("twilio", 50), ("twilio", 200)):
                    asked = {"kind": kind, "calls": n, "seconds": given.seconds // 2}
                    told[f"sound, {n} calls by {kind}"] = over_sockets(store, asked)
            store.close()
    print(json.dumps(told, indent=1))


def stores(folder: Path) -> Iterator[tuple[str, Store]]:
    """Return stores to load: SQLite, and PostgreSQL where there is one."""
    yield "SQLite", _furnished(opened(folder / "kindline.db"))
    url = os.environ.get("KINDLINE_TEST_DATABASE_URL")
    if url is None:
        return
    name = f"kindline_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
        address = f"{url}?options=-csearch_path%3D{name}"
        yield "PostgreSQL", _furnished(opened(address, key_file=folder / "kindline.key"))
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')


def stored(store: Store, n_calls: int, seconds: int) -> dict[str, object]:
    """Return latency and memory of calls through the switchboard."""
    with board_on(store) as board:
        before = _resident()
        load = Load(board, n_calls)
        load.run(seconds)
        return {"calls": n_calls, **load.told(), "kilobytes a call": load.held_kb(before)}


def soak(store: Store, n_calls: int, seconds: int) -> dict[str, object]:
    """Return how memory goes while calls begin, end and are kept, minute by minute."""
    with board_on(store) as board:
        load, minutes = Load(board, n_calls, is_ending=True), list[float]()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            load.run(60)
            minutes.append(round(_resident() / 1024, 1))
        return {
            "calls at once": n_calls,
            "calls kept": load.n_kept,
            **load.told(),
            "megabytes by minute": minutes,
        }


class Load:
    """Calls that speak a turn a second each, of stories in four languages."""

    def __init__(self, board: Switchboard, n_calls: int, *, is_ending: bool = False) -> None:
        self._board, self._is_ending = board, is_ending
        self._chance = random.Random(6)  # noqa: S311 -- no secret
        self._stories = [
            (code, _conversation(item).turns)
            for code in codes()
            for item in corpus.conversations(ROOT / "corpus", code, split="test")
        ]
        self._late: list[float] = []
        self._began = time.perf_counter()
        self.n_kept = 0
        self._calls = [self._begin() for _ in range(n_calls)]

    def run(self, seconds: int) -> None:
        """Let every call speak once a second for that long."""
        start = time.perf_counter()
        due = sorted((self._chance.random(), n) for n in range(len(self._calls)))
        while due[0][0] < seconds:
            at, n = due.pop(0)
            time.sleep(max(0.0, start + at - time.perf_counter()))
            self._speak(n, start + at, is_warm=at > WARM_UP_S)
            due.append((at + 1.0, n))
        time.sleep(1.0)

    def told(self) -> dict[str, object]:
        """Return the latencies, in milliseconds."""
        return {"turns": len(self._late), "milliseconds": _spread(self._late)}

    def held_kb(self, before: float) -> float:
        """Return the memory a call takes, in kilobytes."""
        return round((_resident() - before) / len(self._calls), 1)

    def _begin(self) -> tuple[str, list[Turn]]:
        language, turns = self._chance.choice(self._stories)
        name = uuid4().hex
        told = {"conversation_id": name, "language": language, "agent_id": "A-1"}
        return self._board.begin("own", name, "plain", told).call_id, list(turns)

    def _speak(self, n: int, due: float, *, is_warm: bool) -> None:
        call_id, turns = self._calls[n]
        if not turns and not self._is_ending:
            turns += self._chance.choice(self._stories)[1]  # the same call goes on
        if not turns:
            self._end(call_id)
            self._calls[n] = self._begin()
            return
        turn = turns.pop(0)
        at_ms = round((time.perf_counter() - self._began) * 1000)
        said = Said(at_ms=at_ms, role=turn.role, text=turn.text)
        done = self._board.put("own", call_id, [said])
        if is_warm:
            done.add_done_callback(lambda _: self._late.append(time.perf_counter() - due))

    def _end(self, call_id: str) -> None:
        self._board.put("own", call_id, [Ended(at_ms=60_000)]).result(30)
        with self._board.store.begin() as tenancy:
            self.n_kept += finish(tenancy, call_id, self._board.house)


def over_sockets(store: Store, asked: dict[str, object]) -> dict[str, object]:
    """Return what a client in another process measured against a server in this one."""
    with served(store) as (live, token):
        counted = _counting(live)
        told = json.dumps({**asked, "token": token})
        here = [sys.executable, str(Path(__file__).resolve()), "--client", told]
        began = resource.getrusage(resource.RUSAGE_SELF)
        done = subprocess.run(here, check=False, capture_output=True, text=True)
        if done.returncode:
            return {**asked, "failed": done.stderr.strip().splitlines()[-1]}
        ended = resource.getrusage(resource.RUSAGE_SELF)
        found: dict[str, object] = json.loads(done.stdout)
        busy = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
        found["server's core"] = round(busy / float(str(found.pop("took_s"))), 2)
        if asked["kind"] != "turns":
            sent = int(str(found["samples sent"]))
            found["samples arrived"] = sum(ear.n_heard for ear in counted)
            found["samples lost"] = sent - sum(ear.n_heard for ear in counted)
        return found


async def client(asked: dict[str, object]) -> None:
    """Feed calls, and print what it was like."""
    kind, n_calls, seconds = (
        str(asked["kind"]),
        int(str(asked["calls"])),
        int(str(asked["seconds"])),
    )
    late: list[float] = []
    began = time.perf_counter()
    if kind == "turns":
        stories = [
            _conversation(item).turns
            for item in corpus.conversations(ROOT / "corpus", "en", split="test")
        ]
        jobs = [speak(str(asked["token"]), stories[n % len(stories)], seconds, late)
                for n in range(n_calls)]  # fmt: skip
        await asyncio.gather(*jobs)
        told: dict[str, object] = {"calls": n_calls, "turns": len(late)}
        told["milliseconds to the answer"] = _spread(late)
    else:
        sent = await asyncio.gather(*(sound(kind, n, seconds) for n in range(n_calls)))
        told = {"calls": n_calls, "samples sent": sum(sent)}
    print(json.dumps({**told, "took_s": time.perf_counter() - began}))


async def speak(token: str, turns: Sequence[Turn], seconds: int, late: list[float]) -> None:
    """Feed one call at a turn a second."""
    headers = {"authorization": f"Bearer {token}"}
    await asyncio.sleep(random.random() * 25)  # noqa: S311 -- they do not all begin at once
    async with connect(f"ws://127.0.0.1:{PORT}/live/turns", additional_headers=headers,
                       compression=None) as way:  # fmt: skip
        start = {"event": "start", "seq": 1, "call_id": uuid4().hex, "language": "en"}
        await way.send(json.dumps(start))
        await way.recv()
        for seq in range(2, seconds + 2):
            turn = turns[seq % len(turns)]
            told = {"event": "turn", "seq": seq, "party": turn.role, "text": turn.text}
            asked = time.perf_counter()
            await way.send(json.dumps(told))
            await way.recv()
            if seq > WARM_UP_S:
                late.append(time.perf_counter() - asked)
            await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - asked)))


async def sound(kind: str, number: int, seconds: int) -> int:
    """Bring one call's sound; return how many samples were sent."""
    frame_ms = FRAME_MS[kind]
    await asyncio.sleep(number * 0.01)
    async with connect(f"ws://127.0.0.1:{PORT}/live/{kind}", compression=None,
                       additional_headers=headers_for(kind, PORT, number)) as way:  # fmt: skip
        await opening(kind, way, number)
        n_frames, began = seconds * 1000 // frame_ms, time.perf_counter()
        for frame in range(n_frames):
            await _frame(kind, way, frame, frame_ms)
            await asyncio.sleep(max(0.0, began + frame * frame_ms / 1000 - time.perf_counter()))
        await asyncio.sleep(2.0)
    return 2 * n_frames * frame_ms * 8


def headers_for(kind: str, port: int, number: int) -> dict[str, str]:
    """Return the headers of an upgrade."""
    if kind == "twilio":
        return {"x-twilio-signature": signature(TWILIO, f"wss://127.0.0.1:{port}/live/twilio")}
    headers = {
        "audiohook-organization-id": "org",
        "audiohook-session-id": str(UUID(int=number)),
        "audiohook-correlation-id": "bench",
        "x-api-key": "key-id",
    }
    created, covered = int(time.time()), " ".join(f'"{name}"' for name in COVERED)
    parameters = (
        f'({covered});keyid="key-id";nonce="{secrets.token_hex(16)}";alg="hmac-sha256";'
        f"created={created};expires={created + 10}"
    )
    values = {"@request-target": "/live/audiohook", "@authority": f"127.0.0.1:{port}", **headers}
    base = "\n".join([*(f'"{name}": {values[name]}' for name in COVERED),
                      f'"@signature-params": {parameters}'])  # fmt: skip
    mac = b64encode(hmac.new(AUDIOHOOK, base.encode(), hashlib.sha256).digest()).decode()
    return headers | {"signature-input": f"sig1={parameters}", "signature": f"sig1=:{mac}:"}


async def opening(kind: str, way: ClientConnection, number: int) -> None:
    """Begin a call."""
    if kind == "twilio":
        shape = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {"streamSid": "MZ", "callSid": secrets.token_hex(8), "mediaFormat": shape}
        told = {"event": "start", "sequenceNumber": "1", "streamSid": "MZ", "start": start}
        await way.send(json.dumps(told))
        return
    media = {"type": "audio", "format": "PCMU", "rate": 8000}
    parameters: dict[str, object] = {
        "organizationId": "org",
        "conversationId": secrets.token_hex(8),
        "participant": {"id": "x", "ani": "", "aniName": "", "dnis": ""},
        "media": [{**media, "channels": ["external", "internal"]}],
    }
    begin = {"version": "2", "id": str(UUID(int=number)), "type": "open", "seq": 1}
    await way.send(json.dumps({**begin, "serverseq": 0, "parameters": parameters}))
    await way.recv()


async def _frame(kind: str, way: ClientConnection, frame: int, frame_ms: int) -> None:
    if kind == "audiohook":
        await way.send(bytes([0xFF]) * (2 * frame_ms * 8))
        return
    payload = b64encode(bytes([0xFF]) * (frame_ms * 8)).decode()
    for side, track in enumerate(("inbound", "outbound")):
        media = {"track": track, "timestamp": str(frame * frame_ms), "payload": payload}
        told = {"event": "media", "sequenceNumber": str(2 + 2 * frame + side), "streamSid": "MZ"}
        await way.send(json.dumps({**told, "media": media}))


@contextmanager
def board_on(store: Store) -> Iterator[Switchboard]:
    """Return a switchboard that runs."""
    board = Switchboard(store, _house(), bus_of(store))
    board.start()
    yield board
    board.stop()


@contextmanager
def served(store: Store) -> Iterator[tuple[Live, str]]:
    """Serve a store at a port; return what live calls need, and a token that feeds."""
    with board_on(store) as board, TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        with store.begin() as tenancy:
            user = add_user(tenancy, f"{uuid4().hex}@b.test", "b", ["admin"], now=now)
            token = add_token(tenancy, user.user_id, "b", frozenset({"feeds"}), now=now,
                              lasts=timedelta(days=1))  # fmt: skip
        live = Live(
            switchboard=board,
            hearing=Hearing(Choice()),
            articles=Articles(),
            language="hu",  # which the recogniser that comes along does not know: nothing is heard
            twilio_token=TWILIO,
            audiohook_keys={"key-id": AUDIOHOOK},
            doors=Doors(most=2_000),
        )
        place = Place(store=store, facts=Facts(Path(folder) / "facts"), policy=profile(),
                      clock=lambda: datetime.now(UTC), passwords=Passwords(),
                      address=f"http://127.0.0.1:{PORT}", home=Path(folder), live=live)  # fmt: skip
        config = uvicorn.Config(application(place), port=PORT, log_level="error", lifespan="off",
                                access_log=False, ws_per_message_deflate=False)  # fmt: skip
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield live, token
        server.should_exit = True
        thread.join()


def _counting(live: Live) -> list[Ear]:
    """Return the ears that calls get from now on."""
    ears: list[Ear] = []
    make = live.hearing.ear

    def ear(language: str, told: object) -> Ear:
        made = make(language, told)  # type: ignore[arg-type]
        ears.append(made)
        return made

    live.hearing.ear = ear  # type: ignore[method-assign]
    return ears


def _conversation(item: dict[str, object]) -> Conversation:
    plain = {key: item[key] for key in ("id", "language", "channel", "turns", "lawful_basis")}
    return conversation_from(plain, source="corpus", record=str(item["id"]))


def _house() -> House:
    judges = Judges(rules=profile("eu-consented"), declared="consent", model=ours())
    return House(judges=judges, clock=lambda: datetime.now(UTC), country="GB")


def _furnished(store: Store) -> Store:
    with store.begin() as tenancy:
        ensure_tenant(tenancy, "own", now=datetime.now(UTC))
    return store


def _spread(late: Sequence[float]) -> dict[str, float]:
    every = sorted(late) or [0.0]
    return {
        "median": round(statistics.median(every) * 1000, 1),
        "p99": round(every[int(len(every) * 0.99)] * 1000, 1),
        "worst": round(every[-1] * 1000, 1),
    }


def _resident() -> float:
    """Return the memory held now, in kilobytes (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() / 1024


if __name__ == "__main__":
    main()
