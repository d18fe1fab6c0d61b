"""
When to see a piece again: FSRS, as the library `fsrs` has it, with its own parameters.

What was right comes back later and later, what was not comes back soon. A deck is one person's and
tells of nobody else; it is kept sealed for them (`store.own_records`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from kindline.coaching.drills import Drill, DrillKind
from kindline.extras import library

NEW_A_DAY = 8  # pieces seen for the first time; ours, without evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """That a piece was practised, and when: all that a certificate tells."""

    at: datetime
    drill_id: str
    kind: DrillKind


@dataclass(frozen=True, slots=True)
class Deck:
    """Somebody's pieces: when each is due, and what was practised."""

    cards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    log: tuple[Answered, ...] = ()

    def as_told(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "cards": dict(self.cards),
            "log": [[one.at.isoformat(), one.drill_id, one.kind] for one in self.log],
        }


def deck_from(told: Mapping[str, Any] | None) -> Deck:
    """Return a deck as it was kept; an empty one where none was."""
    if told is None:
        return Deck()
    log = tuple(
        Answered(at=datetime.fromisoformat(at), drill_id=identity, kind=kind)
        for at, identity, kind in told["log"]
    )
    return Deck(cards=told["cards"], log=log)


def due(deck: Deck, every: Iterable[Drill], *, owner: str, now: datetime) -> list[Drill]:
    """
    Return what to practise now: what is due, the longest overdue first, then what is new.

    New pieces come in an order of the owner's own, a few a day, all kinds mixed.
    """
    known: list[tuple[datetime, Drill]] = []
    new: list[Drill] = []
    for one in every:
        card = deck.cards.get(one.id)
        if card is None:
            new.append(one)
        elif (at := datetime.fromisoformat(card["due"])) <= now:
            known.append((at, one))
    known.sort(key=lambda told: (told[0], told[1].id))
    new.sort(key=lambda one: crc32(f"{owner} {one.id}".encode()))
    n_left = max(0, NEW_A_DAY - _n_new_today(deck, now))
    return [*(one for _, one in known), *new[:n_left]]


def answered(deck: Deck, drill: Drill, *, is_right: bool, now: datetime) -> Deck:
    """Return the deck after an answer."""
    fsrs = library("fsrs", "web")
    told = deck.cards.get(drill.id)
    card = (
        fsrs.Card(card_id=crc32(drill.id.encode())) if told is None else fsrs.Card.from_dict(told)
    )
    rating = fsrs.Rating.Good if is_right else fsrs.Rating.Again
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    card, _ = scheduler.review_card(card, rating, review_datetime=now)
    log = (*deck.log, Answered(at=now, drill_id=drill.id, kind=drill.kind))
    return replace(deck, cards={**deck.cards, drill.id: card.to_dict()}, log=log)


def _n_new_today(deck: Deck, now: datetime) -> int:
    first: dict[str, datetime] = {}
    for one in deck.log:
        first.setdefault(one.drill_id, one.at)
    return sum(now - at < timedelta(hours=20) for at in first.values())
