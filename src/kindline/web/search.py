"""
Conversations by their words, the latest first: an index says which to open, the words decide.

What somebody looks for travels in the body of a request, never in an address, and is kept nowhere.
That words of a conversation were shown is written down for each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import RowMapping, select

from kindline.store.conversations import by_number
from kindline.store.database import Tenancy
from kindline.store.postings import numbers_with
from kindline.store.sealing import Seal
from kindline.store.tables import CONVERSATIONS
from kindline.text.terms import Hit, Sought, hits, sought
from kindline.web.access import PAGE, Filter, Listed, line_of, note_views, visible
from kindline.web.guard import Asked
from kindline.web.numbers import MOST_PLACES, latest_among

_AT_ONCE = 100  # opened together
_BESIDE = 70  # characters shown on either side
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Where a conversation holds what was sought: a turn, in pieces, of which some were sought."""

    turn: int
    party: str
    pieces: tuple[tuple[str, bool], ...]
    n_hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """
    A page of what was found: lines with a snippet each.

    `n_most` is how many there can be in all: that many have a spelling or a stem of each word.
    `after` is where the next page begins, None at the end.
    """

    found: Sequence[tuple[Listed, Snippet]]
    n_most: int
    after: Place | None


def search(asked: Asked, query: str, chosen: Filter, *, before: Place | None = None) -> Results:
    """Return conversations that who asks may open, in which every word and phrase stands."""
    wanted = sought(query)
    if not wanted.terms or (chosen.need == "crisis" and not asked.may("crisis")):
        return Results(found=(), n_most=0, after=None)
    with asked.read() as tenancy:
        asked.place.facts.refresh(tenancy)
        places, n_most = _places(asked, tenancy, wanted, chosen, before)
        found, after = _opened(asked, tenancy, wanted, places)
    with asked.begin() as tenancy:
        note_views(tenancy, asked, "search", [line.conversation_id for line, _ in found])
    return Results(found=found, n_most=n_most, after=after)


def _places(
    asked: Asked, tenancy: Tenancy, wanted: Sought, chosen: Filter, before: Place | None
) -> tuple[list[Place], int]:
    numbers = numbers_with(tenancy, wanted.terms)
    if not asked.may("conversations"):
        theirs = select(CONVERSATIONS.c.number).where(
            CONVERSATIONS.c.tenant_id == asked.user.tenant, visible(asked)
        )
        own = np.fromiter(tenancy.connection.scalars(theirs), np.int64)
        numbers = np.intersect1d(numbers, own)
    return latest_among(
        asked.place.facts,
        asked.user.tenant,
        chosen.where,
        chosen.need,
        numbers,
        before=before,
    )


def _opened(
    asked: Asked, tenancy: Tenancy, wanted: Sought, places: Sequence[Place]
) -> tuple[list[tuple[Listed, Snippet]], Place | None]:
    """Open the latest until a page is full; return it, and where the next one begins."""
    found: list[tuple[Listed, Snippet]] = []
    for start in range(0, len(places), _AT_ONCE):
        part = places[start : start + _AT_ONCE]
        rows = by_number(tenancy, [number for _, number in part], visible(asked))
        for place in part:
            row, seal = rows.get(place[1], (None, None))
            snippet = None if row is None or seal is None else _snippet(wanted, row, seal)
            if snippet is not None:
                found.append((line_of(asked, row), snippet))
            if len(found) == PAGE:
                return found, place
    return found, places[-1] if len(places) == MOST_PLACES else None


def _snippet(wanted: Sought, row: RowMapping, seal: Seal) -> Snippet | None:
    if row["turns"] is None:
        return None
    turns = seal.opened("turns", row["turns"])
    here = hits(wanted, [turn["text"] for turn in turns], row["language"])
    if not here:
        return None
    return _cut(turns, here)


def _cut(turns: Sequence[Mapping[str, Any]], here: Sequence[Hit]) -> Snippet:
    """Return the turn with most of it, cut to what stands beside the first hit."""
    best = max({hit.turn for hit in here}, key=lambda turn: sum(hit.turn == turn for hit in here))
    marks = [hit for hit in here if hit.turn == best]
    text = turns[best]["text"]
    first, last = max(0, marks[0].start - _BESIDE), min(len(text), marks[0].end + _BESIDE)
    pieces: list[tuple[str, bool]] = [("…" if first else "", False)]
    at = first
    for mark in marks:
        if mark.start >= at and mark.end <= last:
            pieces += [(text[at : mark.start], False), (text[mark.start : mark.end], True)]
            at = mark.end
    pieces += [(text[at:last], False), ("…" if last < len(text) else "", False)]
    shown = tuple((piece, is_sought) for piece, is_sought in pieces if piece)
    return Snippet(turn=best, party=turns[best]["party"], pieces=shown, n_hits=len(here))
