"""
Linear heads: hashed features of sentences to log-odds, all labels in one pass.

Weights live in `weights/<language>.npz`, written by `training/build.py`. A party has its own heads:
customer turns never pass the agent's, nor the other way round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import io
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kindline.text.adding import adder
from kindline.text.encoder import N_BUCKETS, WORDS, Block, Encoding
from kindline.text.sentences import Rows

_FULL_WEIGHT_WORDS = 5  # "you too" scored as abuse without it (harper_valley, 2026-11-22)

_SHORTEST = np.float32(1)  # squared; one rare n-gram: a text of unseen ones means little

Party = Literal["customer", "agent"]
Matrix = npt.NDArray[np.float32]
Column = npt.NDArray[np.float32]
Ranks = npt.NDArray[np.int32]


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

    `rank` maps the bucket of n-grams to its row in `weights`, 0 where training never saw it: that
    row is empty. `word_rank` does the same for words and pairs, whose rows also hold what the word
    means. `weights` has one column per label and, last, the squared weight of the row in a text's
    length.
    """

    labels: tuple[str, ...]
    rank: Ranks
    word_rank: Ranks
    weights: Matrix
    bias: Column

    def sums(self, encoding: Encoding) -> Sums:
        """Return what each sentence adds up to."""
        total = np.zeros((encoding.n_texts, self.weights.shape[1]), dtype=np.float32)
        for block in encoding.blocks[: WORDS.start]:
            self._add(total, block, self.rank)
        for block in encoding.blocks[WORDS]:
            self._add(total, block, self.word_rank)
        n_words = np.bincount(encoding.words.rows, minlength=encoding.n_texts)
        return Sums(weights=total[:, :-1], length=total[:, -1], n_words=n_words)

    def _add(self, total: Matrix, block: Block, ranks: Ranks) -> None:
        rank = ranks[block.buckets]
        is_known = rank > 0
        adder()(total, block.rows[is_known], rank[is_known], self.weights)

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
        return assembled(stored, party)


def assembled(stored: Mapping[str, npt.NDArray[Any]], party: Party) -> Heads:
    """Return the heads of a party from the arrays of a weights file."""
    kept = {name.removeprefix(f"{party}_"): stored[name] for name in stored}
    idf = kept["idf"].astype(np.float32)[:, None]
    grams = np.hstack([_unpacked(kept["weights"], kept["scale"]) * idf, idf**2])
    rank = _ranks(np.cumsum(kept["bucket_steps"], dtype=np.int64))
    table = np.vstack([np.zeros((1, grams.shape[1]), dtype=np.float32), grams])
    words = np.cumsum(kept["word_steps"], dtype=np.int64)
    meant = table[rank[words]]
    meant[:, :-1] += _unpacked(kept["word_weights"], kept["word_scale"])
    word_rank = rank.copy()
    word_rank[words] = np.arange(len(table), len(table) + len(words), dtype=np.int32)
    return Heads(
        labels=tuple(str(label) for label in kept["labels"]),
        rank=rank,
        word_rank=word_rank,
        weights=np.vstack([table, meant]),
        bias=kept["bias"].astype(np.float32),
    )


def _unpacked(weights: npt.NDArray[np.int8], scale: npt.NDArray[np.float32]) -> Matrix:
    return np.asarray(weights.astype(np.float32) * scale.astype(np.float32))


def _ranks(buckets: npt.NDArray[np.int64]) -> Ranks:
    """Return the row of every bucket: 1 for the first of these, 0 for all others."""
    rank = np.zeros(N_BUCKETS, dtype=np.int32)
    rank[buckets] = np.arange(1, len(buckets) + 1, dtype=np.int32)
    return rank
