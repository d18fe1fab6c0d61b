"""
How long do pages take over a million stored conversations?

    python bench/dashboards.py [--n 1000000] [--database postgresql://127.0.0.1:5432/test]

A generator fills the table: states at made-up rates, a year of days, eight queues, each with forty
words of fifty thousand, frequent and rare as words are (Zipf), sealed under a key of its own and
indexed. Then a server is asked over HTTP, by a signed-in analyst, for the overview, for lists with
different filters and for words: median and 95th percentile in milliseconds, whole pages, charts
drawn. Seconds are of this machine; compare the two engines.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
import json
import logging
import os
from pathlib import Path
import platform
import random
from tempfile import TemporaryDirectory
import threading
import time
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import psycopg
from sqlalchemy import insert
import structlog
import uvicorn

from kindline.config import Settings
from kindline.policy import profile
from kindline.store.database import Store, opened
from kindline.store.days import mark
from kindline.store.facts import Facts
from kindline.store.people import add_user
from kindline.store.postings import index
from kindline.store.sealing import new_seal
from kindline.store.sessions import open_session
from kindline.store.tables import CONVERSATIONS, KEYS
from kindline.web.app import application
from kindline.web.guard import COOKIE, form_key
from kindline.web.live import live_of
from kindline.web.place import Place
from kindline.web.signing_in import Passwords

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
N_DAYS = 365
N_TOGETHER = 5_000
N_ASKED = 40  # times each page, after a first
PORT = 8131
QUEUES = ("billing", "technical", "moving", "general", "outage", "contracts", "complaints", "rare")
PAGES = {
    "overview, 13 weeks": "/overview?weeks=13",
    "overview, a year": "/overview?weeks=52",
    "overview, one queue": "/overview?weeks=52&queue=billing",
    "a chart, drawn before": "/overview/trend/support?weeks=52",
    "list": "/conversations",
    "list, company": "/conversations?need=companionship",
    "list, rare queue and abuse": "/conversations?queue=rare&need=abuse&language=hu",
    "list, a week": "/conversations?week=2026-06-01&need=support",
}
N_WORDS, VOCABULARY = 40, 50_000
SEARCHES = {  # w1 stands in half of all conversations
    "search, a frequent word": "w2",
    "search, two frequent words": "w2 w3",
    "search, a usual word": "w500",
    "search, a rare word": "w40000",
    "search, a rare and a frequent word": "w30000 w1",
    "search, a phrase that is rare": '"w7 w9"',
}


def main() -> None:
    """Print one JSON object with every figure."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=1_000_000)
    options.add_argument("--database")
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        told = {"SQLite": _measured(f"sqlite:///{folder}/kindline.db", Path(folder), given.n)}
        if given.database:
            with _schema(given.database) as url:
                told["PostgreSQL"] = _measured(url, Path(folder) / "pg", given.n)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(json.dumps({"machine": machine, "n": given.n, "milliseconds": told}, indent=1))


def _measured(url: str, folder: Path, n: int) -> dict[str, Any]:
    store = opened(url, key_file=folder / "kindline.key")
    _fill(store, n)
    facts = Facts(folder / "facts")
    start = time.perf_counter()
    with store.read() as tenancy:
        facts.refresh(tenancy)
    made_s = round(time.perf_counter() - start, 1)
    start = time.perf_counter()
    n_indexed = 0
    while n_indexed < n:
        with store.begin() as tenancy:
            n_indexed += index(tenancy, n_most=N_TOGETHER)
    indexed_s = time.perf_counter() - start
    with store.begin() as tenancy:
        user = add_user(tenancy, "a@b.test", "A", ["analyst"], now=NOW)
        secret = open_session(tenancy.connection, user.user_id, is_complete=True, now=NOW)
    place = Place(
        store=store,
        facts=facts,
        policy=profile(),
        clock=lambda: NOW,
        passwords=Passwords(),
        address=f"http://127.0.0.1:{PORT}",
        home=folder,
        live=live_of(Settings(home=folder), store),
    )
    with _served(place):
        cookies = {COOKIE: secret}
        with httpx.Client(base_url=place.address, cookies=cookies, timeout=120) as client:
            told = {name: _asked(partial(client.get, path)) for name, path in PAGES.items()}
            key = form_key(secret)
            for name, words in SEARCHES.items():
                form = {"form_key": key, "words": words}
                told[name] = _asked(partial(client.post, "/conversations", data=form))
    return {"facts made, s": made_s, "indexed/s": round(n / indexed_s), **told}


