"""A drawn centre, written down: conversations in a store, an event log, the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
import csv
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
import json
from pathlib import Path
from random import Random
import tomllib
from typing import Any

from sqlalchemy import select

from kindline.metrics.loyalty import LOSING
from kindline.model.analysis import (
    Abuse,
    Analysis,
    Crisis,
    Dynamics,
    Effort,
    Emotion,
    Emotions,
    FeltHeard,
    Label,
    Loyalty,
    Mood,
    Reason,
    Resolution,
)
from kindline.model.conversation import (
    Conversation,
    ConversationId,
    Handling,
    LawfulBasis,
    Role,
    Turn,
)
from kindline.model.finding import Finding
from kindline.model.interval import Interval
from kindline.simulation.drawing import Contact, Drawing, Session, plan
from kindline.simulation.staff import Planted, Team, people
from kindline.store.conversations import save
from kindline.store.database import Store
from kindline.store.labels import Judged, Value, Wanted, draw, drawn, judge
from kindline.store.people import add_team, put_agents
from kindline.store.staff import replace_staff
from kindline.store.tables import CONVERSATIONS
from kindline.version import VERSION

SOURCE = "simulated"
EVENTS, TRUTH = "events.csv", "truth.json"
_POLICY, _BASIS = "eu-consented", "consent"
_TOGETHER = 500
_LABELLED = 1_000
_PEOPLE = ("simulated-reader-1", "simulated-reader-2")
_LABELS: Sequence[Judged] = ("companionship", "support", "crisis", "abuse")
_COLUMNS: Sequence[str] = (
    "session",
    "customer",
    "time",
    "surface",
    "step",
    "outcome",
    "kind",
    "reason",
)
_FEELS: Mapping[Mood, Emotion] = {
    "irritated": "frustration",
    "angry": "anger",
    "anxious": "fear",
    "sad": "sadness",
    "cheerful": "joy",
}


@dataclass(slots=True)
class Truth:
    """What truly is, counted while the centre is written."""

    n_contacts: int = 0
    n_company: int = 0
    n_flagged: int = 0
    n_by_need: Counter[str] = field(default_factory=Counter[str])
    caused_by_step: Counter[str] = field(default_factory=Counter[str])
    failed_by_step: Counter[str] = field(default_factory=Counter[str])
    losing_by_reason: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def count(self, session: Session | None, contacts: Sequence[Contact]) -> None:
        """Count a matter."""
        if session is not None and session.ending != "completed":
            self.failed_by_step[session.step] += 1
        for one in contacts:
            self.n_contacts += 1
            self.n_company += one.is_company
            self.n_flagged += one.flagged == "present"
            self.n_by_need.update(one.needs)
            if one.by_step is not None:
                self.caused_by_step[one.by_step] += 1
        if contacts and contacts[-1].loyalty != "unsure":
            last = contacts[-1]
            self.losing_by_reason[last.reason].append(last.loyalty in LOSING)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written."""
        losing = {
            name: sum(some) / len(some) for name, some in sorted(self.losing_by_reason.items())
        }
        return {
            "n_contacts": self.n_contacts,
            "company_share": self.n_company / max(1, self.n_contacts),
            "flagged_share": self.n_flagged / max(1, self.n_contacts),
            "share_by_need": {
                name: self.n_by_need[name] / max(1, self.n_contacts) for name in plan()["needs"]
            },
            "caused_by_step": dict(self.caused_by_step.most_common()),
            "failed_by_step": dict(self.failed_by_step.most_common()),
            "losing_by_reason": losing,
            "company_rises_in_week": plan()["company"]["rises_in_week"],
            "slower_team": max(plan()["teams"], key=lambda name: plan()["teams"][name]["pace"]),
        }


def write(store: Store, folder: Path, drawing: Drawing, *, n_contacts: int) -> Truth:
    """
    Write a centre of so many contacts, or a few more: the last matter is written whole.

    The log of its self-service goes to `events.csv`, what is planted to `truth.json`.
    """
    truth, now = Truth(), drawing.until
    waiting: list[Contact] = []
    needs: dict[str, frozenset[str]] = {}
    with (folder / EVENTS).open("w", encoding="utf-8", newline="") as file:
        log = csv.DictWriter(file, _COLUMNS)
        log.writeheader()
        for session, contacts in drawing.matters():
            shown = [one for one in contacts if one.at < now]
            truth.count(session, shown)
            if session is not None:
                log.writerows(list(_events(session)))
            waiting += shown
            needs |= {one.identity: _needs(one) for one in shown}
            if len(waiting) >= _TOGETHER or truth.n_contacts >= n_contacts:
                _save(store, waiting, now)
                waiting = []
            if truth.n_contacts >= n_contacts:
                break
    _teams(store)
    _staff(store, now)
    _label(store, needs, drawing)
    (folder / TRUTH).write_text(json.dumps(truth.as_json(), indent=2) + "\n", "utf-8")
    return truth


