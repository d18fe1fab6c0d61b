"""
How long does each number take over a million contacts?

    python bench/insight.py [--n 1000000]

The facts of a year are made up, a file a day: states at made-up rates, eight queues, matters of one
to four contacts. Each number is asked 20 times after a first; medians and 95th percentiles are of
this machine, in milliseconds, with no page around them (bench/dashboards.py asks for pages).
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import platform
from tempfile import TemporaryDirectory
import time
from typing import Any

import numpy as np
from sqlalchemy import insert

from kindline.extras import library
from kindline.insight import channels, customers, published, season, shares, times
from kindline.insight.where import Scope, Where
from kindline.store.database import OWN, opened
from kindline.store.facts import COLUMNS, SHAPE, Facts
from kindline.store.tables import DAYS

pa, parquet = library("pyarrow", "facts"), library("pyarrow.parquet", "facts")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
N_DAYS, N_ASKED = 365, 20
STAMP = "made-up"
CHANCES: dict[str, dict[str, float]] = {
    "status": {"analysed": 1.0},
    "language": {"nl": 0.4, "en": 0.25, "fr": 0.2, "hu": 0.15},
    "channel": {"voice": 0.66, "chat": 0.18, "email": 0.1, "messaging": 0.06},
    "country": {"NL": 0.4, "GB": 0.25, "FR": 0.2, "HU": 0.15},
    "queue": {f"queue {n}": 1 / 8 for n in range(8)},
    "service": {"present": 0.9, "absent": 0.08, "unsure": 0.02},
    "companionship": {"present": 0.06, "absent": 0.88, "unsure": 0.06},
    "support": {"present": 0.1, "absent": 0.84, "unsure": 0.06},
    "crisis": {"cue": 0.004, "no_cue_found": 0.996},
    "abuse": {"present": 0.02, "absent": 0.98},
    "arrival": {"calm": 0.55, "irritated": 0.26, "sad": 0.1, "cheerful": 0.09},
    "departure": {"calm": 0.75, "irritated": 0.1, "sad": 0.05, "cheerful": 0.1},
    "emotions": {"": 0.3, "frustration": 0.3, "frustration|anger": 0.1, "gratitude": 0.3},
    "felt_heard": {"yes": 0.6, "partly": 0.2, "no": 0.1, "unsure": 0.1},
    "resolution": {"settled": 0.7, "open": 0.2, "nothing_to_settle": 0.1},
    "loyalty": {"kept": 0.7, "at_risk": 0.15, "lost": 0.05, "won": 0.05, "unsure": 0.05},
    "reason": {"billing": 0.4, "order": 0.3, "outage": 0.2, "complaint": 0.1},
    "policy": {"eu-strict": 1.0},
    "basis": {"contract": 1.0},
}
SAID = 0.15  # share of contacts with each of these
FLAGS = ("swearing", "tried_self_service", "other_channels", "repeat_contact")
NUMBERS: dict[str, Callable[[Scope], Any]] = {
    "needs, all": lambda scope: _shares(scope, None),
    "needs, by week": lambda scope: _shares(scope, "week"),
    "needs, by queue": lambda scope: _shares(scope, "queue"),
    "needs, by hour": lambda scope: _shares(scope, "hour"),
    "by part of the week": lambda scope: season.season(scope, "companionship", country="NL"),
    "moods": customers.moods,
    "heard": customers.heard,
    "reasons that lose people": customers.losing,
    "loyalty, by matter": customers.courses,
    "feelings by channel": channels.feelings,
    "channel by mood": channels.choices,
    "told by matter, FCR": channels.matters,
    "handle time, split": times.splits,
    "beside what was published": published.ours_beside,
}


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=1_000_000)
    n = options.parse_args().n
    with TemporaryDirectory() as name:
        folder = Path(name)
        store, facts = opened(folder / "kindline.db"), Facts(folder / "facts")
        _fill(folder / "facts" / OWN, n)
        with store.begin() as tenancy:
            rows = [{"tenant_id": OWN, "day": _day(at), "stamp": STAMP} for at in range(N_DAYS)]
            tenancy.connection.execute(insert(DAYS), rows)
        start, before = time.perf_counter(), _resident()
        with store.read() as tenancy:
            facts.refresh(tenancy)
        held_s = round(time.perf_counter() - start, 1)
        held_bytes = round((_resident() - before) / n)
        scope = Scope(facts=facts, tenant=OWN, where=Where(zone="Europe/Amsterdam"))
        told = {name: _asked(ask, scope) for name, ask in NUMBERS.items()}
        facts.close()
        store.close()
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    held = {"s": held_s, "bytes each": held_bytes}
    print(json.dumps({"machine": machine, "n": n, "held": held, "ms": told}, indent=1))


def _resident() -> int:
    """Return the bytes that this process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _shares(scope: Scope, by: shares.By | None) -> list[shares.Row]:
    return shares.shares(scope.facts, scope.tenant, scope.where, by=by, fewest=0)


def _asked(ask: Callable[[Scope], Any], scope: Scope) -> dict[str, float]:
    took: list[float] = []
    for _ in range(N_ASKED + 1):
        start = time.perf_counter()
        ask(scope)
        took.append(1000 * (time.perf_counter() - start))
    warm = sorted(took[1:])
    return {"median": round(warm[N_ASKED // 2], 1), "p95": round(warm[int(0.95 * N_ASKED)], 1)}


def _day(at: int) -> str:
    return (NOW - timedelta(days=N_DAYS - at)).date().isoformat()


def _fill(folder: Path, n: int) -> None:
    """Write a file a day, in the shape that facts have."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(1)
    each = n // N_DAYS + 1
    for at in range(N_DAYS):
        start = datetime.fromisoformat(f"{_day(at)}T00:00:00+00:00")
        made = {name: _column(name, each, chance, start, at * each) for name in COLUMNS}
        parquet.write_table(pa.table(made), folder / f"{_day(at)}.{STAMP}.{SHAPE}.parquet")


def _column(name: str, n: int, chance: np.random.Generator, start: datetime, first: int) -> Any:
    if name in CHANCES:
        told = CHANCES[name]
        return pa.array(chance.choice(list(told), n, p=list(told.values())), pa.string())
    if name == "happened_at":
        hours = chance.integers(6, 23, n)
        return pa.array([start + timedelta(hours=int(h)) for h in hours], pa.timestamp("us", "UTC"))
    if name in FLAGS:
        return pa.array(chance.random(n) < SAID)
    if name in ("person", "denied_because"):
        return pa.array([None] * n, pa.int64() if name == "person" else pa.string())
    return pa.array(_numbers(name, n, chance, first))


def _numbers(name: str, n: int, chance: np.random.Generator, first: int) -> Any:
    if name == "number":
        return np.arange(first, first + n)
    if name == "matter":  # of contacts of some days, one to four each
        return chance.integers(first // 4, first // 4 + n, n)
    return chance.integers(0, 600_000, n)


if __name__ == "__main__":
    main()
