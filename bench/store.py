"""
How fast are analysed conversations stored, and how much of that is our work or the database's?

    python bench/store.py [--n 100000] [--database postgresql://127.0.0.1:5432/test]

Conversations of the corpus are analysed once, then stored again and again under new ids: sealed,
indexed, 256 to a transaction, as a run does. SQLite has one writer. PostgreSQL has one and two.
What is stored lies in a folder or a schema of its own that is dropped afterwards.
"""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
import json
import multiprocessing
import os
from pathlib import Path
import platform
from tempfile import TemporaryDirectory
import time
from uuid import uuid4

import psycopg
from sqlalchemy import func, select

from kindline.analysis import analyse_all
from kindline.ingest.plain import conversation_from
from kindline.model.analysis import Analysis
from kindline.model.conversation import Conversation, ConversationId
from kindline.policy import profile
from kindline.store.conversations import save
from kindline.store.database import Store, opened
from kindline.store.tables import CONVERSATIONS

ROOT = Path(__file__).resolve().parents[1]
N_TOGETHER = 256
N_DISTINCT = 500
NOW = datetime.now(UTC)

Pair = tuple[Conversation, Analysis]


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=100_000)
    options.add_argument("--database")
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        key_file = Path(folder) / "kindline.key"
        url = f"sqlite:///{folder}/kindline.db"
        told = {"SQLite, 1 writer": _rate(url, key_file, given.n, 1)}
        if given.database:
            for n_writers in (1, 2):
                with _schema(given.database) as address:
                    rate = _rate(address, key_file, given.n, n_writers)
                told[f"PostgreSQL, {n_writers} writers"] = rate
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(json.dumps({"machine": machine, "n": given.n, "stored_per_second": told}, indent=1))


def _rate(url: str, key_file: Path, n: int, n_writers: int) -> int:
    """Return how many a second the writers store together, each from a process of its own."""
    store = opened(url, key_file=key_file)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(n_writers, mp_context=context, initializer=_analysed) as pool:
        list(pool.map(_ready, range(n_writers)))
        start = time.perf_counter()
        parts = [(url, key_file, range(n)[number::n_writers]) for number in range(n_writers)]
        list(pool.map(_write, parts))
        seconds = time.perf_counter() - start
    with store.read() as tenancy:
        stored = tenancy.connection.scalar(select(func.count()).select_from(CONVERSATIONS))
    store.close()
    if stored != n:
        raise SystemExit(f"{n} went in, {stored} are there")
    return round(n / seconds)


def _ready(_number: int) -> None:
    time.sleep(0.5)  # until the other writer has analysed as well


def _write(part: tuple[str, Path, Sequence[int]]) -> None:
    url, key_file, numbers = part
    store = opened(url, key_file=key_file)
    for start in range(0, len(numbers), N_TOGETHER):
        _save(store, [_renamed(number) for number in numbers[start : start + N_TOGETHER]])
    store.close()


def _save(store: Store, done: Sequence[Pair]) -> None:
    with store.begin() as tenancy:
        save(tenancy, done, now=NOW)


def _renamed(number: int) -> Pair:
    conversation, analysis = _analysed()[number % N_DISTINCT]
    identity = ConversationId(f"c{number:07}")
    return replace(conversation, id=identity), replace(analysis, conversation_id=identity)


@cache
def _analysed() -> list[Pair]:
    lines = (ROOT / "corpus" / "en" / "conversations.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) | {"lawful_basis": "consent"} for line in lines]
    given = [conversation_from(one, source="corpus", record="1") for one in told]
    many = [given[number % len(given)] for number in range(N_DISTINCT)]
    return list(zip(many, analyse_all(many, profile(), declared=None, now=NOW), strict=True))


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
