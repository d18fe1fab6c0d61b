"""
How far what an agent sees in a contact is what Kindline sees, over time; for the agent alone.

The agent says first, without Kindline's answer. Neither is the truth: where they differ, people
judge (Review). Needs are told apart, as nobody is good or bad at all of them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kindline.metrics.kappa import kappa
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """One need of one contact: what the agent said, and what Kindline says."""

    at: datetime
    need: str
    own: str
    kindline: str

    @property
    def is_sure(self) -> bool:
        """Return whether both said yes or no."""
        return not {self.own, self.kindline} & {"unsure", "not_assessed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Agreement on a need: in all as kappa, and each month's share of the same answers."""

    need: str
    kappa: Estimate
    months: tuple[tuple[str, Estimate], ...]


def agreed(every: Sequence[Recognised], needs: Sequence[str]) -> list[Agreed]:
    """Return the agreement on each need; what either was unsure of is unjudged."""
    found: list[Agreed] = []
    for need in needs:
        own = sorted((one for one in every if one.need == need), key=lambda one: one.at)
        sure = [one for one in own if one.is_sure]
        pairs = [(one.own, one.kindline) for one in sure]
        months = tuple(
            (month, _same([one for one in own if f"{one.at:%Y-%m}" == month]))
            for month in dict.fromkeys(f"{one.at:%Y-%m}" for one in own)
        )
        found.append(
            Agreed(need=need, kappa=kappa(pairs, n_unjudged=len(own) - len(sure)), months=months)
        )
    return found


def _same(some: Sequence[Recognised]) -> Estimate:
    sure = [one for one in some if one.is_sure]
    n_same = sum(one.own == one.kindline for one in sure)
    return share_of(n_same, len(sure) - n_same, n_unjudged=len(some) - len(sure))
