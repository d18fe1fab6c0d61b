"""
What does a desk show, and how many calls does a core hold?

    python bench/live.py [--data ../shared/data] [--calls 1000] [--seconds 60]

Prompts: conversations of the test split and of public service contacts are heard turn by turn. They
have no times, so each is heard as a call of five minutes in which words come evenly. Load: calls at
one turn a second each, turns that came in the same moment read together, on one core; latency is
from when a turn came to when its view was there. Nothing is skipped: what is late stays late.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
import gc
import json
import os
from pathlib import Path
import platform
import random
import resource
import statistics
import time

from kindline.desk.events import Said
from kindline.desk.session import Session, take_all
from kindline.ingest.plain import conversation_from
from kindline.languages import codes, supported
from kindline.live.judging import Growing
from kindline.live.prompts import KINDS
from kindline.metrics.share import share
from kindline.model.conversation import Conversation
from kindline.training import calls, corpus

ROOT = Path(__file__).resolve().parents[1]
LENGTH_MS = 300_000
TOGETHER_S = 0.05
WARM_UP_S = 5.0


@dataclass(slots=True)
class Heard:
    """What was shown in a call: prompts by kind and when, a risk card, and how long it took."""

    prompts: dict[str, int] = field(default_factory=dict[str, int])
    risk_ms: int | None = None
    length_ms: int = 0


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options.add_argument("--calls", type=int, default=1_000)
    options.add_argument("--seconds", type=int, default=60)
    given = options.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    told = {
        "machine": machine,
        "prompts": {"company": of_company(), "ordinary": of_ordinary(given.data)},
        "right": of_right(),
        "load": load(given.calls, given.seconds),
    }
    print(json.dumps(told, indent=1))


def of_company() -> dict[str, object]:
    """Return how often company was shown, and before the last third, by language."""
    told: dict[str, object] = {}
    every: list[Heard] = []
    for code in codes():
        items = corpus.conversations(ROOT / "corpus", code, split="test")
        own = [hear(_conversation(one)) for one in items if one["labels"]["company"] != "no"]
        told[code] = _shown(own)
        every += own
    return {**told, "all": _shown(every)}


def of_right() -> dict[str, dict[str, int]]:
    """Return how many prompts and cards came in the test split, and in how many rightly so."""
    told = {kind: {"n": 0, "n_right": 0} for kind in (*KINDS, "risk")}
    for code in codes():
        for item in corpus.conversations(ROOT / "corpus", code, split="test"):
            heard, judged = hear(_conversation(item)), item["labels"]
            is_so = {
                "company": judged["company"] != "no",
                "comfort": bool(judged["support"]),
                "abuse": bool(judged["abuse"]),
                "risk": judged["crisis"] != "none",
            }
            for kind in [*heard.prompts, *(["risk"] if heard.risk_ms is not None else [])]:
                told[kind]["n"] += 1
                told[kind]["n_right"] += is_so[kind]
    return told


def of_ordinary(data: Path) -> dict[str, object]:
    """Return how often a desk showed something in contacts that hold no such need."""
    service = [
        _conversation(item)
        for code in codes()
        for item in corpus.conversations(ROOT / "corpus", code, split="test")
        if _is_ordinary(item["labels"])
    ]
    sets = {"test split, service alone": service}
    sets |= {name: _english(some) for name, some in calls.sets(data).items()}
    return {name: _false([hear(one) for one in some]) for name, some in sets.items()}


def hear(one: Conversation) -> Heard:
    """Hear a conversation turn by turn, as a call of five minutes."""
    call, heard, at_ms = session(one), Heard(), 0
    n_words = sum(len(turn.text.split()) for turn in one.turns)
    n_said = 0
    for turn in one.turns:
        n_said += len(turn.text.split())
        at_ms = LENGTH_MS * n_said // n_words
        take_all([(call, [Said(at_ms=at_ms, role=turn.role, text=turn.text)])])
        if call.open_risk is not None and heard.risk_ms is None:
            heard.risk_ms = at_ms
    heard.prompts = {prompt.kind: prompt.at_ms for prompt in call.shown.prompts}
    heard.length_ms = at_ms
    return heard


def session(one: Conversation) -> Session:
    """Return a call that begins."""
    code = supported(one.language) or "en"
    head = replace(one, turns=())
    return Session(
        conversation=head, language=code, growing=Growing(conversation=head, language=code)
    )


def load(n_calls: int, seconds: int) -> dict[str, object]:
    """Return latency and memory of many calls at once, a turn a second each."""
    stories = [
        _conversation(item)
        for code in codes()
        for item in corpus.conversations(ROOT / "corpus", code, split="test")
    ]
    chance = random.Random(6)  # noqa: S311 -- no secret
    hear(stories[0])
    before = _resident()
    live = [session(chance.choice(stories)) for _ in range(n_calls)]
    scripts = [chance.choice(stories).turns for _ in range(n_calls)]
    due = [(chance.random(), n) for n in range(n_calls)]
    late, busy, start = [], 0.0, time.perf_counter()
    spoken = [0] * n_calls
    while (now := time.perf_counter() - start) < seconds:
        ready = [(at, n) for at, n in due if at <= now]
        if ready:
            began = time.perf_counter()
            take_all([(live[n], [_next(scripts[n], spoken, n, now)]) for _, n in ready])
            for _, n in ready:
                live[n].view()
            done = time.perf_counter()
            busy += done - began
            late += [done - start - at for at, _ in ready if at > WARM_UP_S]
            due = [(at + 1.0 if at <= now else at, n) for at, n in due]
        for n in range(n_calls):
            if spoken[n] >= len(scripts[n]):  # over: another call takes its place
                one = chance.choice(stories)
                live[n], scripts[n], spoken[n] = session(one), one.turns, 0
        time.sleep(max(0.0, TOGETHER_S - (time.perf_counter() - start - now)))
    late.sort()
    return {
        "calls": n_calls,
        "turns": len(late),
        "seconds": seconds,
        "busy": round(busy / seconds, 2),
        "milliseconds": {
            "median": round(statistics.median(late) * 1000, 1),
            "p99": round(late[int(len(late) * 0.99)] * 1000, 1),
            "worst": round(late[-1] * 1000, 1),
        },
        "kilobytes a call": round((_resident() - before) / n_calls, 1),
    }


def _next(turns: Sequence[object], spoken: list[int], n: int, now: float) -> Said:
    turn = turns[spoken[n]]
    spoken[n] += 1
    return Said(at_ms=int(now * 1000), role=turn.role, text=turn.text)  # type: ignore[attr-defined]


def _conversation(item: dict[str, object]) -> Conversation:
    plain = {key: item[key] for key in ("id", "language", "channel", "turns", "lawful_basis")}
    return conversation_from(plain, source="corpus", record=str(item["id"]))


def _english(some: Sequence[Conversation]) -> list[Conversation]:
    return [replace(one, language="en") for one in some]


def _is_ordinary(judged: dict[str, object]) -> bool:
    has_need = judged["company"] != "no" or judged["support"] or judged["crisis"] != "none"
    return bool(judged["service_problem"]) and not has_need and not judged["abuse"]


def _shown(some: Sequence[Heard]) -> dict[str, object]:
    return {
        "n": len(some),
        "company shown": sum("company" in one.prompts for one in some),
        "before the last third": _percent(_is_early(one) for one in some),
    }


def _is_early(one: Heard) -> bool:
    return "company" in one.prompts and one.prompts["company"] < one.length_ms * 2 / 3


def _false(some: Sequence[Heard]) -> dict[str, object]:
    n = sum(len(one.prompts) for one in some)
    return {
        "n": len(some),
        "prompts": n,
        "a thousand": round(1000 * n / len(some), 1),
        "by kind": {
            kind: sum(kind in one.prompts for one in some)
            for kind in ("company", "comfort", "abuse")
        },
        "risk cards": sum(one.risk_ms is not None for one in some),
    }


def _percent(flags: Iterator[bool]) -> str:
    told = share("present" if flag else "absent" for flag in flags)
    if told.value is None:
        return "-"
    return "{:.0%} ({:.0%} to {:.0%})".format(*(told.value, told.low or 0.0, told.high or 0.0))


def _resident() -> float:
    """Return the memory held now, in kilobytes (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() / 1024


if __name__ == "__main__":
    main()
