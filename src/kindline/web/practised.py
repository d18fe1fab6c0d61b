"""What somebody practised: pieces, and calls to callers of ours; theirs alone."""

from datetime import date
from hashlib import blake2b

from kindline.coaching.spacing import Deck, deck_from
from kindline.languages import codes
from kindline.store.own_records import keep_own, own_record
from kindline.web.guard import Asked


def language_of(asked: Asked, wanted: str) -> str:
    """Return the language to practise in: that asked for, else that of one's pages."""
    own = asked.user.language if asked.user.language in codes() else "en"
    return wanted if wanted in codes() else own


def own_deck(asked: Asked) -> Deck:
    """Return what one practised."""
    with asked.read() as tenancy:
        return deck_from(own_record(tenancy, asked.user.user_id, "drills"))


def own_calls_practised(asked: Asked) -> list[date]:
    """Return the days of the calls one practised, a day a call."""
    with asked.read() as tenancy:
        kept: dict[str, str] = own_record(tenancy, asked.user.user_id, "calls") or {}
    return [date.fromisoformat(day) for day in kept.values()]


def note_call_practised(asked: Asked, steps: str) -> None:
    """Keep that a call was practised: the day and a digest, so that it counts once; no word."""
    digest = blake2b(steps.encode(), digest_size=8).hexdigest()
    by, day = asked.user.user_id, f"{asked.place.clock():%Y-%m-%d}"
    with asked.begin() as tenancy:
        kept: dict[str, str] = own_record(tenancy, by, "calls") or {}
        if digest not in kept:
            keep_own(tenancy, by, "calls", {**kept, digest: day})