def _save(store: Store, some: Sequence[Contact], now: datetime) -> None:
    with store.begin() as tenancy:
        save(tenancy, [_analysed(one) for one in some], now=now)


def _teams(store: Store) -> None:
    """Put the agents into their teams."""
    with store.begin() as tenancy:
        for team in plan()["teams"]:
            team_id = add_team(tenancy, team)
            own = (f"{team.lower()}-{number}" for number in range(plan()["agents_a_team"]))
            put_agents(tenancy, dict.fromkeys(own, team_id))


def _staff(store: Store, now: datetime) -> None:
    """Put in who came and left: drawn apart, so that no contact is drawn anew."""
    some = [Team(name=name, conditions={}) for name in plan()["teams"]]
    told = plan()["staff"]
    planted = Planted(a_year=told["a_year"], years=told["years"], n_seats=plan()["agents_a_team"])
    every = people(Random(len(some)), some, planted, now.date())  # noqa: S311 -- no secret
    with store.begin() as tenancy:
        replace_staff(tenancy, ((f"person-{n}", one) for n, one in enumerate(every)))


def _needs(contact: Contact) -> frozenset[str]:
    return contact.needs | {"companionship"} if contact.is_company else contact.needs


def _label(store: Store, needs: Mapping[str, frozenset[str]], drawing: Drawing) -> None:
    """Draw a sample and say of each of it what is true, as two people who are never wrong would."""
    now = drawing.until
    with store.begin() as tenancy:
        wanted = Wanted(
            name="Simulated",
            design="random",
            need=None,
            language=None,
            since=now - timedelta(weeks=plan()["weeks"]),
            n=min(_LABELLED, len(needs)),
        )
        sample_id = draw(tenancy, wanted, by=_PEOPLE[0], now=now, chance=drawing.random)
        numbers = [one.number for one in drawn(tenancy, sample_id)]
        query = select(CONVERSATIONS.c.number, CONVERSATIONS.c.conversation_id).where(
            CONVERSATIONS.c.number.in_(numbers)
        )
        for number, identity in tenancy.connection.execute(query):
            said: dict[Judged, Value] = {
                need: "present" if need in needs[identity] else "absent" for need in _LABELS
            }
            for person in _PEOPLE:
                judge(tenancy, sample_id, number, said, by=person, now=now)


def _events(session: Session) -> Iterator[dict[str, str]]:
    """Return a session as rows of a log: it comes in, then does what it came for or fails."""
    common = {
        "session": session.identity,
        "customer": session.customer,
        "surface": session.surface,
        "reason": session.reason,
    }
    outcome = "step" if session.ending == "gave_up" else session.ending
    begun = session.at - timedelta(minutes=3)
    yield {**common, "time": begun.isoformat(), "step": "start", "outcome": "step", "kind": "find"}
    last = {"step": session.step, "outcome": outcome, "kind": session.kind}
    yield {**common, "time": session.at.isoformat(), **last}


@cache
def _lines() -> Mapping[str, Any]:
    return tomllib.loads(files("kindline.simulation").joinpath("lines.toml").read_text("utf-8"))


def _analysed(contact: Contact) -> tuple[Conversation, Analysis]:
    """Return a contact as a conversation with what is said of it."""
    said = _said(contact)
    turns = _timed(said, contact)
    identity = ConversationId(contact.identity)
    language = contact.language
    conversation = Conversation(
        id=identity,
        source=SOURCE,
        turns=turns,
        language=language,
        channel=contact.channel,
        started_at=contact.at,
        country=plan()["countries"][language],
        customer_id=contact.customer,
        agent_id=contact.agent,
        queue=plan()["queues"][contact.channel],
        lawful_basis=LawfulBasis(name=_BASIS),
        handling=Handling(after_call_work_ms=45_000),
    )
    return conversation, _judged(contact, conversation, [name for name, _, _ in said])


def _said(contact: Contact) -> list[tuple[str, Role, str]]:
    """Return what is said: the name of each line, who says it, and the words."""
    lines = _lines()[contact.language]
    topic = _lines()["topics"][contact.language][contact.reason]
    said: list[tuple[str, Role, str]] = [("matter", "customer", lines["matter"] % topic)]
    names: list[str] = []
    if contact.tried is not None and contact.tried != "completed":
        names.append("tried_lost" if contact.tried == "gave_up" else "tried_failed")
    if contact.arrival in ("irritated", "angry"):
        names.append("upset")
    names += [need for need in plan()["needs"] if need in contact.flags]
    said += [_line(lines, name) for name in names]
    said.append(("agent", "agent", lines["agent"]))
    names = []
    if contact.flagged == "present":
        names.append("company")
    if contact.loyalty in LOSING:
        names.append("leaving")
    elif contact.is_settled:
        names.append("thanks")
    return [*said, *(_line(lines, name) for name in names)]


