"""
Say which lines of the corpus tell the same in two languages: translations, whoever wrote them.

    python training/parallels.py FOLDER [--list]

FOLDER holds a multilingual sentence encoder (`kindline models`). Two signs, each with a blind spot:
pairs of lines that are each other's nearest, and lists written side by side, where many a line has
its like in the same order. Shared commonplaces ("thanks in advance") show too: read the list.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import combinations
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kindline.languages import codes
from kindline.text.pretrained import SentenceEncoder, Vectors, load

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
NEAREST = 0.65  # cosine, less what all lines of a language share; by looking at pairs of ours
IN_ORDER = 0.45
Pair = tuple[int, int]


def main() -> None:
    """Print, for every two languages, how many lines tell the same by each sign."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("encoder", type=Path)
    options.add_argument("--list", action="store_true", help="print the pairs themselves")
    given = options.parse_args()
    encoder = load(given.encoder)
    for name in ("utterances", "agent_utterances"):
        texts = {code: lines_of(code, name) for code in codes()}
        rows = {code: centred(encoder, texts[code]) for code in codes()}
        for one, other in combinations(codes(), 2):
            alike = rows[one] @ rows[other].T
            near, ordered = nearest(alike), in_order(alike)
            print(f"{name} {one} {other}: {len(near)} nearest, {len(ordered)} in order")
            if given.list:
                for left, right in sorted({*near, *ordered}):
                    print(f"  {texts[one][left]} | {texts[other][right]}")


def lines_of(language: str, name: str) -> list[str]:
    """Return the texts of a corpus file, in order."""
    lines = (CORPUS / language / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def centred(encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
    """Return a row of length 1 per text, without what all of them share: their language."""
    rows = encoder.encode(texts)
    rows = rows - rows.mean(axis=0)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def nearest(alike: npt.NDArray[np.float32]) -> list[Pair]:
    """Return the pairs that are each other's nearest, and near enough."""
    right, left = alike.argmax(axis=1), alike.argmax(axis=0)
    return [
        (i, int(j)) for i, j in enumerate(right) if left[j] == i and alike[i, int(j)] >= NEAREST
    ]


def in_order(alike: npt.NDArray[np.float32]) -> list[Pair]:
    """Return the pairs of the likest common order: no two of them cross."""
    gain = alike - IN_ORDER
    best = np.zeros((alike.shape[0] + 1, alike.shape[1] + 1), dtype=np.float32)
    for i, row in enumerate(gain, 1):
        best[i, 1:] = np.maximum.accumulate(np.maximum(best[i - 1, 1:], best[i - 1, :-1] + row))
    return list(_walked_back(best))[::-1]


def _walked_back(best: npt.NDArray[np.float32]) -> Iterator[Pair]:
    i, j = best.shape[0] - 1, best.shape[1] - 1
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            yield i, j


if __name__ == "__main__":
    main()
