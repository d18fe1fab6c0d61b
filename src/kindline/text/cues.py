"""
Phrases that tell, found in a whole batch at once.

One automaton per language finds every phrase of its pack; word borders are then checked on all
hits together. Only the hits whose meaning hangs on who speaks of whom are looked at one by one:
negation, another person, something quoted. Texts are single sentences (text/sentences.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
import re
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick
import numpy as np
import numpy.typing as npt

from kindline.languages import Pack, pack
from kindline.text.fold import N_BASIC, FoldedBatch, fold

_GAP = r"(?:\W+\w+){0,4}\W+"
_NEGATION_REACH = 3  # words before a cue; our choice, no origin yet
_PERSON_REACH = 8  # words before a cue; our choice, no origin yet
_ELSEWHERE = {
    "crisis_passive": "crisis_third_party",
    "crisis_active": "crisis_third_party",
    "company_disclosure": None,
}
_CONTEXT_MATTERS = frozenset(
    {*_ELSEWHERE, "abuse", "frustration", "anger", "fear", "sadness", "confusion", "churn_threat"}
)
_WORD = re.compile(r"[\w']+")

Positions = npt.NDArray[np.int64]


class Hit(NamedTuple):
    """A phrase of list `cue` at `start`..`end` of text `row`."""

    row: int
    cue: str
    is_strong: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    cue: str
    is_strong: bool
    anchor: str
    is_stem: bool
    pattern: re.Pattern[str] | None


class CueMatcher:
    """Finds the phrases of one language pack. Holds the built automaton."""

    def __init__(self, language: Pack) -> None:
        self._phrases = tuple(_phrases(language))
        self._automaton = AhoCorasick([phrase.anchor for phrase in self._phrases])
        self._is_stem = np.array([phrase.is_stem for phrase in self._phrases])
        self._negations = frozenset(fold(word) for word in language.negations)
        self._first = frozenset(fold(word) for word in language.first_person)
        self._third = _any_of(language.third_person)
        self._quoting = _any_of(language.quoting)

    def hits(self, batch: FoldedBatch) -> list[Hit]:
        """Return every hit in the batch, in order of text and place."""
        text = batch.as_text()
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return []
        matches = np.array(found, dtype=np.int64)
        matches = matches[self._at_word_borders(batch, matches)]
        rows = np.searchsorted(batch.starts, matches[:, 1], side="right") - 1
        spots: list[tuple[int, int, int]] = matches.tolist()
        hits: list[Hit] = []
        for (which, start, end), row in zip(spots, rows.tolist(), strict=True):
            phrase = self._phrases[which]
            origin = int(batch.starts[row])
            hit = Hit(
                row=row,
                cue=phrase.cue,
                is_strong=phrase.is_strong,
                start=start - origin,
                end=end - origin,
            )
            if phrase.pattern is not None or phrase.cue in _CONTEXT_MATTERS:
                inside = text[origin : int(batch.ends[row])]
                hits.extend(self._in_context(phrase, hit, inside))
            else:
                hits.append(hit)
        return hits

    def _at_word_borders(
        self, batch: FoldedBatch, matches: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        in_word = _word_table()[np.minimum(batch.codes, N_BASIC - 1)]
        which, starts, ends = matches[:, 0], matches[:, 1], matches[:, 2]
        opens = ~in_word[starts - 1] | ~in_word[starts]
        closes = ~in_word[ends] | ~in_word[ends - 1] | self._is_stem[which]
        return np.asarray(opens & closes)

    def _in_context(self, phrase: _Phrase, hit: Hit, text: str) -> Iterable[Hit]:
        if phrase.pattern is not None:
            whole = next(
                (m for m in phrase.pattern.finditer(text) if m.start() <= hit.start < m.end()), None
            )
            if whole is None:
                return
            hit = hit._replace(start=whole.start(), end=whole.end())
        if hit.cue not in _CONTEXT_MATTERS:
            yield hit
            return
        before = text[: hit.start].rpartition("; ")[2]
        if self._quoting.search(before):
            return
        is_negated = bool(self._negations & set(_WORD.findall(before)[-_NEGATION_REACH:]))
        if is_negated and not hit.cue.startswith("crisis"):
            return
        cue = _ELSEWHERE[hit.cue] if hit.cue in _ELSEWHERE and self._of_another(before) else hit.cue
        if cue is not None:
            yield hit._replace(cue=cue, is_strong=hit.is_strong and not is_negated)

    def _of_another(self, before: str) -> bool:
        """Return whether the last person named before the cue is somebody else."""
        near = " ".join(_WORD.findall(before)[-_PERSON_REACH:])
        last_third = max((m.end() for m in self._third.finditer(near)), default=-1)
        words_after = _WORD.findall(near[max(last_third, 0) :])
        return last_third >= 0 and not self._first & set(words_after)


@cache
def matcher(code: str) -> CueMatcher:
    """Return the matcher of a language."""
    return CueMatcher(pack(code))


@cache
def _word_table() -> npt.NDArray[np.bool_]:
    return np.array([chr(code).isalnum() for code in range(N_BASIC)], dtype=np.bool_)


def _phrases(language: Pack) -> Iterable[_Phrase]:
    for cue, lists in language.cues.items():
        for is_strong, phrases in ((True, lists.strong), (False, lists.weak)):
            for phrase in phrases:
                yield _phrase(cue, phrase, is_strong=is_strong)


def _phrase(cue: str, written: str, *, is_strong: bool) -> _Phrase:
    folded = fold(written)
    if " .. " not in folded and "*" not in folded[:-1]:
        anchor = folded.removesuffix("*")
        return _Phrase(cue, is_strong, anchor, folded.endswith("*"), None)
    parts = [re.escape(part).replace(r"\*", r"\w*") for part in folded.split(" .. ")]
    pattern = re.compile(r"\b" + _GAP.join(parts))
    pieces = [(piece, mark) for piece, mark in re.findall(r"([^*.]+?)(\*| \.\. |$)", folded)]
    anchor, mark = max(pieces, key=lambda piece: len(piece[0].strip()))
    return _Phrase(cue, is_strong, anchor.strip(), mark == "*", pattern)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    folded = sorted((re.escape(fold(phrase)) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(folded)})\b")
