"""
A conversation with what identifies blotted out, before anything is inferred on it or stored.

What one party asked for counts in the next turn: after "your date of birth?" any date is one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

from ahocorasick_rs import AhoCorasick

from kindline.languages.spelling import spelling
from kindline.model.conversation import Blot, Conversation, Turn
from kindline.redaction import (
    birth,
    bsn,
    card,
    card_code,
    email,
    iban,
    name,
    nino,
    nir,
    phone,
    postal,
    taj,
)
from kindline.redaction.spoken import Said, Span, fold, said

BLOT = "█"


class Kind(Protocol):
    """What a module must have to be a kind."""

    @property
    def KIND(self) -> str:  # noqa: N802 -- a constant of the module
        """Return its name."""
        ...

    def spans(self, one: Said) -> Iterator[Span]:
        """Return where it stands."""
        ...


_OF_RUNS: tuple[Kind, ...] = (iban, nir, card, bsn, taj, nino, phone, card_code)
_OF_WORDS: tuple[Kind, ...] = (email, birth, postal, name)
KINDS = (*_OF_RUNS, *_OF_WORDS)
VERSION = "2026-11-26"  # of the kinds and of what they look for
_QUESTIONS = {
    "name": "ask_name",
    "address": "ask_address",
    "born": "born",
    "card_code": "card_code",
}


def blots_in(
    text: str, language: str, *, country: str | None = None, asked: frozenset[str] = frozenset()
) -> list[Blot]:
    """Return what is to be blotted out of a text, in order; what overlaps is one, the longest."""
    one = said(text, language, country=country, asked=asked)
    found = [
        Blot(span.start, span.end, kind.KIND)
        for kind in (KINDS if one.runs else _OF_WORDS)  # most turns have no run of digits
        for span in kind.spans(one)
        if span.end > span.start
    ]
    kept: list[Blot] = []
    for blot in sorted(found, key=lambda blot: blot.start - blot.end):
        if not any(blot.start < other.end and other.start < blot.end for other in kept):
            kept.append(blot)
    return sorted(kept)


def blotted(text: str, hidden: Sequence[Blot]) -> str:
    """Return a text with stretches blotted out, character for character; spaces stay."""
    chars = list(text)
    for stretch in hidden:
        for place in range(stretch.start, stretch.end):
            if not chars[place].isspace():
                chars[place] = BLOT
    return "".join(chars)


def redacted(conversation: Conversation, language: str | None) -> Conversation:
    """Return a conversation with what identifies blotted out of every turn."""
    code = (language or "").partition("-")[0]
    asked: frozenset[str] = frozenset()
    turns: list[Turn] = []
    for turn in conversation.turns:
        blots = blots_in(turn.text, code, country=conversation.country, asked=asked)
        turns.append(
            replace(turn, text=blotted(turn.text, blots), blots=tuple(blots)) if blots else turn
        )
        asked = questions(turn.text, code)
    return replace(conversation, turns=tuple(turns))


def questions(text: str, language: str) -> frozenset[str]:
    """Return what a turn asks for, of what identifies somebody."""
    whats, automaton = _asking(language)
    found = automaton.find_matches_as_indexes(fold(text), overlapping=True)
    return frozenset([whats[which] for which, _, _ in found])


@cache
def _asking(language: str) -> tuple[tuple[str, ...], AhoCorasick]:
    """Return what each phrase asks for, and what finds the phrases."""
    phrases = spelling(language).phrases
    asking = [
        (what, word) for what, listed in _QUESTIONS.items() for word in phrases.get(listed, ())
    ]
    return tuple(what for what, _ in asking), AhoCorasick([word for _, word in asking])
