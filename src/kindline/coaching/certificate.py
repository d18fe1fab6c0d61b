"""What somebody practised, to show to whom they like: what, how often, when. Never how well."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kindline.coaching.drills import DrillKind
from kindline.coaching.spacing import Deck


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Pieces by kind, days on which something was practised, calls to callers of ours."""

    by_kind: Mapping[DrillKind, int]
    n_answers: int
    n_days: int
    n_calls: int
    first: date | None
    last: date | None


def certificate(deck: Deck, calls: Sequence[date]) -> Certificate:
    """Return what was practised: drills of a deck, and practice calls by day."""
    kinds: dict[str, DrillKind] = {one.drill_id: one.kind for one in deck.log}
    days = sorted({*(one.at.date() for one in deck.log), *calls})
    return Certificate(
        by_kind=Counter(kinds.values()),
        n_answers=len(deck.log),
        n_days=len(days),
        n_calls=len(calls),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )
