"""
Journeys through self-service as rows, and which contact followed each.

A contact follows a session of the same customer when it begins after the session did and within
the window after its end, and their reasons do not contradict each other; the first one counts. The
link is a number beside the journey, so it can still be counted when nobody can be told any more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from kindline.metrics.containment import WINDOW_DAYS
from kindline.selfservice.journeys import Journey
from kindline.store.database import Tenancy
from kindline.store.insight_tables import JOURNEYS
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, OBJECTIONS
from kindline.store.upsert import upsert

_CHUNK = 500
_ANSWERED = "answered"
_AT_ONCE = 5_000


def save_journeys(tenancy: Tenancy, some: Sequence[Journey], *, now: datetime) -> None:
    """
    Save journeys. One whose session is there goes on with it: it keeps its beginning and contact.

    Who objected to being read is not known to be anybody here.
    """
    keys = {one.session: tenancy.blind("session", one.session) or "" for one in some}
    begun = _begun(tenancy, list(keys.values()))
    objecting = _objecting(tenancy)
    for start in range(0, len(some), _AT_ONCE):
        rows = [
            _row(tenancy, one, keys[one.session], now, begun, objecting)
            for one in some[start : start + _AT_ONCE]
        ]
        upsert(tenancy.connection, JOURNEYS, rows, ("session_key", "tenant_id"))


def link(tenancy: Tenancy) -> int:
    """
    Note which contact followed each journey that may still be followed; return how many were found.

    Run whenever journeys or contacts came in; what is over and linked stays as it is.
    """
    is_open = (
        (JOURNEYS.c.tenant_id == tenancy.tenant)
        & JOURNEYS.c.followed_by.is_(None)
        & JOURNEYS.c.customer_key.is_not(None)
    )
    after = (
        select(CONVERSATIONS.c.number)
        .where(_follows())
        .order_by(CONVERSATIONS.c.happened_at, CONVERSATIONS.c.number)
        .limit(1)
        .correlate(JOURNEYS)
        .scalar_subquery()
    )
    there = select(CONVERSATIONS.c.number).where(_follows()).correlate(JOURNEYS).exists()
    done = update(JOURNEYS).where(is_open, there).values(followed_by=after)
    _link_answers(tenancy, is_open)
    n_before = select(func.count()).where(is_open)
    before = tenancy.connection.scalar(n_before) or 0
    tenancy.connection.execute(done)
    return before - (tenancy.connection.scalar(n_before) or 0)


def _link_answers(tenancy: Tenancy, is_open: ColumnElement[bool]) -> None:
    """Note which contact each answer is about: the customer's last one before it."""
    contact, journey = CONVERSATIONS.c, JOURNEYS.c
    is_meant = and_(
        journey.ending == _ANSWERED,
        contact.tenant_id == journey.tenant_id,
        contact.customer_key == journey.customer_key,
        contact.happened_at <= journey.begun_at,
    )
    before = (
        select(contact.number)
        .where(is_meant)
        .order_by(contact.happened_at.desc(), contact.number.desc())
        .limit(1)
        .correlate(JOURNEYS)
        .scalar_subquery()
    )
    there = select(contact.number).where(is_meant).correlate(JOURNEYS).exists()
    tenancy.connection.execute(update(JOURNEYS).where(is_open, there).values(followed_by=before))


def forget_journeys(tenancy: Tenancy, *, before: datetime) -> int:
    """Leave of journeys stored before then what tells of nobody; return how many there were."""
    late = (JOURNEYS.c.tenant_id == tenancy.tenant) & (JOURNEYS.c.stored_at < before)
    known = late & JOURNEYS.c.customer_key.is_not(None)
    return tenancy.connection.execute(update(JOURNEYS).where(known).values(_NOBODY)).rowcount


def erase_journeys(tenancy: Tenancy, customer_key: str | None) -> int:
    """Leave of a customer's journeys what tells of nobody; return how many there were."""
    theirs = (JOURNEYS.c.tenant_id == tenancy.tenant) & (JOURNEYS.c.customer_key == customer_key)
    return tenancy.connection.execute(update(JOURNEYS).where(theirs).values(_NOBODY)).rowcount


_NOBODY: dict[str, Any] = {
    "customer_key": None,
    "session_key": literal("past-") + cast(JOURNEYS.c.number, String),
}


def _follows() -> ColumnElement[bool]:
    contact, journey = CONVERSATIONS.c, JOURNEYS.c
    return and_(
        contact.tenant_id == journey.tenant_id,
        contact.customer_key == journey.customer_key,
        contact.happened_at >= journey.begun_at,
        contact.happened_at <= journey.until,
        journey.ending != _ANSWERED,
        or_(
            journey.reason.is_(None),
            contact.reason.is_(None),
            contact.reason == journey.reason,
        ),
    )


