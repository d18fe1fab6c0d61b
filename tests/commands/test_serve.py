"""The pages as a person starts them: a link for the first visit, a clean end, a worker beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import re
import signal
import socket
import subprocess
import time

import httpx

from kindline.cli import COMMANDS
from kindline.model.people import RIGHTS_OF
from kindline.store.database import opened
from kindline.store.people import add_user
from kindline.store.sessions import add_token, open_session
from kindline.web.guard import COOKIE
from tests.commands.test_commands import PROGRAM, ROOT, run
from tests.conftest import schema


@contextmanager
def served(home: Path, *more: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start `kindline serve` on a free port; return its address and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if "KINDLINE" not in name}
    process = subprocess.Popen(
        [str(PROGRAM), "serve", "--port", str(port), *more],
        env=clean | {"KINDLINE_HOME": str(home)} | settings,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.1)
    try:
        yield address, process
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def test_the_first_start_prints_a_link_and_the_last_signal_ends_it_cleanly(tmp_path: Path) -> None:
    """The link sets a password, once; told to stop, it stops with status 0 and logged JSON."""
    with served(tmp_path) as (address, process):
        time.sleep(1.5)  # the worker beside it puts in what is due and does it
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
        assert process.returncode in (0, -signal.SIGTERM)
    (link,) = re.findall(r"First visit, once, within a day: (\S+)", told)
    assert link.startswith(f"{address}/link/")
    logged = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert {"request", "job done"} <= {line["event"] for line in logged}
    secret = link.rpartition("/")[2]
    assert all(secret not in json.dumps(line) for line in logged)
    with served(tmp_path) as (address, process):
        with httpx.Client(base_url=address) as browser:
            page = browser.get(f"/link/{secret}")
            assert page.status_code == 200
            key = page.text.split('name="form_key" value="')[1].split('"')[0]
            password = {"form_key": key, "password": "lampion rivier kwartje"}
            assert browser.post(f"/link/{secret}", data=password).status_code == 303
            assert browser.get(f"/link/{secret}").status_code == 404
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert "First visit" not in told


def test_several_processes_need_postgresql(tmp_path: Path) -> None:
    """SQLite has one writer: it is said, not tried."""
    told = run("serve", "--workers", "2", home=tmp_path)
    assert (told.returncode, "set KINDLINE_DATABASE_URL" in told.stderr) == (2, True)


def test_several_processes_share_sessions_and_counts(tmp_path: Path) -> None:
    """On PostgreSQL a session that one process opened is known to all; a monitor sees one sum."""
    with schema() as url:
        settings = {"KINDLINE_DATABASE_URL": url, "KINDLINE_KEY_FILE": str(tmp_path / "key")}
        with served(tmp_path, "--workers", "3", **settings) as (address, process):
            store = opened(url, key_file=tmp_path / "key")
            now = datetime.now(UTC)
            with store.begin() as tenancy:
                made = add_user(tenancy, "a@b.test", "A", ["analyst"], now=now)
                secret = open_session(tenancy.connection, made.user_id, is_complete=True, now=now)
                lasts = timedelta(days=1)
                rights = RIGHTS_OF["analyst"]
                token = add_token(tenancy, made.user_id, "t", rights, now=now, lasts=lasts)
            store.close()
            for _ in range(30):  # each on a connection of its own: another process may take it
                headers = {"cookie": f"{COOKIE}={secret}"}
                assert httpx.get(f"{address}/overview", headers=headers).status_code == 200
            headers = {"authorization": f"Bearer {token}"}
            for _ in range(5):
                counted = httpx.get(f"{address}/api/v1/metrics", headers=headers).text
                line = 'kindline_requests_total{method="GET",route="/overview",status="200"} 30.0'
                assert line in counted
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def test_what_is_deployed_names_commands_that_exist() -> None:
    """Units and container start what the program knows."""
    for name in ("kindline.service", "kindline-work.service", "Containerfile"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        (command,) = re.findall(r'(?:bin/kindline |"kindline", ")(\w+)', text)
        assert command in COMMANDS
