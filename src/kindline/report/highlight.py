"""A turn cut where evidence begins and ends, so that overlapping evidence shows side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kindline.text.verdicts import SURE_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """
    A stretch of a turn and the labels whose evidence covers it, the strongest first.

    `is_shaky`: a recogniser was not sure of the words.
    """

    text: str
    labels: tuple[str, ...]
    why: str
    is_shaky: bool = False


def pieces(text: str, evidence: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Piece, ...]:
    """Return the turn in pieces; joined, their texts are the turn."""
    quoted = [(label, finding) for label, finding in evidence if finding["quote"]]
    borders = {0, len(text)}
    for _, finding in quoted:
        borders |= {finding["start"], finding["end"]}
    ordered = sorted(border for border in borders if 0 <= border <= len(text))
    return tuple(
        _piece(text[start:end], [item for item in quoted if _covers(item[1], start, end)])
        for start, end in pairwise(ordered)
    )


def _covers(finding: Mapping[str, Any], start: int, end: int) -> bool:
    return bool(finding["start"] <= start and end <= finding["end"])


def _piece(text: str, over: Sequence[tuple[str, Mapping[str, Any]]]) -> Piece:
    strongest = sorted(over, key=lambda item: -item[1]["weight"])
    why = "; ".join(
        f"{finding['signal'].replace('_', ' ')} {finding['weight']:+.2f}"
        for _, finding in strongest
    )
    sure = [finding.get("confidence") for _, finding in over]
    return Piece(
        text=text,
        labels=tuple(dict.fromkeys(name for name, _ in strongest)),
        why=why,
        is_shaky=any(one is not None and one < SURE_WORDS for one in sure),
    )
