"""
Texts to hashed n-grams, a whole batch at a time and without a Python loop over characters.

A text becomes character 3-, 4- and 5-grams, words and word pairs, each hashed into one of
`N_BUCKETS` buckets. Batches are only a way to be fast: the features of a text never depend on its
neighbours (tests/property/test_text.py).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from kindline.text.fold import N_BASIC, FoldedBatch

VERSION = "ngram-1"
GRAM_LENGTHS = (3, 4, 5)
N_BUCKETS = 1 << 18
WORDS = slice(len(GRAM_LENGTHS), None)  # the blocks of words and of pairs of words

_SHIFT = np.uint64(64 - 18)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0x100000001B3)
_LONGEST_HASHED_WORD = 32

Buckets = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of feature for a batch: `buckets[i]` belongs to text `rows[i]`, rows ascending."""

    buckets: Buckets
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """The features of `n_texts` texts, one block per kind of feature."""

    n_texts: int
    blocks: tuple[Block, ...]

    @property
    def words(self) -> Block:
        """Return the block of single words."""
        return self.blocks[len(GRAM_LENGTHS)]


def encode(batch: FoldedBatch) -> Encoding:
    """Return the hashed n-grams of every text of the batch."""
    codes = batch.codes
    rows = np.cumsum(codes == 0) - 1
    rows[codes == 0] = -1
    blocks = (*_grams(codes, rows), *_words(codes, rows))
    return Encoding(n_texts=len(batch.starts), blocks=blocks)


def _grams(codes: npt.NDArray[np.uint32], rows: Rows) -> list[Block]:
    """Return the character n-grams, one block per length; none reaches across two texts."""
    wide = codes.astype(np.uint64)
    blocks: list[Block] = []
    hashed = wide
    for length in range(2, max(GRAM_LENGTHS) + 1):
        hashed = hashed[:-1] * _STEP + wide[length - 1 :]
        if length in GRAM_LENGTHS:
            first, last = rows[: len(hashed)], rows[length - 1 :]
            whole = (first == last) & (first >= 0)
            buckets = _buckets(hashed[whole], salt=length)
            blocks.append(Block(buckets=buckets, rows=first[whole]))
    return blocks


def _words(codes: npt.NDArray[np.uint32], rows: Rows) -> list[Block]:
    """Return words and pairs of neighbouring words, one block each."""
    in_word = _word_table()[np.minimum(codes, N_BASIC - 1)]
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    starts = np.flatnonzero(begins)
    hashed = _word_hashes(codes, in_word, begins, starts)
    word_rows = rows[starts]
    same = word_rows[:-1] == word_rows[1:]
    pairs = (hashed[:-1] * _STEP + hashed[1:])[same]
    return [
        Block(buckets=_buckets(hashed, salt=1), rows=word_rows),
        Block(buckets=_buckets(pairs, salt=2), rows=word_rows[:-1][same]),
    ]


def _word_hashes(
    codes: npt.NDArray[np.uint32],
    in_word: npt.NDArray[np.bool_],
    begins: npt.NDArray[np.bool_],
    starts: Rows,
) -> Hashes:
    """Return one hash per word: the sum of its code points, each times a factor for its place."""
    if not len(starts):
        return np.empty(0, np.uint64)
    word = np.maximum(np.cumsum(begins) - 1, 0)
    place = np.arange(len(codes)) - starts[word]
    factors = _factors()[np.clip(place, 0, _LONGEST_HASHED_WORD - 1)]
    return np.add.reduceat(np.where(in_word, codes * factors, np.uint64(0)), starts)


@cache
def _word_table() -> npt.NDArray[np.bool_]:
    table = np.array([chr(code).isalnum() for code in range(N_BASIC)], dtype=np.bool_)
    table[ord("'")] = True
    return table


@cache
def _factors() -> Hashes:
    powers = [pow(int(_MULTIPLIER), place + 1, 1 << 64) for place in range(_LONGEST_HASHED_WORD)]
    return np.array(powers, dtype=np.uint64)


def _buckets(hashed: Hashes, *, salt: int) -> Buckets:
    mixed = (hashed + np.uint64(salt)) * _MULTIPLIER
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _MULTIPLIER) >> _SHIFT).astype(np.uint32)
