"""
Does a batch lose or double anything when what does it is killed, again and again?

    python bench/kills.py [--n 50] [--conversations 20000]

Conversations of the corpus, under new ids, are analysed once in peace; then by the same command
while workers, and at times the driver itself, are killed at random until so many have died. The
driver is started anew each time. What is there at the end must be what peace wrote, to the byte.
"""

import argparse
import json
from pathlib import Path
import secrets
import sys
from tempfile import TemporaryDirectory
import time

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.batch.inputs import hashes, lines  # noqa: E402 -- who kills is in the tests
from tests.batch.killing import killed_until_done, ran  # noqa: E402

SMALL = ("--part-mib", "1", "--workers", "2")
LANGUAGES = ("en", "nl", "hu", "fr")


def main() -> None:
    """Print one JSON object: who was killed, and whether anything is another."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=50)
    options.add_argument("--conversations", type=int, default=20_000)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        home, seed = Path(folder), secrets.randbits(16)
        source = _filled(home / "in", given.conversations)
        began = time.perf_counter()
        told, status = ran(source, home / "calm", *SMALL, home=home)
        calm_s = time.perf_counter() - began
        if status:
            raise SystemExit(told)
        n_workers, n_drivers = killed_until_done(
            source, home / "out", *SMALL, home=home, n_kills=given.n, seed=seed, every_s=3.0
        )
        calm, out = hashes(home / "calm"), hashes(home / "out")
        manifest = json.loads((home / "out" / "manifest.json").read_text("utf-8"))
    figures = {
        "conversations": given.conversations,
        "read": manifest["read"],
        "parts": len(calm),
        "killed": {"workers": n_workers, "drivers": n_drivers},
        "parts_that_differ": sum(calm[name] != out.get(name) for name in calm),
        "parts_too_many": len(out.keys() - calm.keys()),
        "seconds_in_peace": round(calm_s),
        "seed": seed,
    }
    print(json.dumps(figures, indent=1))


def _filled(folder: Path, n: int) -> Path:
    folder.mkdir()
    told = {code: lines(10**6, code) for code in LANGUAGES}
    for code in LANGUAGES:
        with (folder / f"{code}.jsonl").open("w", encoding="utf-8") as out:
            for number in range(n // len(LANGUAGES)):
                one = json.loads(told[code][number % len(told[code])])
                out.write(json.dumps(one | {"id": f"{code}-{number}"}, ensure_ascii=False) + "\n")
    return folder


if __name__ == "__main__":
    main()
