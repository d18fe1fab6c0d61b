"""
What is an agent's own: moments of their contacts, and their load.

Every function here is about whoever asks, and takes nobody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from kindline.coaching.moments import MOMENT_KINDS, Moment, MomentKind, moments
from kindline.errors import NoSuchError
from kindline.policy import profile
from kindline.records import one_of
from kindline.store.breaks import breaks_since, note_offer
from kindline.store.council import coach_sees, council
from kindline.store.exposures import contacts_of_agent
from kindline.store.load_rules import weights_in_force
from kindline.store.shared_moments import Place, share, shared, take_back
from kindline.web.access import Opened, opened_own
from kindline.web.guard import Asked
from kindline.wellbeing.breaks import Offer, offer
from kindline.wellbeing.exposure import (
    Compared,
    Load,
    Weights,
    compared,
    day_of,
    load_at,
    peaks,
)

_DAYS = 28
_N_OPEN = 12  # contacts looked through for moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A moment of one's own contact: whether it may be shared with a coach, and whether it is."""

    opened: Opened
    moment: Moment
    may_share: bool
    is_shared: bool

    @property
    def place(self) -> Place:
        """Return where it is."""
        return Place(self.opened.number, self.moment.turn, self.moment.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """One's load now and how today stands among one's own days; what is offered."""

    load: Load
    today: Compared | None
    n_days: int
    n_today: int
    n_heavy: int
    given_min: float
    offer: Offer | None
    weights: Weights


def own_moments(asked: Asked, *, n_most: int) -> list[Mine]:
    """Return one's moments, the latest contacts first; none where they are switched off."""
    with asked.read() as tenancy:
        rules = council(tenancy)
        given = {one.place for one in shared(tenancy, by=asked.user.user_id)}
    if not rules.has_moments:
        return []
    found: list[Mine] = []
    for one in opened_own(asked, since=own_since(asked), n_most=_N_OPEN):
        if not one.has_behaviours:
            continue
        seen_by = profile(one.stored.analysis["policy"]).seen_by["agent_behaviours"]
        may_share = coach_sees(seen_by, rules) != "nothing"
        for moment in moments_of(one):
            place = Place(one.number, moment.turn, moment.kind)
            found.append(
                Mine(opened=one, moment=moment, may_share=may_share, is_shared=place in given)
            )
    return found[:n_most]


def moments_of(one: Opened) -> list[Moment]:
    """Return the moments of a contact that was opened with what its agent did."""
    if one.stored.turns is None or not one.has_behaviours:
        return []
    analysis = {"crisis": {"state": "not_assessed"}, **one.stored.analysis}  # none has a cue
    return moments(analysis, one.stored.turns)


def show_coach(asked: Asked, number: int, turn: int, kind: str, *, wanted: bool) -> None:
    """Share a moment of one's own with coaches, or take it back; raises NoSuchError."""
    known = one_of(kind, MOMENT_KINDS)
    if known is None:
        raise NoSuchError
    place = Place(number, turn, known)
    if wanted:
        _check_own(asked, place)
    with asked.begin() as tenancy:
        if wanted:
            share(tenancy, asked.user.user_id, place, now=asked.place.clock())
        else:
            take_back(tenancy, asked.user.user_id, place)


def _check_own(asked: Asked, place: Place) -> None:
    mine = own_moments(asked, n_most=_N_OPEN * len(get_args(MomentKind)))
    if place not in {one.place for one in mine if one.may_share}:
        raise NoSuchError


def strain(asked: Asked) -> Strain | None:
    """Return one's load, None where it is switched off or no agent is known for the account."""
    now, key = asked.place.clock(), asked.user.agent_key
    with asked.read() as tenancy:
        if key is None or not council(tenancy).has_load:
            return None
        rules = weights_in_force(tenancy).weights
        contacts = contacts_of_agent(tenancy, key, own_since(asked))
        taken = breaks_since(tenancy, asked.user.user_id, now - timedelta(days=1))
    contacts = [one for one in contacts if one.end <= now]
    zone = ZoneInfo(asked.place.zone)
    by_day, day = peaks(contacts, rules, zone), day_of(now, zone)
    before = [peak for name, peak in by_day.items() if name != day]
    today = [one for one in contacts if day_of(one.end, zone) == day]
    offered = offer(contacts, taken, rules, now)
    if offered is not None:
        with asked.begin() as tenancy:
            note_offer(tenancy, asked.user.user_id, offered.since, now=now)
    return Strain(
        load=load_at(contacts, rules, now),
        today=compared(by_day.get(day, 0.0), before),
        n_days=len(before),
        n_today=len(today),
        n_heavy=sum(one.is_heavy for one in today),
        given_min=sum(one.given_min for one in today),
        offer=offered,
        weights=rules,
    )


def own_since(asked: Asked) -> datetime:
    """Return since when one's contacts are looked at: as long as what agents did is kept."""
    with asked.read() as tenancy:
        days = min(_DAYS, asked.rules(tenancy).keep_days["agent_behaviours"])
    return asked.place.clock() - timedelta(days=days)
