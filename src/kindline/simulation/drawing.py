"""Matters drawn from the plan: sessions through self-service, and the contacts that follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
import tomllib
from typing import Any, TypeVar

from kindline.model.analysis import LoyaltyState, Mood, Presence
from kindline.model.conversation import Channel
from kindline.selfservice.journeys import Ending

_Name = TypeVar("_Name")
_HOURS = (*range(8, 18), *range(9, 17), *range(18, 22))  # mornings and afternoons weigh double
_EVENING, _DECEMBER, _HOLIDAYS_FROM = 18, 12, 18
_OTHER_UPSET: tuple[Mood, ...] = ("angry", "anxious", "sad")
_FOLLOW_UPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A way through self-service: where it ended and how."""

    identity: str
    customer: str
    at: datetime
    reason: str
    surface: str
    step: str
    kind: str
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    One contact as it truly is, and what a detector that errs as planned says of its needs.

    `needs` and `flags` are those besides company: what is so, and what is flagged. `by_step` is the
    step that caused it, None where it would have come anyway.
    """

    identity: str
    customer: str
    agent: str
    at: datetime
    language: str
    channel: Channel
    reason: str
    is_company: bool
    flagged: Presence
    needs: frozenset[str]
    flags: frozenset[str]
    arrival: Mood
    departure: Mood
    loyalty: LoyaltyState
    is_settled: bool
    handle_s: float
    after_s: float
    tried: str | None
    has_other_channel: bool
    is_repeat: bool
    by_step: str | None


@cache
def plan() -> Mapping[str, Any]:
    """Return what is planted."""
    return tomllib.loads(files("kindline.simulation").joinpath("plan.toml").read_text("utf-8"))


@dataclass(slots=True)
class Drawing:
    """A centre being drawn, up to `until`: the same seed draws the same one."""

    random: Random
    until: datetime
    n_sessions: int = 0
    n_contacts: int = 0
    _needing: Random = field(init=False)

    def __post_init__(self) -> None:
        # Needs besides company are drawn apart: one more of them draws nothing else anew.
        self._needing = Random()  # noqa: S311 -- no secret
        self._needing.setstate(self.random.getstate())

    def matters(self) -> Iterator[tuple[Session | None, list[Contact]]]:
        """Return matters without end, each its session and its contacts, in no order."""
        while True:
            yield self._matter()

    def _matter(self) -> tuple[Session | None, list[Contact]]:
        reason = self._one_of({name: told["share"] for name, told in plan()["reasons"].items()})
        at = self._time()
        customer = f"customer-{self.random.randrange(70_000)}"
        steps = [one for one in plan()["steps"] if one["reason"] == reason]
        has_session = bool(steps) and self._is(plan()["reasons"][reason]["sessions"])
        session = self._session(steps, customer, at) if has_session else None
        if session is None:
            return None, self._contacts(self._first(reason, at, customer))
        contact = self._after(session)
        return session, [] if contact is None else self._contacts(contact)

    def _session(self, steps: list[Mapping[str, Any]], customer: str, at: datetime) -> Session:
        step = self.random.choice(steps)
        self.n_sessions += 1
        return Session(
            identity=f"session-{self.n_sessions}",
            customer=customer,
            at=at,
            reason=step["reason"],
            surface=step["surface"],
            step=step["step"],
            kind=step.get("kind", "do"),
            ending=step["how"] if self._is(step["fails"]) else "completed",
        )

    def _after(self, session: Session) -> Contact | None:
        """Return the contact that follows a session: one that comes anyway, one it caused, none."""
        at = session.at + timedelta(minutes=self.random.uniform(5, 2_000))
        step = next(one for one in plan()["steps"] if one["step"] == session.step)
        first = replace(self._first(session.reason, at, session.customer), tried=session.ending)
        if self._is(plan()["contact"]["base"]):
            return self._for_company(first, is_company=self._is(plan()["company"]["after_session"]))
        if session.ending != "completed" and self._is(step["causes"]):
            caused = self._for_company(first, is_company=False)
            departure = self._departure("irritated")
            return replace(caused, by_step=session.step, arrival="irritated", departure=departure)
        return None

    def _first(self, reason: str, at: datetime, customer: str) -> Contact:
        language = self._language(customer)
        arrival = self._arrival()
        self.n_contacts += 1
        told = plan()["reasons"][reason]
        needs, flags = self._needs()
        contact = Contact(
            identity=f"contact-{self.n_contacts}",
            customer=customer,
            agent="",
            at=at,
            language=language,
            channel=self._channel(arrival),
            reason=reason,
            is_company=False,
            flagged="absent",
            needs=needs,
            flags=flags,
            arrival=arrival,
            departure=self._departure(arrival),
            loyalty="kept",
            is_settled=self._is(told["settled"]),
            handle_s=0.0,
            after_s=0.0,
            tried=None,
            has_other_channel=False,
            is_repeat=False,
            by_step=None,
        )
        return self._for_company(contact, is_company=self._is(_company_share(at, self._week(at))))

    def _needs(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the needs besides company that are there, and those that are flagged."""
        needs: set[str] = set()
        flags: set[str] = set()
        for need, told in plan()["needs"].items():
            is_so = self._needing.random() < told["share"]
            flagged = told["sensitivity"] if is_so else 1 - told["specificity"]
            needs |= {need} if is_so else set()
            flags |= {need} if self._needing.random() < flagged else set()
        return frozenset(needs), frozenset(flags)

    def _for_company(self, contact: Contact, *, is_company: bool) -> Contact:
        """Return a contact as it is with or without a need for company: longer, perhaps flagged."""
        team = self._team(contact.at)
        told, errs = plan()["reasons"][contact.reason], plan()["detector"]
        after_s = self.random.expovariate(1 / plan()["company"]["stays_s"]) if is_company else 0.0
        pace = plan()["teams"][team]["pace"]
        service_s = self.random.lognormvariate(0, 0.5) * told["handle_s"] * pace
        is_flagged = self._is(errs["sensitivity"] if is_company else 1 - errs["specificity"])
        flagged: Presence = "present" if is_flagged else "absent"
        if not is_flagged and self._is(errs["unsure"]):
            flagged = "unsure"
        return replace(
            contact,
            agent=f"{team.lower()}-{self.random.randrange(plan()['agents_a_team'])}",
            is_company=is_company,
            flagged=flagged,
            handle_s=service_s + after_s,
            after_s=after_s,
        )

    def _contacts(self, first: Contact) -> list[Contact]:
        """Return a contact with those that follow it while its matter is not settled."""
        found = [first]
        if self._is(plan()["contact"]["parallel"]):
            found.append(self._again(first, hours=self.random.uniform(0.2, 3), is_elsewhere=True))
        while not found[-1].is_settled and len(found) <= _FOLLOW_UPS:
            found.append(self._again(found[-1], hours=self.random.uniform(12, 140)))
        last = replace(
            found[-1], loyalty=self._loyalty(first.reason, is_settled=found[-1].is_settled)
        )
        return [*(replace(one, loyalty=self._loyalty_between()) for one in found[:-1]), last]

    def _again(self, before: Contact, *, hours: float, is_elsewhere: bool = False) -> Contact:
        again = self._first(before.reason, before.at + timedelta(hours=hours), before.customer)
        others = {
            name: share for name, share in plan()["channels"].items() if name != before.channel
        }
        is_switched = is_elsewhere or self._is(0.3)
        return replace(
            again,
            channel=self._one_of(others) if is_switched else before.channel,
            has_other_channel=is_switched,
            is_repeat=True,
        )

    def _loyalty(self, reason: str, *, is_settled: bool) -> LoyaltyState:
        if self._is(0.15):
            return "unsure"
        if self._is(plan()["reasons"][reason]["losing"]):
            return "lost" if self._is(0.3) else "at_risk"
        return "won" if is_settled and self._is(0.1) else "kept"

    def _loyalty_between(self) -> LoyaltyState:
        if self._is(0.15):
            return "unsure"
        return "at_risk" if self._is(0.35) else "kept"

    def _arrival(self) -> Mood:
        at = self.random.random()
        if at < plan()["mood"]["irritated"]:
            return "irritated"
        if at < plan()["mood"]["irritated"] + plan()["mood"]["upset_other"]:
            return self.random.choice(_OTHER_UPSET)
        return "cheerful" if self._is(0.1) else "calm"

    def _departure(self, arrival: Mood) -> Mood:
        if arrival in ("calm", "cheerful"):
            return "irritated" if self._is(plan()["mood"]["worsened"]) else arrival
        return "calm" if self._is(plan()["mood"]["soothed"]) else arrival

    def _channel(self, arrival: Mood) -> Channel:
        shares = dict(plan()["channels"])
        if arrival == "irritated":
            shares["chat"] *= plan()["mood"]["irritated_to_chat"]
        chosen: Channel = self._one_of(shares)
        return chosen

    def _team(self, at: datetime) -> str:
        is_evening = at.hour >= _EVENING
        teams: Mapping[str, Any] = plan()["teams"]
        some = [name for name in teams if teams[name].get("evening", False) == is_evening]
        return self.random.choice(some)

    def _language(self, customer: str) -> str:
        languages: Mapping[str, float] = plan()["languages"]
        own = Random(customer)  # noqa: S311 -- no secret
        chosen: str = own.choices(*_shares(languages))[0]
        return chosen

    def _time(self) -> datetime:
        day = self.until - timedelta(days=self.random.randrange(8, 7 * plan()["weeks"]))
        if day.isoweekday() > 5 and self._is(0.7):  # noqa: PLR2004 -- weekends are quieter
            return self._time()
        hour = self.random.choice(_HOURS)
        return day.replace(hour=hour, minute=self.random.randrange(60), second=0, microsecond=0)

    def _week(self, at: datetime) -> int:
        n_weeks: int = plan()["weeks"]
        return n_weeks - (self.until - at).days // 7

    def _is(self, share: float) -> bool:
        return self.random.random() < share

    def _one_of(self, shares: Mapping[_Name, float]) -> _Name:
        return self.random.choices(*_shares(shares))[0]


def _shares(shares: Mapping[_Name, float]) -> tuple[list[_Name], list[float]]:
    return list(shares), list(shares.values())


def _company_share(at: datetime, week: int) -> float:
    told = plan()["company"]
    share: float = told["base"]
    if at.hour >= _EVENING:
        share *= told["evening"]
    if at.month == _DECEMBER and at.day >= _HOLIDAYS_FROM:
        share *= told["holidays"]
    return share * (told["rises_by"] if week >= told["rises_in_week"] else 1.0)
