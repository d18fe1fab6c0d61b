"""
Linear heads: hashed features of sentences to log-odds, all labels in one pass.

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
from kindline.text.sentences import Rows

_FULL_WEIGHT_WORDS = 5  # "you too" scored as abuse without it (harper_valley, 2026-11-22)

_SHORTEST = np.float32(1e-6)  # keeps a text of unseen n-grams from dividing by zero

Party = Literal["customer", "agent"]
Matrix = npt.NDArray[np.float32]
Column = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What sentences, or turns, add up to: weights per label, squared length, and words."""

    weights: Matrix
    length: Column
    n_words: npt.NDArray[np.int64]

    def joined(self, firsts: Rows) -> "Sums":
        """Return the sums of turns; `firsts` are the numbers of their first sentences."""
        return Sums(
            weights=np.add.reduceat(self.weights, firsts, axis=0),
            length=np.add.reduceat(self.length, firsts),
            n_words=np.add.reduceat(self.n_words, firsts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """
    The heads of one party in one language.

    `rank` maps a bucket to its row in `weights`, 0 where training never saw it: that row is empty.
    `weights` has one column per label and, last, the squared weight of the row in a text's length.
    """

    labels: tuple[str, ...]
    rank: npt.NDArray[np.int32]
    weights: Matrix
    bias: Column

    def sums(self, encoding: Encoding) -> Sums:
        """Return what each sentence adds up to."""
        total = np.zeros((encoding.n_texts, self.weights.shape[1]), dtype=np.float32)
        for block in encoding.blocks:
            rank = self.rank[block.buckets]
            is_known = rank > 0
            rows = block.rows[is_known]
            if len(rows):
                firsts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
                total[rows[firsts]] += np.add.reduceat(self.weights[rank[is_known]], firsts, axis=0)
        n_words = np.bincount(encoding.words.rows, minlength=encoding.n_texts)
        return Sums(weights=total[:, :-1], length=total[:, -1], n_words=n_words)

    def log_odds(self, sums: Sums) -> Matrix:
        """
        Return one row per text and one column per label, 0 being the middle of our own turns.

        A text of a word or two says little, whatever its n-grams: it is drawn towards 0.
        """
        odds = sums.weights / np.sqrt(np.maximum(sums.length, _SHORTEST))[:, None] + self.bias
        return np.asarray(odds * weight_of_length(sums.n_words)[:, None], dtype=np.float32)


def weight_of_length(n_words: npt.NDArray[np.int64]) -> Column:
    """Return 0..1 per text: how far its length lets the heads speak, 1 from five words on."""
    return np.minimum(1.0, n_words / _FULL_WEIGHT_WORDS).astype(np.float32)


@cache
def heads(language: str, party: Party) -> Heads:
    """Return the trained heads of a language for one party."""
    raw = files("kindline.text").joinpath("weights", f"{language}.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        buckets = np.cumsum(stored[f"{party}_bucket_steps"], dtype=np.int64)
        rank = np.zeros(N_BUCKETS, dtype=np.int32)
        rank[buckets] = np.arange(1, len(buckets) + 1, dtype=np.int32)
        idf = stored[f"{party}_idf"].astype(np.float32)[:, None]
        scale = stored[f"{party}_scale"].astype(np.float32)
        weights = np.hstack([stored[f"{party}_weights"].astype(np.float32) * scale * idf, idf**2])
        return Heads(
            labels=tuple(str(label) for label in stored[f"{party}_labels"]),
            rank=rank,
            weights=np.vstack([np.zeros((1, weights.shape[1]), dtype=np.float32), weights]),
            bias=stored[f"{party}_bias"].astype(np.float32),
        )
