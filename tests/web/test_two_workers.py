"""Two processes on one PostgreSQL: one is fed, the other shows; one is killed, nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from kindline.store.database import Store, opened
from kindline.store.people import add_user, change_user, ensure_tenant
from kindline.store.sessions import add_token, open_session
from kindline.web.guard import COOKIE
from tests.conftest import schema
from tests.served import free_port

_SERVE = """
import sys, uvicorn
uvicorn.run("kindline.web.serving:from_settings", factory=True, port=int(sys.argv[1]),
            log_level="error", access_log=False, ws_max_size=512 * 1024)
"""


@dataclass(slots=True)
class Worker:
    """A process that serves."""

    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill it, without a chance to end anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def feed(self, token: str) -> ClientConnection:
        """Open a socket that feeds calls."""
        headers = {"authorization": f"Bearer {token}"}
        return connect(f"ws://127.0.0.1:{self.port}/live/turns", additional_headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Two processes, and an agent who may feed too."""

    workers: tuple[Worker, Worker]
    store: Store
    token: str
    cookie: str


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """Return two workers behind which lies one database."""
    with schema() as url:
        key_file, now = tmp_path / "kindline.key", datetime.now(UTC)
        store = opened(url, key_file=key_file)
        with store.begin() as tenancy:
            ensure_tenant(tenancy, "own", now=now)
            user = add_user(tenancy, "a@own.test", "a", ["agent", "admin"], now=now)
            change_user(tenancy, user.user_id, agent_id="A-1")
            scopes, lasts = frozenset({"feeds"}), timedelta(days=1)
            token = add_token(tenancy, user.user_id, "f", scopes, now=now, lasts=lasts)  # type: ignore[arg-type]
            secret = open_session(tenancy.connection, user.user_id, is_complete=True, now=now)
        env = {
            **os.environ,
            "KINDLINE_DATABASE_URL": url,
            "KINDLINE_KEY_FILE": str(key_file),
            "KINDLINE_HOME": str(tmp_path),
            "KINDLINE_POLICY": "eu-consented",
            "KINDLINE_BASIS": "consent",
            "KINDLINE_WORKERS": "2",
        }
        workers = [_worker(env) for _ in range(2)]
        for one in workers:
            _wait_for(one)
        yield Centre(
            workers=(workers[0], workers[1]),
            store=store,
            token=token,
            cookie=f"{COOKIE}={secret}",
        )
        for one in workers:
            one.process.kill()
            one.process.wait()
        store.close()


def _worker(env: dict[str, str]) -> Worker:
    port = free_port()
    return Worker(port, subprocess.Popen([sys.executable, "-c", _SERVE, str(port)], env=env))


def _wait_for(worker: Worker) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{worker.port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("a worker did not start")


def send(way: ClientConnection, **told: Any) -> dict[str, Any]:
    """Send a frame and return the answer."""
    way.send(json.dumps(told))
    answer: dict[str, Any] = json.loads(way.recv(timeout=20))
    return answer


def start(way: ClientConnection) -> dict[str, Any]:
    """Begin the call, or go on with it."""
    told = {"call_id": "c-1", "language": "en", "agent_id": "A-1"}
    return send(way, event="start", seq=1, **told)


def say(way: ClientConnection, seq: int) -> dict[str, Any]:
    """Say a sentence that tells its number."""
    return send(way, event="turn", seq=seq, party="customer", text=f"Sentence number {seq}.")


@contextmanager
def desk(centre: Centre, worker: Worker, call_id: str) -> Iterator[Iterator[str]]:
    """Follow a call as a desk does: the lines of its stream."""
    address = f"http://127.0.0.1:{worker.port}/desk/{call_id}/events"
    headers = {"cookie": centre.cookie}
    with httpx.stream("GET", address, headers=headers, timeout=30) as answer:
        assert answer.status_code == 200
        yield (line for line in answer.iter_lines() if line.startswith("event: changed"))


def shown(centre: Centre, worker: Worker, call_id: str) -> str:
    """Return what a desk shows now."""
    address = f"http://127.0.0.1:{worker.port}/desk/{call_id}/now"
    return httpx.get(address, headers={"cookie": centre.cookie}, timeout=30).text


def until_closed(way: ClientConnection) -> None:
    """Read until the other side is gone."""
    try:
        while True:
            way.recv(timeout=10)
    except ConnectionClosed:
        return


def call_id_of(centre: Centre) -> str:
    """Return the call."""
    with centre.store.read() as tenancy:
        query = "SELECT call_id FROM calls"
        return str(tenancy.connection.exec_driver_sql(query).scalar())


def test_a_worker_killed_in_a_call_loses_nothing(centre: Centre) -> None:
    """Fed by one, followed at the other; the one is killed, the feed and a desk of it move over."""
    one, two = centre.workers
    with one.feed(centre.token) as way:
        start(way)
        say(way, 2)
        call_id = call_id_of(centre)
        with desk(centre, two, call_id) as lines:
            next(lines)
            say(way, 3)
            next(lines)  # told by the process that was fed
            assert "Sentence number 3." in shown(centre, two, call_id)
        way.send(json.dumps({"event": "turn", "seq": 4, "party": "customer", "text": "Lost?"}))
        one.kill()
        until_closed(way)
    with desk(centre, two, call_id) as lines, two.feed(centre.token) as again:
        next(lines)
        taken = start(again)["seq"]
        assert taken in (3, 4)  # the last may have been stored before the answer was sent
        for seq in range(taken + 1, 7):
            assert say(again, seq) == {"seq": seq}
        next(lines)
    told = shown(centre, two, call_id)
    for seq in (2, 3, 5, 6):
        assert told.count(f"</span> Sentence number {seq}.</li>") == 1


def test_acts_at_one_are_seen_at_the_other(centre: Centre) -> None:
    """A rung that is ticked here is ticked there, and the words go on in order."""
    one, two = centre.workers
    with one.feed(centre.token) as way:
        start(way)
        say(way, 2)
        call_id = call_id_of(centre)
        for port, rung in ((two.port, "close_the_loop"), (one.port, "acknowledge")):
            page = httpx.get(
                f"http://127.0.0.1:{port}/desk/{call_id}", headers={"cookie": centre.cookie}
            ).text
            key = page.partition('name="form_key" value="')[2].partition('"')[0]
            done = httpx.post(
                f"http://127.0.0.1:{port}/desk/{call_id}",
                headers={"cookie": centre.cookie},
                data={"form_key": key, "act": "said", "told": rung},
            )
            assert done.status_code == 303
        say(way, 3)
        for worker in (one, two):
            told = shown(centre, worker, call_id)
            assert told.count('<li class="done">') == 2
            assert "Sentence number 3." in told
