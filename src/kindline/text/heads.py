"""
Linear heads: hashed features of a turn to one log-odds per label, all labels in one pass.

Weights live in `weights/<language>.npz`, written by `training/build.py`. A party has its own heads:
customer turns never pass the agent's, nor the other way round.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import io
from typing import Literal

import numpy as np
import numpy.typing as npt

from kindline.text.encoder import N_BUCKETS, Encoding

_FULL_WEIGHT_WORDS = 5  # "you too" scored as abuse without it (harper_valley, 2026-11-22)

Party = Literal["customer", "agent"]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """
    The heads of one party in one language.

    `rank` maps a bucket to its row in `weights`, -1 where training never saw it; `weights` has one
    column per label; `importance` is the squared weight of each row in a text's length.
    """

    labels: tuple[str, ...]
    rank: npt.NDArray[np.int32]
    weights: Matrix
    importance: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def log_odds(self, encoding: Encoding) -> Matrix:
        """
        Return one row per text and one column per label, 0 being the middle of our own turns.

        A text of a word or two says little, whatever its n-grams: it is drawn towards 0.
        """
        total = np.zeros((encoding.n_texts, len(self.labels)), dtype=np.float32)
        length = np.zeros(encoding.n_texts)
        for block in encoding.blocks:
            rank = self.rank[block.buckets]
            is_known = rank >= 0
            known, rows = rank[is_known], block.rows[is_known]
            if not len(rows):
                continue
            length += np.bincount(rows, self.importance[known], minlength=encoding.n_texts)
            firsts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
            total[rows[firsts]] += np.add.reduceat(self.weights[known], firsts, axis=0)
        total /= np.sqrt(np.maximum(length, 1e-6))[:, None].astype(np.float32)
        return (total + self.bias) * weight_of_length(encoding)[:, None]


def weight_of_length(encoding: Encoding) -> npt.NDArray[np.float32]:
    """Return 0..1 per text: how far its length lets the heads speak, 1 from five words on."""
    words = np.bincount(encoding.words.rows, minlength=encoding.n_texts)
    return np.minimum(1.0, words / _FULL_WEIGHT_WORDS).astype(np.float32)


@cache
def heads(language: str, party: Party) -> Heads:
    """Return the trained heads of a language for one party."""
    raw = files("kindline.text").joinpath("weights", f"{language}.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        buckets = np.cumsum(stored[f"{party}_bucket_steps"], dtype=np.int64)
        rank = np.full(N_BUCKETS, -1, dtype=np.int32)
        rank[buckets] = np.arange(len(buckets), dtype=np.int32)
        idf = stored[f"{party}_idf"].astype(np.float32)
        scale = stored[f"{party}_scale"].astype(np.float32)
        weights = stored[f"{party}_weights"].astype(np.float32) * scale
        return Heads(
            labels=tuple(str(label) for label in stored[f"{party}_labels"]),
            rank=rank,
            weights=weights * idf[:, None],
            importance=idf * idf,
            bias=stored[f"{party}_bias"].astype(np.float32),
        )