def _line(lines: Mapping[str, str], name: str) -> tuple[str, Role, str]:
    return name, "customer", lines[name]


def _timed(said: Sequence[tuple[str, Role, str]], contact: Contact) -> tuple[Turn, ...]:
    """Return the turns; those of a voice or a chat share its time evenly, of a mail have none."""
    if contact.channel == "email":
        return tuple(Turn(role=role, text=text) for _, role, text in said)
    each = round(contact.handle_s * 1000 / len(said))
    return tuple(
        Turn(role=role, text=text, interval=Interval(start_ms=n * each, end_ms=(n + 1) * each))
        for n, (_, role, text) in enumerate(said)
    )


def _judged(contact: Contact, conversation: Conversation, names: Sequence[str]) -> Analysis:
    def found(*some: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                signal=f"simulated.{name}",
                weight=1.0,
                turn=turn,
                start=0,
                end=len(conversation.turns[turn].text),
                quote=conversation.turns[turn].text,
            )
            for turn, name in enumerate(names)
            if name in some
        )

    is_timed = contact.channel != "email"
    settled = len(names) - 1
    return Analysis(
        status="analysed",
        conversation_id=conversation.id,
        source=SOURCE,
        language=contact.language,
        channel=contact.channel,
        n_turns=len(names),
        policy=_POLICY,
        basis=_BASIS,
        versions=dict.fromkeys(("weights", "pack", "policy"), SOURCE) | {"kindline": VERSION},
        service=Label(state="present", probability=0.9, findings=found("matter")),
        companionship=_company(contact, found("company")),
        support=_flagged(contact, "support", found("support")),
        crisis=_crisis(contact, found("crisis")),
        abuse=Abuse(label=_flagged(contact, "abuse", found("abuse")), has_swearing=False),
        emotions=_emotions(contact, found("upset", "thanks")),
        felt_heard=FeltHeard(
            state="yes" if contact.is_settled else "no", findings=found("thanks", "agent")
        ),
        effort=Effort(
            state="assessed",
            tried_self_service=contact.tried is not None and contact.tried != "completed",
            other_channels=contact.has_other_channel,
            repeat_contact=contact.is_repeat,
            findings=found("tried_lost", "tried_failed"),
        ),
        resolution=Resolution(
            state="settled" if contact.is_settled else "open",
            resolved_turn=settled if contact.is_settled else None,
            ms_after=round(contact.after_s * 1000) if contact.is_settled and is_timed else None,
            findings=found("agent"),
        ),
        reason=Reason(state="assessed", primary=contact.reason, findings=found("matter")),
        loyalty=Loyalty(state=contact.loyalty, findings=found("leaving", "thanks", "matter")),
        dynamics=_dynamics(contact, is_timed=is_timed),
    )


def _company(contact: Contact, findings: tuple[Finding, ...]) -> Label:
    probability = {"present": 0.9, "unsure": 0.5}.get(contact.flagged, 0.05)
    return Label(state=contact.flagged, probability=probability, findings=findings)


def _flagged(contact: Contact, need: str, findings: tuple[Finding, ...]) -> Label:
    if need in contact.flags:
        return Label(state="present", probability=0.9, findings=findings)
    return Label(state="absent", probability=0.05)


def _crisis(contact: Contact, findings: tuple[Finding, ...]) -> Crisis:
    if "crisis" in contact.flags:
        return Crisis(state="cue", level="passive", probability=0.9, findings=findings)
    return Crisis(state="no_cue_found", probability=0.01)


def _emotions(contact: Contact, findings: tuple[Finding, ...]) -> Emotions:
    felt = _FEELS.get(contact.arrival)
    present: tuple[Emotion, ...] = () if felt is None else (felt,)
    if contact.is_settled and contact.loyalty not in LOSING:
        present = (*present, "gratitude")
    return Emotions(
        state="assessed",
        arrival=contact.arrival,
        departure=contact.departure,
        present=present,
        findings=findings,
    )


def _dynamics(contact: Contact, *, is_timed: bool) -> Dynamics:
    if not is_timed:
        return Dynamics()
    half = round(contact.handle_s * 500)
    return Dynamics(
        state="assessed", talk_ms={"customer": half, "agent": half}, silence_ms=0, overlap_ms=0
    )
