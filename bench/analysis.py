"""
How fast is the whole analysis, beside VADER and TextBlob on the same turns in the same run?

    python bench/analysis.py [--data ../shared/data] [--least 0.2]

Ratios, not seconds, are the result: both sides run on one core of the same machine, the best of
three passes each; below `--least` times VADER the run fails. Turns come from the English corpus or,
with `--data`, from HarperValleyBank. VADER and TextBlob give one sentiment a turn; the analysis
gives everything in docs/contract.md.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy: one core

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
import json
from pathlib import Path
import platform
import resource
import time

from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from kindline.analysis import analyse, analyse_all, collect_seldom
from kindline.contract import as_json
from kindline.ingest import read_file
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from kindline.policy import profile

ROOT = Path(__file__).resolve().parents[1]
N_PASSES = 3
N_SHORT = 2000  # turns for TextBlob, which is slow
N_WARM_TURNS = 30
NOW = datetime.now(UTC)


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--least", type=float, default=0.0)
    given = options.parse_args()
    collect_seldom()  # as the commands do, for both sides
    conversations = _conversations(given.data)
    texts = [turn.text for one in conversations for turn in one.turns]
    vader = SentimentIntensityAnalyzer()
    whole = _rate(len(texts), lambda: _analyse(conversations))
    against = {
        "VADER": _rate(len(texts), lambda: [vader.polarity_scores(text) for text in texts]),
        "TextBlob": _rate(N_SHORT, lambda: [_of_textblob(text) for text in texts[:N_SHORT]]),
    }
    print(
        json.dumps(
            {
                "machine": f"{platform.machine()}, {os.cpu_count()} cores, one used",
                "n_turns": len(texts),
                "words_a_turn": round(sum(len(text.split()) for text in texts) / len(texts), 1),
                "turns_per_second": {"analysis": round(whole)}
                | {name: round(rate) for name, rate in against.items()},
                "ratio": {name: round(whole / rate, 2) for name, rate in against.items()},
                "ms_one_conversation_warm": round(_warm_ms(conversations), 2),
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            indent=1,
        )
    )
    if whole < given.least * against["VADER"]:
        raise SystemExit(f"slower than {given.least} times VADER")


def _conversations(data: Path | None) -> list[Conversation]:
    if data is not None:
        found = read_file(data / "harper_valley" / "calls_compact.json")
        return [one for one in found if isinstance(one, Conversation)]
    lines = (ROOT / "corpus" / "en" / "conversations.jsonl").read_text("utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    return [conversation_from(item, source="corpus", record=item["id"]) for item in items] * 20


def _analyse(conversations: Sequence[Conversation]) -> None:
    for analysis in analyse_all(conversations, profile(), declared="evaluation", now=NOW):
        as_json(analysis)


def _of_textblob(text: str) -> float:
    return float(TextBlob(text).sentiment.polarity)


def _rate(n: int, work: Callable[[], object]) -> float:
    """Return items a second, of the best pass."""
    seconds = []
    for _ in range(N_PASSES):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return n / min(seconds)


def _warm_ms(conversations: Sequence[Conversation]) -> float:
    """Return the median time for one conversation of 30 turns, alone, in milliseconds."""
    turns = [turn for one in conversations for turn in one.turns][:N_WARM_TURNS]
    one = Conversation(
        id=conversations[0].id, source="bench", turns=tuple(turns), language="en", channel="voice"
    )
    rules, taken = profile(), []
    for _ in range(50):
        began = time.perf_counter()
        analyse(one, rules, declared="evaluation", now=NOW)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[len(taken) // 2]


if __name__ == "__main__":
    main()
