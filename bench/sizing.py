"""
How many cores, how much memory and disk does a centre take, and what breaks first as it grows?

    python bench/sizing.py [--seats 10000] [--write]

Every figure comes of `bench/sizing.toml`: service times that were measured, and assumptions to put
your own for. The busiest hour is played, call by call and turn by turn: each station is a queue of
as many servers as it is given. What waits too long gets one more, until nothing does; the order
tells what breaks first. `--write` puts the table into docs/reference/sizing.md.
"""

import argparse
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import heapq
import math
from pathlib import Path
import tomllib

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "sizing.md"
SEATS = (15, 50, 200, 1_000, 3_000, 10_000)
_HOUR_S = 3_600
_N_PLAYED = 40_000  # arrivals at a station
_FULL = 0.9  # busier than this, a queue is one bad minute from growing
_SEED = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where work waits: how often it comes, how long it takes a server, how long it may wait."""

    name: str
    a_second: float
    takes_s: float
    may_take_s: float
    adds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A station with so many servers in the busiest hour: how full they are, and who waits."""

    servers: int
    busy: float
    p99_s: float

    def holds(self, station: Station) -> bool:
        """Return whether it keeps up."""
        return self.busy <= _FULL and self.p99_s <= station.may_take_s


class Figures:
    """The figures of the file, by name."""

    def __init__(self) -> None:
        told = tomllib.loads((ROOT / "bench" / "sizing.toml").read_text("utf-8"))
        self.told = {**told["measured"], **told["assumed"]}
        self.measured, self.assumed = told["measured"], told["assumed"]

    def __getattr__(self, name: str) -> float:
        return float(self.told[name]["value"])


FIGURES = Figures()


