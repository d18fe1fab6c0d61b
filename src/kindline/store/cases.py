"""
Cases: cues that a life may be at risk, from whichever way they came, until a person closed them.

A conversation has one case; a cue that comes back after the case was closed opens it again. What
people did is a log: who, when, what was offered, whether it was accepted. No word of a caller.
"""

from collections.abc import Collection
from datetime import datetime
import secrets
from typing import NamedTuple

from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update

from kindline.errors import NoSuchError
from kindline.safeguarding.cases import CaseOutcome, due_at
from kindline.store.call_tables import CASE_LOG, CASES
from kindline.store.database import Tenancy
from kindline.store.hooks import announce
from kindline.store.jobs import enqueue
from kindline.store.rows import in_utc

KINDLINE = "Kindline"  # who opens a case
_CHUNK = 500


class Cue(NamedTuple):
    """Where a cue came up: in which conversation, by which path, in which language."""

    conversation_id: str
    path: str
    language: str | None
    call_id: str | None = None
    content_hash: str | None = None  # of words that will not change any more


class Case(NamedTuple):
    """A case as it stands; open while `closed_at` is None."""

    case_id: str
    conversation_id: str
    call_id: str | None
    path: str
    language: str | None
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    content_hash: str | None

    @property
    def due_at(self) -> datetime:
        """Return by when somebody is to have taken it."""
        return due_at(self.path, self.opened_at)

    def is_late(self, now: datetime) -> bool:
        """Return whether nobody took it in time."""
        return self.closed_at is None and self.taken_at is None and now > self.due_at


class Step(NamedTuple):
    """What somebody did about a case."""

    at: datetime
    by_name: str
    what: str
    offered: str | None = None
    is_accepted: bool | None = None


def open_case(tenancy: Tenancy, cue: Cue, *, now: datetime) -> str | None:
    """
    Open a case and return its id; None where it is open already, or was closed over these words.

    Words that are all told now and were heard live before open nothing anew: who closed the case
    heard them. A conversation that went on since is looked at again.
    """
    is_it = CASES.c.conversation_id == cue.conversation_id
    before = next(iter(cases(tenancy, is_it)), None)
    if before is not None and not _is_news(before, cue):
        _change(tenancy, before.case_id, content_hash=cue.content_hash or before.content_hash)
        return None
    opened = {
        "opened_at": now,
        "path": cue.path,
        "call_id": cue.call_id,
        "content_hash": cue.content_hash,
    }
    if before is None:
        case_id = secrets.token_hex(16)
        own = {"case_id": case_id, "tenant_id": tenancy.tenant, "language": cue.language}
        row = {**own, **opened, "conversation_id": cue.conversation_id}
        tenancy.connection.execute(insert(CASES), [row])
    else:
        case_id = before.case_id
        _change(tenancy, case_id, **opened, **dict.fromkeys(_ENDS))
    what = "opened" if before is None else "opened_again"
    log(tenancy, case_id, Step(now, KINDLINE, what))
    announce(tenancy, "case.opened", {"case_id": case_id, "path": cue.path}, now=now)
    enqueue(tenancy, "alert", {"case_id": case_id}, now=now)
    return case_id


_ENDS = ("taken_by", "taken_at", "closed_at", "outcome")


def _is_news(before: Case, cue: Cue) -> bool:
    if before.closed_at is None:
        return False
    return cue.content_hash is None or before.content_hash not in (None, cue.content_hash)


def cases(tenancy: Tenancy, *where: ColumnElement[bool], n_most: int = 200) -> list[Case]:
    """Return cases, those that are open first, the oldest of them first."""
    own = CASES.c.tenant_id == tenancy.tenant
    order = (CASES.c.closed_at.is_not(None), CASES.c.closed_at.desc(), CASES.c.opened_at)
    query = select(CASES).where(own, *where).order_by(*order).limit(n_most)
    return [_case(row) for row in tenancy.connection.execute(query).mappings()]


def case_of(tenancy: Tenancy, case_id: str) -> Case:
    """Return a case; raises NoSuchError."""
    found = cases(tenancy, CASES.c.case_id == case_id)
    if not found:
        raise NoSuchError
    return found[0]


def steps(tenancy: Tenancy, case_id: str) -> list[Step]:
    """Return what was done about a case, in order."""
    columns = CASE_LOG.c
    query = (
        select(columns.at, columns.by_name, columns.what, columns.offered, columns.is_accepted)
        .where(columns.tenant_id == tenancy.tenant, columns.case_id == case_id)
        .order_by(columns.number)
    )
    return [Step(in_utc(at), *told) for at, *told in tenancy.connection.execute(query)]


def take_case(tenancy: Tenancy, case_id: str, *, by: str, now: datetime) -> None:
    """Say who looks after a case from now on."""
    case_of(tenancy, case_id)
    _change(tenancy, case_id, taken_by=by, taken_at=now)
    log(tenancy, case_id, Step(now, by, "taken"))


def close_case(
    tenancy: Tenancy, case_id: str, outcome: CaseOutcome, *, by: str, now: datetime
) -> None:
    """Close a case with what came of it."""
    _change(tenancy, case_id, closed_at=now, outcome=outcome)
    log(tenancy, case_id, Step(now, by, outcome))


def log(tenancy: Tenancy, case_id: str, step: Step) -> None:
    """Write down what was done."""
    row = {"case_id": case_id, "tenant_id": tenancy.tenant, **step._asdict()}
    tenancy.connection.execute(insert(CASE_LOG), [row])


def forget_cases(tenancy: Tenancy, conversation_ids: Collection[str]) -> None:
    """Forget the cases of conversations that are forgotten or erased, and their logs."""
    every = list(conversation_ids)
    for start in range(0, len(every), _CHUNK):
        own = CASES.c.tenant_id == tenancy.tenant
        theirs = own & CASES.c.conversation_id.in_(every[start : start + _CHUNK])
        ids = select(CASES.c.case_id).where(theirs)
        tenancy.connection.execute(delete(CASE_LOG).where(CASE_LOG.c.case_id.in_(ids)))
        tenancy.connection.execute(delete(CASES).where(theirs))


def _change(tenancy: Tenancy, case_id: str, **changed: object) -> None:
    own = (CASES.c.tenant_id == tenancy.tenant) & (CASES.c.case_id == case_id)
    tenancy.connection.execute(update(CASES).where(own).values(changed))


def _case(row: RowMapping) -> Case:
    return Case(
        case_id=row["case_id"],
        conversation_id=row["conversation_id"],
        call_id=row["call_id"],
        path=row["path"],
        language=row["language"],
        opened_at=in_utc(row["opened_at"]),
        taken_by=row["taken_by"],
        taken_at=row["taken_at"] and in_utc(row["taken_at"]),
        closed_at=row["closed_at"] and in_utc(row["closed_at"]),
        outcome=row["outcome"],
        content_hash=row["content_hash"],
    )