def _row(
    tenancy: Tenancy,
    one: Journey,
    key: str,
    now: datetime,
    begun: Mapping[str, datetime],
    objecting: frozenset[str],
) -> dict[str, Any]:
    customer_key = tenancy.blind("customer", one.customer)
    if customer_key in objecting:
        customer_key = None
    return {
        "tenant_id": tenancy.tenant,
        "session_key": key,
        "customer_key": customer_key,
        "is_known": customer_key is not None,
        "begun_at": min(one.begun_at, begun.get(key, one.begun_at)),
        "ended_at": one.ended_at,
        "until": one.ended_at + timedelta(days=WINDOW_DAYS),
        "surface": one.surface,
        "reason": one.reason,
        "ending": one.ending,
        "last_step": one.last_step,
        "last_kind": one.last_kind,
        "stored_at": now,
    }


def _begun(tenancy: Tenancy, keys: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(JOURNEYS.c.session_key, JOURNEYS.c.begun_at).where(
            JOURNEYS.c.tenant_id == tenancy.tenant,
            JOURNEYS.c.session_key.in_(keys[start : start + _CHUNK]),
        )
        for key, begun_at in tenancy.connection.execute(query):
            found[key] = in_utc(begun_at)
    return found


def _objecting(tenancy: Tenancy) -> frozenset[str]:
    query = select(OBJECTIONS.c.customer_key).where(OBJECTIONS.c.tenant_id == tenancy.tenant)
    return frozenset(tenancy.connection.scalars(query))


def ended_counts(tenancy: Tenancy, *, since: datetime, until: datetime) -> list[Mapping[str, Any]]:
    """
    Return sessions that ended in a time, counted by surface, reason, ending, step and contact.

    `n_flagged` and `n_judged` are those of contacts that followed, for company. Sessions of nobody
    known are counted apart (`is_known` false), and so are those still within the window of `until`.
    """
    columns = JOURNEYS.c
    is_judged = columns.is_known & (columns.until <= until)
    company = CONVERSATIONS.c.companionship
    by = (columns.surface, columns.reason, columns.ending, columns.last_step)
    query = (
        select(
            *by,
            is_judged.label("is_judged"),
            func.count().label("n"),
            func.count(columns.followed_by).label("n_followed"),
            func.sum(case((company == "present", 1), else_=0)).label("n_flagged"),
            func.sum(case((company.in_(("present", "absent", "unsure")), 1), else_=0)).label(
                "n_judged"
            ),
        )
        .outerjoin(CONVERSATIONS, CONVERSATIONS.c.number == columns.followed_by)
        .where(
            columns.tenant_id == tenancy.tenant,
            columns.ended_at >= since,
            columns.ended_at < until,
            columns.ending != _ANSWERED,
        )
        .group_by(*by, is_judged)
    )
    return [dict(row) for row in tenancy.connection.execute(query).mappings()]


def contacts_after(
    tenancy: Tenancy, *, since: datetime, until: datetime
) -> list[Mapping[str, Any]]:
    """
    Return analysed contacts of a time that followed a session, or were asked about, each once.

    With the last session before them (`ending`, `last_kind`) and the latest `answer`, either None.
    """
    contact = CONVERSATIONS.c
    query = (
        select(
            contact.number,
            contact.reason,
            contact.tried_self_service,
            contact.companionship,
            JOURNEYS.c.ending,
            JOURNEYS.c.last_kind,
            JOURNEYS.c.last_step,
        )
        .select_from(JOURNEYS)
        .join(CONVERSATIONS, contact.number == JOURNEYS.c.followed_by)
        .where(
            JOURNEYS.c.tenant_id == tenancy.tenant,
            JOURNEYS.c.followed_by.is_not(None),
            contact.status == "analysed",
            contact.happened_at >= since,
            contact.happened_at < until,
        )
        .order_by(JOURNEYS.c.ended_at)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in tenancy.connection.execute(query).mappings():
        one = found.setdefault(
            row["number"], {**row, "ending": None, "last_kind": None, "answer": None}
        )
        if row["ending"] == _ANSWERED:
            one["answer"] = row["last_step"]
        else:
            one |= {"ending": row["ending"], "last_kind": row["last_kind"]}
    return list(found.values())


def numbers_after(tenancy: Tenancy, step: str, surface: str, *, at_most: int) -> list[int]:
    """Return the numbers of the latest contacts that followed failing at a step."""
    columns = JOURNEYS.c
    query = (
        select(columns.followed_by)
        .where(
            columns.tenant_id == tenancy.tenant,
            columns.last_step == step,
            columns.surface == surface,
            columns.ending.in_(("error", "gave_up")),
            columns.followed_by.is_not(None),
        )
        .order_by(columns.ended_at.desc())
        .limit(at_most)
    )
    return list(tenancy.connection.scalars(query))
