"""
How long until the program says something, and how much memory a long run takes?

    python bench/start.py

Prints one JSON object: the median time of `kindline --help` beside that of an empty Python, and the
peak memory of analysing 100,000 turns as a stream, from a generated file.
"""

import json
from pathlib import Path
import subprocess
import sys
import tempfile
import time

N_RUNS = 15
N_TURNS = 100_000
ROOT = Path(__file__).resolve().parents[1]
PROGRAM = Path(sys.executable).with_name("kindline")
MEASURED = """
import resource, sys
from kindline.cli import main
sys.argv = ["kindline", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    """Print every figure."""
    empty = _median_ms([sys.executable, "-c", "pass"])
    told = _median_ms([str(PROGRAM), "--help"])
    print(
        json.dumps(
            {
                "help_ms": round(told),
                "empty_python_ms": round(empty),
                "ratio": round(told / empty, 1),
                "n_turns": N_TURNS,
                "peak_memory_mb": _peak_mb(),
            },
            indent=1,
        )
    )


def _median_ms(command: list[str]) -> float:
    taken = []
    for _ in range(N_RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[N_RUNS // 2]


def _peak_mb() -> int:
    """Return the peak memory of `kindline analyse` on a file of that many turns."""
    lines = [
        line
        for path in sorted((ROOT / "examples").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    with tempfile.TemporaryDirectory() as folder:
        file, n_turns, number = Path(folder) / "long.jsonl", 0, 0
        with file.open("w", encoding="utf-8") as out:
            while n_turns < N_TURNS:
                item = json.loads(lines[number % len(lines)])
                item["id"] = f"c{number}"
                item["turns"][0]["text"] += f" {number}"  # else it is a copy of another
                n_turns += len(item["turns"])
                number += 1
                out.write(json.dumps(item) + "\n")
        command = [sys.executable, "-c", MEASURED, "analyse", str(file), "--out", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