def _asked(ask: Callable[[], httpx.Response]) -> dict[str, float]:
    took: list[float] = []
    for _ in range(N_ASKED + 1):
        start = time.perf_counter()
        ask().raise_for_status()
        took.append(1000 * (time.perf_counter() - start))
    warm = sorted(took[1:])
    return {
        "first": round(took[0], 1),  # a chart is drawn then
        "median": round(warm[len(warm) // 2], 1),
        "p95": round(warm[int(len(warm) * 0.95)], 1),
    }


def _fill(store: Store, n: int) -> None:
    chance = random.Random(7)  # noqa: S311 -- made-up data
    draw = np.random.default_rng(7)
    for numbers in _batches(n):
        ranks = (VOCABULARY ** draw.random((len(numbers), N_WORDS))).astype(int)
        rows: list[dict[str, Any]] = []
        keys: list[dict[str, Any]] = []
        for number, words in zip(numbers, ranks, strict=True):
            identity = f"c{number:07}"
            seal = new_seal(store.keyring, store.tenant, identity)
            text = " ".join(f"w{rank}" for rank in words)
            turns = seal.closed("turns", [{"party": "customer", "text": text}])
            rows.append({**_row(chance, identity), "turns": turns})
            told = {"key_id": seal.key_id, "wrapped": seal.wrapped}
            keys.append({"tenant_id": "own", "conversation_id": identity, **told})
        with store.begin() as tenancy:
            tenancy.connection.execute(insert(CONVERSATIONS), rows)
            tenancy.connection.execute(insert(KEYS), keys)
    with store.begin() as tenancy:
        mark(tenancy, [NOW - timedelta(days=day) for day in range(N_DAYS + 1)])
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _batches(n: int) -> Iterator[range]:
    for start in range(0, n, N_TOGETHER):
        yield range(start, min(n, start + N_TOGETHER))


def _row(chance: random.Random, identity: str) -> dict[str, Any]:
    happened_at = NOW - timedelta(days=N_DAYS * chance.random())
    queue = QUEUES[min(int(chance.expovariate(0.45)), len(QUEUES) - 1)]

    def state(share: float) -> str:
        told = chance.random()
        return "present" if told < share else "unsure" if told < share + 0.05 else "absent"

    return {
        "tenant_id": "own",
        "conversation_id": identity,
        "content_hash": "",
        "version_key": "",
        "status": "analysed",
        "language": chance.choice(("nl", "hu", "fr", "en")),
        "channel": chance.choice(("voice", "voice", "chat", "email")),
        "queue": queue,
        "started_at": happened_at,
        "happened_at": happened_at,
        "n_turns": chance.randint(4, 40),
        "service": state(0.85),
        "companionship": state(0.06),
        "support": state(0.04),
        "crisis": "cue" if state(0.002) == "present" else "no_cue_found",
        "abuse": state(0.02),
        "arrival": chance.choice(("calm", "irritated", "anxious", None)),
        "departure": chance.choice(("calm", "cheerful", None)),
        "policy": "eu-strict",
        "basis": "consent",
        "stored_at": NOW,
        "analysis": b"",  # read by no list and no dashboard
    }


@contextmanager
def _served(place: Place) -> Iterator[None]:
    config = uvicorn.Config(
        application(place), host="127.0.0.1", port=PORT, log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield
    server.should_exit = True
    thread.join()


@contextmanager
def _schema(url: str) -> Iterator[str]:
    name = f"kindline_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
        try:
            yield f"{url}?options=-csearch_path%3D{name}"
        finally:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


if __name__ == "__main__":
    main()
