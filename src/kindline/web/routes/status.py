"""How it runs: versions, the database, what lies in it; and two answers for machines."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from kindline.countries import countries
from kindline.insight.shares import drifts
from kindline.languages import codes, pack
from kindline.safeguarding.helplines import to_check
from kindline.store.conversations import load_rejected
from kindline.store.database import Tenancy, revisions
from kindline.store.dialled import lines_of
from kindline.store.jobs import jobs, jobs_by_state
from kindline.store.tables import CONVERSATIONS
from kindline.text.scoring import ours
from kindline.web.guard import Asked, needs
from kindline.web.pages import page
from kindline.web.place import Place

router = APIRouter()


@router.get("/status")
def status(request: Request, asked: Annotated[Asked, Depends(needs("status"))]) -> Response:
    """Show versions and counts."""
    columns = CONVERSATIONS.c
    by_status = (
        select(columns.status, func.count())
        .where(columns.tenant_id == asked.user.tenant)
        .group_by(columns.status)
        .order_by(columns.status)
    )
    latest = select(func.max(columns.stored_at)).where(columns.tenant_id == asked.user.tenant)
    with asked.read() as tenancy:
        counts = [tuple(row) for row in tenancy.connection.execute(by_status)]
        last = tenancy.connection.scalar(latest)
        rejected = load_rejected(tenancy)
        rules = asked.rules(tenancy)
        by_state = jobs_by_state(tenancy)
        dead = [one for one in jobs(tenancy, n_most=200) if one.state == "dead"]
        tasks = _tasks(asked, tenancy)
        asked.place.facts.refresh(tenancy)
    at, newest = revisions(asked.place.store.engine)
    return page(
        request,
        "status.html",
        asked,
        counts=counts,
        last=last,
        rejected=rejected,
        engine=asked.place.store.engine.dialect.name,
        revision=at,
        is_newest=at == newest,
        weights=ours().name,
        packs=[pack(code) for code in codes()],
        rules=rules,
        jobs=by_state,
        dead=dead,
        tasks=tasks,
        drifts=drifts(asked.place.facts, asked.user.tenant, asked.place.clock()),
    )


def _tasks(asked: Asked, tenancy: Tenancy) -> list[tuple[str, int]]:
    """Return how many helplines somebody has to dial, by country; where callers are, if known."""
    today, house = asked.place.clock().date(), asked.place.live.switchboard.house
    some = [house.country] if house.country in countries() else list(countries())
    found = [(code, len(to_check(today, lines_of(tenancy, str(code))))) for code in some]
    return [(str(code), n) for code, n in found if n]


@router.get("/healthz")
def health() -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Say whether the database answers and has the tables of this version."""
    place: Place = request.app.state.place
    try:
        at, newest = revisions(place.store.engine)
    except SQLAlchemyError:
        return PlainTextResponse("the database does not answer", status_code=503)
    if at != newest:
        return PlainTextResponse("the database is to be upgraded", status_code=503)
    return PlainTextResponse("ready")
