"""
Rounds: contacts drawn for coaches to look at, as a plan of so many an agent, or to calibrate on.

And what they answered: sealed, each evaluation under a key of its own. Nothing here counts, sums or
exports evaluations of an agent; a coach reads one at a time, its agent all of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
import secrets
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from kindline.coaching.sampling import Plan, drawn
from kindline.coaching.scorecard import Answer
from kindline.errors import InputError
from kindline.store.care_tables import EVALUATIONS, ROUND_CONTACTS, ROUNDS
from kindline.store.database import Tenancy
from kindline.store.named_keys import drop_key, key_named, make_key
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, TEAM_AGENTS

RoundKind = Literal["plan", "calibration"]
_COLUMN, _CHUNK = "evaluation", 500
_SEEDS = 2**31
MOST = 200  # contacts in a round


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round: `n_each` contacts of each agent, or in a calibration so many in all."""

    round_id: str
    kind: RoundKind
    name: str
    scorecard: str
    n_each: int
    seed: int
    since: datetime
    made_by: str
    made_at: datetime
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a round is to be."""

    kind: RoundKind
    name: str
    scorecard: str
    n_each: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One form, filled in by one person on one contact; and whether its agent disputes it."""

    evaluation_id: str
    round_id: str
    number: int
    user_id: str
    agent_key: str | None
    made_at: datetime
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    note: str = ""
    disputed: str | None = None
    answered: str | None = None


def draw_round(
    tenancy: Tenancy, wanted: Wanted, team_ids: frozenset[str], *, by: str, now: datetime
) -> str:
    """
    Draw a round of the contacts of some teams whose words are kept, and return its id.

    Contacts with a crisis cue are left out: those are talked over with who looks after their cases.
    Raises InputError where there is nothing to draw, or too much.
    """
    contacts = _frame(tenancy, wanted.since, team_ids)
    seed = secrets.randbelow(_SEEDS)
    if wanted.kind == "calibration":
        contacts = [(number, "") for number, _ in contacts]
    numbers = drawn(contacts, Plan(n_each=wanted.n_each, seed=seed))
    if not 1 <= len(numbers) <= MOST:
        raise InputError(f"{len(numbers)} contacts would be drawn: a round has 1 to {MOST}")
    row = {
        "round_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        **{
            name: getattr(wanted, name) for name in ("kind", "name", "scorecard", "n_each", "since")
        },
        "seed": seed,
        "made_by": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(ROUNDS), [row])
    of = {"round_id": row["round_id"], "tenant_id": tenancy.tenant}
    rows = [{**of, "number": number, "place": place} for place, number in enumerate(numbers, 1)]
    tenancy.connection.execute(insert(ROUND_CONTACTS), rows)
    return str(row["round_id"])


def rounds(tenancy: Tenancy, *where: ColumnElement[bool]) -> list[Round]:
    """Return the rounds, the latest first."""
    n = (
        select(func.count())
        .where(ROUND_CONTACTS.c.round_id == ROUNDS.c.round_id)
        .scalar_subquery()
        .label("n")
    )
    own = ROUNDS.c.tenant_id == tenancy.tenant
    query = select(ROUNDS, n).where(own, *where).order_by(ROUNDS.c.made_at.desc())
    return [
        Round(
            **{name: row[name] for name in _ROUND},
            since=in_utc(row["since"]),
            made_at=in_utc(row["made_at"]),
        )
        for row in tenancy.connection.execute(query).mappings()
    ]


_ROUND = ("round_id", "kind", "name", "scorecard", "n_each", "seed", "made_by", "n")


def contacts_of(tenancy: Tenancy, round_id: str) -> list[int]:
    """Return the contacts of a round that are still there, in the order drawn."""
    columns = ROUND_CONTACTS.c
    query = (
        select(columns.number)
        .join(CONVERSATIONS, CONVERSATIONS.c.number == columns.number)
        .where(columns.tenant_id == tenancy.tenant, columns.round_id == round_id)
        .where(CONVERSATIONS.c.turns.is_not(None))
        .order_by(columns.place)
    )
    return list(tenancy.connection.scalars(query))


