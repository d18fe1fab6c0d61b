"""
Texts cut into sentences, which is how they are encoded and how evidence is quoted.

No n-gram and no cue reaches across a sentence, so what is said in one is never read into the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import re

import numpy as np
import numpy.typing as npt

_BORDER = re.compile(r"[.!?…]+[\"»”')\]]*\s+|\n\s*\n")

Span = tuple[int, int]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """
    The sentences of many texts, one after the other.

    Sentence `i` stands at `spans[i]` of text `owners[i]`; the sentences of text `t` begin with
    number `firsts[t]`. Every text has at least one, if need be an empty one.
    """

    spans: list[Span]
    said: list[str]
    owners: Rows
    firsts: Rows


def split(texts: Sequence[str]) -> Sentences:
    """Return the sentences of all texts, in order."""
    found = [sentences(text) or [(0, len(text))] for text in texts]
    counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    return Sentences(
        spans=[span for spans in found for span in spans],
        said=[
            text[start:end]
            for text, spans in zip(texts, found, strict=True)
            for start, end in spans
        ],
        owners=np.repeat(np.arange(len(found)), counts),
        firsts=np.cumsum(counts) - counts,
    )


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of a text, without the blanks around them."""
    spans: list[Span] = []
    start = len(text) - len(text.lstrip())  # a border ends with its blanks: only the first has some
    for end in [*[border.end() for border in _BORDER.finditer(text, start)], len(text)]:
        if said := text[start:end].rstrip():
            spans.append((start, start + len(said)))
        start = end
    return spans
