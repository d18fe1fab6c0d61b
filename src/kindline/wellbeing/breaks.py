"""
A break that is offered: a few minutes after what was heavy, a quarter of an hour after risk.

Offered to the agent, who takes it or not and is asked no reason. It is a state of its own: no part
of handle time, after-call work or occupancy (`metrics.occupancy`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kindline.wellbeing.exposure import Contact, Weights, load_at

Because = Literal["risk", "load"]
_STANDS = timedelta(minutes=90)  # an offer does, from the contact it came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Minutes of rest, why they are offered, and the end of the contact they are offered for."""

    minutes: int
    because: Because
    since: datetime


def offer(
    contacts: Sequence[Contact], breaks: Sequence[datetime], rules: Weights, now: datetime
) -> Offer | None:
    """
    Return the break to offer now, None where nothing heavy was, or one was begun since.

    `breaks` are the beginnings of breaks that were taken.
    """
    lately = [one for one in contacts if one.end <= now < one.end + _STANDS]
    last_break = max(breaks, default=None)
    fresh = [one for one in lately if last_break is None or one.end > last_break]
    if at_risk := [one for one in fresh if one.has_risk]:
        since = max(one.end for one in at_risk)
        return Offer(minutes=round(rules.after_risk_min), because="risk", since=since)
    heavy = [one.end for one in fresh if one.is_heavy]
    whole = load_at(contacts, rules, now).whole
    if not heavy or whole < rules.offer_from:
        return None
    minutes = min(rules.longest_min, rules.shortest_min + whole - rules.offer_from)
    return Offer(minutes=round(minutes), because="load", since=max(heavy))