def main() -> None:
    """Print the table, and what breaks first at so many seats."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seats", type=int, default=10_000)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    page = _page(given.seats)
    print(page)
    if given.write:
        PAGE.write_text(page, "utf-8")


def stations(seats: int, *, is_heard: bool) -> list[Station]:
    """Return the stations of a centre of so many seats in its busiest hour."""
    f = FIGURES
    calls = seats * f.occupancy
    turns, ended = calls / f.turn_s, calls / f.call_s
    of_a_call = f.call_s / f.turn_s
    pages = (seats + seats / f.agents_a_lead) * f.pages_an_hour / _HOUR_S
    after_s = of_a_call / f.turns_a_core_s + 1 / f.stored_a_core_s
    found = [
        Station(
            name="live turns",
            a_second=turns,
            takes_s=f.live_turn_ms / 1000,
            may_take_s=0.2,
            adds="a process of `kindline serve`",
        ),
        Station(
            name="pages",
            a_second=pages,
            takes_s=f.page_ms / 1000,
            may_take_s=0.5,
            adds="a process of `kindline serve`",
        ),
        Station(
            name="analysis after the call",
            a_second=ended,
            takes_s=after_s,
            may_take_s=60,
            adds="a `kindline work`",
        ),
        Station(
            name="search index",
            a_second=ended,
            takes_s=1 / f.indexed_a_core_s,
            may_take_s=60,
            adds="a `kindline work`",
        ),
        Station(
            name="notices between processes",
            a_second=turns,
            takes_s=1 / f.notices_a_s,
            may_take_s=0.05,
            adds="another bus than PostgreSQL's",
        ),
    ]
    if is_heard:
        heard = Station(  # a second of each call at a time
            name="live recognition",
            a_second=calls,
            takes_s=f.heard_core_s,
            may_take_s=3,
            adds="a core that listens",
        )
        found.append(heard)
    return found


def played(station: Station, servers: int) -> Played:
    """Return how a station with so many servers serves the busiest hour; takes differ threefold."""
    chance = np.random.default_rng(_SEED)
    gaps = chance.exponential(1 / station.a_second, _N_PLAYED)
    takes = chance.gamma(2.0, station.takes_s / 2, _N_PLAYED)
    free_at = [0.0] * servers
    over: list[float] = []
    for at, takes_s in zip(np.cumsum(gaps).tolist(), takes.tolist(), strict=True):
        begins = max(at, free_at[0])
        heapq.heapreplace(free_at, begins + takes_s)
        over.append(begins + takes_s - at)
    busy = station.a_second * station.takes_s / servers
    return Played(servers=servers, busy=busy, p99_s=float(np.percentile(over, 99)))


def needed(station: Station) -> Played:
    """Return the station with the fewest servers that keep up."""
    servers = max(1, math.ceil(station.a_second * station.takes_s / _FULL))
    while not (found := played(station, servers)).holds(station):
        servers += 1
    return found


def breaks_at(place: int, steps: Sequence[int]) -> int | None:
    """Return the fewest seats at which one server no longer keeps up, None where it always does."""

    def gives_way(seats: int) -> bool:
        one = stations(seats, is_heard=True)[place]
        return not played(one, 1).holds(one)

    found = bisect_left(steps, True, key=gives_way)
    return steps[found] if found < len(steps) else None


def _page(seats: int) -> str:
    return "\n".join(
        (
            "# What a centre takes",
            "",
            "Made by `python bench/sizing.py --write` from `bench/sizing.toml`; put your own",
            "figures there and run it again. Cores are those of the machine in",
            "[What was measured](../measured.md).",
            "",
            *_table(),
            "",
            *_order(),
            "",
            *_large(seats),
            "",
            *_figures(),
            "",
        )
    )


def _table() -> list[str]:
    head = ("agents", "calls at once", "hours of sound a day", "cores, words alone")
    more = ("cores, sound heard after", "cores, sound heard live", "memory, GB", "database, GB")
    columns = (*head, *more, "euro a 1,000 contacts, words alone", "sound heard after")
    rows = ["## By size", "", f"| {' | '.join(columns)} |", f"| {' | '.join(['---'] * 10)} |"]
    return rows + [f"| {' | '.join(_row(n))} |" for n in SEATS]


def _row(seats: int) -> list[str]:
    f = FIGURES
    calls = seats * f.occupancy
    sound_h = calls * f.hours_a_day
    contacts = sound_h * _HOUR_S / f.call_s
    live, pages, *more = (needed(one).servers for one in stations(seats, is_heard=False)[:-1])
    serving, words = live + pages, live + pages + sum(more)
    hearing = needed(stations(seats, is_heard=True)[-1]).servers
    after = math.ceil(sound_h * f.batch_heard_core_s / 24)
    kept_gb = contacts * f.kept_days * (f.call_s / f.turn_s * f.stored_kb_a_turn + 0.5) / 1e6
    facts_mb = serving * contacts * 365 * f.facts_b_a_contact / 1e6
    held_mb = words * f.memory_mb_a_process + facts_mb
    memory_gb = (held_mb + calls * f.live_kb_a_call / 1e3) / 1e3
    shown = [seats, round(calls), round(sound_h), words, words + after, words + hearing]
    month_cost = words * 730 * f.core_hour_cost + kept_gb * f.gb_month_cost
    a_thousand = month_cost / (contacts * 30 / 1000)
    heard = a_thousand + f.call_s * f.batch_heard_core_s / _HOUR_S * f.core_hour_cost * 1000
    return [
        *(f"{n:,}" for n in shown),
        f"{memory_gb:,.1f}",
        f"{kept_gb:,.0f}",
        f"{a_thousand:.2f}",
        f"{heard:.2f}",
    ]


def _order() -> list[str]:
    steps = sorted({*range(10, 500, 10), *range(500, 5_000, 100), *range(5_000, 60_001, 1_000)})
    names = [one.name for one in stations(1, is_heard=True)]
    first: list[tuple[float, str]] = []
    for place, name in enumerate(names):
        first.append((breaks_at(place, steps) or 10**9, name))
    f = FIGURES
    contacts = f.occupancy * f.hours_a_day * _HOUR_S / f.call_s * 365  # a seat and year
    most = f.machine_gb * 1e9 / (contacts * f.facts_b_a_contact)
    first.append((round(most, -2), "a year's facts in the memory of a process of pages"))
    told = [f"{n}. {name}: at {_seats(at)}" for n, (at, name) in enumerate(sorted(first), start=1)]
    return [
        "## What breaks first",
        "",
        "With one server each, as a centre grows:",
        "",
        *told,
        "",
        "Servers are added, save for facts: each process of pages holds all of them, so that a",
        "centre beyond that size keeps facts of less than a year, or has more memory for each.",
    ]


def _seats(at: float) -> str:
    return f"{at:,.0f} seats" if at < 10**9 else "no size looked at (60,000 seats)"


def _large(seats: int) -> list[str]:
    rows = [
        f"## {seats:,} seats, the busiest hour",
        "",
        "| station | a second | takes | with one | needs | then busy | 99th percentile | add |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in stations(seats, is_heard=True):
        alone, enough = played(one, 1), needed(one)
        held = "keeps up" if alone.holds(one) else f"{alone.busy:.1f} times too slow"
        if not alone.holds(one) and alone.busy <= 1:
            held = f"{_time(alone.p99_s)} at the 99th percentile"
        cells = (
            one.name,
            f"{one.a_second:,.1f}",
            _time(one.takes_s),
            held,
            f"{enough.servers:,}",
            f"{enough.busy:.0%}",
            _time(enough.p99_s),
            one.adds,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _figures() -> list[str]:
    def rows(told: Mapping[str, Mapping[str, object]]) -> Sequence[str]:
        return [
            f"| {one['what']} | {one['value']} | {one.get('by', '')} |" for one in told.values()
        ]

    return [
        "## What it rests on",
        "",
        "| measured | figure | by |",
        "| --- | --- | --- |",
        *rows(FIGURES.measured),
        "",
        "| assumed | figure | |",
        "| --- | --- | --- |",
        *rows(FIGURES.assumed),
        "",
        "Not in it: redundancy (take one more of each, and a second database), the platform that",
        "brings the sound, a GPU for recognition (none was measured), languages but English.",
    ]


if __name__ == "__main__":
    main()