def evaluate(tenancy: Tenancy, one: Evaluation, *, now: datetime) -> str:
    """Keep an evaluation in place of an earlier one of the same person, and return its id."""
    columns = EVALUATIONS.c
    same = (columns.round_id == one.round_id) & (columns.number == one.number)
    _forget(tenancy, same & (columns.user_id == one.user_id))
    identity = secrets.token_hex(8)
    seal = make_key(tenancy, _key(identity))
    row = {
        "evaluation_id": identity,
        "tenant_id": tenancy.tenant,
        **{name: getattr(one, name) for name in ("round_id", "number", "user_id", "agent_key")},
        "told": seal.closed(_COLUMN, {"answers": dict(one.answers), "note": one.note}),
        "made_at": now,
    }
    tenancy.connection.execute(insert(EVALUATIONS), [row])
    return identity


def evaluations(tenancy: Tenancy, *where: ColumnElement[bool]) -> list[Evaluation]:
    """Return evaluations of which something is true, the latest first."""
    own = EVALUATIONS.c.tenant_id == tenancy.tenant
    query = select(EVALUATIONS).where(own, *where).order_by(EVALUATIONS.c.made_at.desc())
    found: list[Evaluation] = []
    for row in tenancy.connection.execute(query).mappings().all():
        seal = key_named(tenancy, _key(row["evaluation_id"]))
        if seal is None:
            continue
        told: Mapping[str, Any] = seal.opened(_COLUMN, row["told"])
        plain = ("evaluation_id", "round_id", "number", "user_id", "agent_key")
        found.append(
            Evaluation(
                **{name: row[name] for name in plain},
                made_at=in_utc(row["made_at"]),
                answers=told["answers"],
                note=told["note"],
                disputed=told.get("disputed"),
                answered=told.get("answered"),
            )
        )
    return found


def say_to(tenancy: Tenancy, one: Evaluation, *, now: datetime, **said: str) -> None:
    """Add to an evaluation what its agent says against it (`disputed`), or its coach to that."""
    seal = key_named(tenancy, _key(one.evaluation_id))
    if seal is None:
        return
    told = {"answers": dict(one.answers), "note": one.note}
    told |= {
        name: text
        for name, text in (("disputed", one.disputed), ("answered", one.answered))
        if text
    }
    is_it = EVALUATIONS.c.evaluation_id == one.evaluation_id
    changed = {f"{name}_at": now for name in said}
    tenancy.connection.execute(
        update(EVALUATIONS)
        .where(is_it)
        .values(told=seal.closed(_COLUMN, {**told, **said}), **changed)
    )


def forget_evaluations(
    tenancy: Tenancy, *, numbers: Sequence[int] = (), before: datetime | None = None
) -> int:
    """Destroy evaluations of what is erased, or older than a time; return how many."""
    n = 0
    for start in range(0, len(numbers), _CHUNK):
        part = numbers[start : start + _CHUNK]
        n += _forget(tenancy, EVALUATIONS.c.number.in_(part))
        own = ROUND_CONTACTS.c.tenant_id == tenancy.tenant
        gone = delete(ROUND_CONTACTS).where(own, ROUND_CONTACTS.c.number.in_(part))
        tenancy.connection.execute(gone)
    return n if before is None else n + _forget(tenancy, EVALUATIONS.c.made_at < before)


def _forget(tenancy: Tenancy, where: ColumnElement[bool]) -> int:
    own = EVALUATIONS.c.tenant_id == tenancy.tenant
    query = select(EVALUATIONS.c.evaluation_id).where(own, where)
    ids = list(tenancy.connection.scalars(query))
    for identity in ids:
        drop_key(tenancy, _key(identity))
    tenancy.connection.execute(delete(EVALUATIONS).where(own, where))
    return len(ids)


def _frame(tenancy: Tenancy, since: datetime, team_ids: frozenset[str]) -> list[tuple[int, str]]:
    columns = CONVERSATIONS.c
    theirs = (TEAM_AGENTS.c.tenant_id == tenancy.tenant) & TEAM_AGENTS.c.team_id.in_(team_ids)
    query = select(columns.number, columns.agent_key).where(
        columns.tenant_id == tenancy.tenant,
        columns.status == "analysed",
        columns.turns.is_not(None),
        columns.crisis != "cue",
        columns.happened_at >= since,
        columns.agent_key.in_(select(TEAM_AGENTS.c.agent_key).where(theirs)),
    )
    return [(row.number, row.agent_key) for row in tenancy.connection.execute(query)]


def _key(identity: str) -> str:
    return f"evaluation-{identity}"
