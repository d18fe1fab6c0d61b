"""The questions programs may ask; each names its right, objects come through `access` alone."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from fastapi.responses import PlainTextResponse, Response

from kindline.errors import NoSuchError, UnknownNameError
from kindline.insight.shares import By, Need, shares
from kindline.insight.where import Where
from kindline.metrics.share import FEWEST
from kindline.policy import BASES
from kindline.store.erasure import (
    Receipt,
    erase_conversation,
    erase_customer,
    object_to,
    receipts,
    settle,
    withdraw_objection,
)
from kindline.store.jobs import JobState, enqueue, jobs
from kindline.store.uploads import keep
from kindline.store.views import views
from kindline.web.access import PAGE, Filter, Listed, listed, opened
from kindline.web.api.problems import ANSWERS, problem
from kindline.web.api.shapes import (
    Erase,
    Erased,
    Erasures,
    Found,
    FoundLine,
    Group,
    Handed,
    HandedIn,
    Line,
    Lines,
    Me,
    Objection,
    One,
    Overview,
    Search,
    Viewed,
    Views,
    Word,
    share,
)
from kindline.web.guard import Asked, needs
from kindline.web.search import search

router = APIRouter(responses=ANSWERS)
LARGEST_BYTES = 256 * 2**20
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]
_Counter = Annotated[Asked, Depends(needs("numbers"))]
_Importer = Annotated[Asked, Depends(needs("imports"))]
_Officer = Annotated[Asked, Depends(needs("privacy"))]
_Once = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=100, description="The same key does it once."),
]
_Word = Annotated[Word | None, Query()]


@router.get("/me")
def me(asked: Annotated[Asked, Depends(needs())]) -> Me:
    """Return whose token it is and what it may."""
    return Me(
        name=asked.user.name,
        tenant=asked.user.tenant,
        roles=sorted(asked.user.roles),
        rights=sorted(asked.viewer.rights),
    )


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(asked: Annotated[Asked, Depends(needs("status"))], request: Request) -> Response:
    """Return what a monitor counts, in the text format of Prometheus."""
    told = request.app.state.measures.text(asked.place.store)
    return PlainTextResponse(told, media_type="text/plain; version=0.0.4")


@router.get("/overview")
def overview(
    asked: _Counter,
    by: By | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    language: _Word = None,
    channel: _Word = None,
    queue: _Word = None,
) -> Overview:
    """Return the shares of needs with their intervals: of all, or by group."""
    where = Where(
        since=_aware(since), until=_aware(until), language=language, channel=channel, queue=queue
    )
    facts, tenant = asked.place.facts, asked.user.tenant
    with asked.read() as tenancy:
        facts.refresh(tenancy)
    fewest = 0 if asked.may("conversations") else FEWEST
    rows = shares(facts, tenant, where, by=by, fewest=fewest)
    return Overview(
        groups=[
            Group(
                name=row.name,
                n_conversations=row.n_conversations,
                n_denied=row.n_denied,
                shares={
                    need: share(estimate, is_hidden=need in row.hidden)
                    for need, estimate in row.shares.items()
                },
            )
            for row in rows
        ]
    )


@router.get("/conversations")
def conversations(
    asked: _Reader,
    need: Need | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    language: _Word = None,
    channel: _Word = None,
    queue: _Word = None,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Lines:
    """Return a page of conversations, the latest first, and the cursor of the next page."""
    chosen = Filter(
        since=_aware(since),
        until=_aware(until),
        language=language,
        channel=channel,
        queue=queue,
        need=need,
    )
    found = listed(asked, chosen, before=_place(cursor))
    last = found[-1] if len(found) == PAGE else None
    return Lines(
        conversations=[_line(one) for one in found],
        next=None if last is None else _cursor((last.happened_at, last.number)),
    )


@router.post("/conversations/search")
def search_words(asked: _Reader, told: Search) -> Found:
    """Return a page of conversations that hold words; these have no place in an address."""
    chosen = Filter(
        since=_aware(told.since),
        until=_aware(told.until),
        language=told.language,
        channel=told.channel,
        queue=told.queue,
        need=told.need,
    )
    results = search(asked, told.words, chosen, before=_place(told.cursor))
    return Found(
        conversations=[
            FoundLine(
                **_line(line).model_dump(),
                turn=snippet.turn,
                snippet="".join(piece for piece, _ in snippet.pieces),
                n_hits=snippet.n_hits,
            )
            for line, snippet in results.found
        ],
        n_most=results.n_most,
        next=None if results.after is None else _cursor(results.after),
    )


@router.get("/conversations/{conversation_id:path}")
def conversation(asked: _Reader, conversation_id: Word) -> One:
    """Return one conversation; that it was read is written down."""
    found = opened(asked, conversation_id).stored
    return One(
        analysis=dict(found.analysis),
        turns=None if found.turns is None else [dict(turn) for turn in found.turns],
        started_at=found.started_at,
        queue=found.queue,
        country=found.country,
    )


@router.post("/imports", status_code=202)
def hand_in(
    asked: _Importer,
    file: Annotated[UploadFile, File(description="What `kindline analyse` reads.")],
    basis: Annotated[str | None, Form(max_length=40)] = None,
    once: _Once = None,
) -> Handed:
    """Hand a file in; it is kept sealed until a worker took it in."""
    if basis is not None and basis not in BASES:
        raise UnknownNameError("basis", "given", BASES)
    if (file.size or 0) > LARGEST_BYTES:
        return problem(413)  # type: ignore[return-value]  # FastAPI sends it as it is
    raw = file.file.read()
    name = None if once is None else f"import {asked.user.user_id} {once}"
    with asked.begin() as tenancy:
        before = [] if name is None else jobs(tenancy, kind="take_in", once=name)
        if before:
            return _handed(before[0])
        upload_id = keep(tenancy, asked.place.home, file.filename or "upload", raw)
        told = {"upload_id": upload_id, "basis": basis, "size_bytes": len(raw)}
        by, now = asked.user.user_id, asked.place.clock()
        job_id = enqueue(tenancy, "take_in", told, now=now, once=name, asked_by=by)
        return _handed(jobs(tenancy, kind="take_in", job_id=job_id, once=name)[0])


@router.get("/imports")
def imports(asked: _Importer) -> HandedIn:
    """Return the latest files handed in."""
    with asked.read() as tenancy:
        return HandedIn(imports=[_handed(one) for one in jobs(tenancy, kind="take_in")])


@router.get("/imports/{job_id}")
def one_import(asked: _Importer, job_id: Word) -> Handed:
    """Return how far a file is."""
    with asked.read() as tenancy:
        found = jobs(tenancy, kind="take_in", job_id=job_id)
    if not found:
        raise NoSuchError
    return _handed(found[0])


@router.post("/erasures", status_code=201)
def erase(asked: _Officer, told: Erase, once: _Once = None) -> Erased:
    """Erase a conversation or a customer everywhere; return the receipt."""
    now, by = asked.place.clock(), asked.user.email
    with asked.begin() as tenancy:
        before = None if once is None else _receipt_of(receipts(tenancy), asked, once)
        if before is not None:
            return _erased(before)
        name = None if once is None else _receipt_name(asked, once)
        if told.what == "customer":
            made = erase_customer(tenancy, told.id, asked_by=by, now=now, receipt_id=name)
        else:
            made = erase_conversation(tenancy, told.id, asked_by=by, now=now, receipt_id=name)
    settled = {one.receipt_id: one for one in settle(asked.store)}
    return _erased(settled.get(made.receipt_id, made))


@router.get("/erasures")
def erasures(asked: _Officer) -> Erasures:
    """Return the receipts."""
    with asked.read() as tenancy:
        return Erasures(erasures=[_erased(one) for one in receipts(tenancy)])


@router.post("/objections", status_code=204)
def note_objection(asked: _Officer, told: Objection) -> Response:
    """Note that a customer objects; noting it twice is noting it once."""
    with asked.begin() as tenancy:
        object_to(tenancy, told.customer_id, now=asked.place.clock())
    return Response(status_code=204)


@router.post("/objections/withdrawn", status_code=204)
def end_objection(asked: _Officer, told: Objection) -> Response:
    """Note that an objection was withdrawn: by POST, as a pseudonym has no place in an address."""
    with asked.begin() as tenancy:
        withdraw_objection(tenancy, told.customer_id)
    return Response(status_code=204)


@router.get("/views")
def who_read(asked: _Officer, conversation_id: _Word = None) -> Views:
    """Return who read what, of all conversations or of one."""
    with asked.read() as tenancy:
        found = views(tenancy, conversation_id=conversation_id)
    return Views(views=[Viewed(**one._asdict()) for one in found])


def _aware(at: datetime | None) -> datetime | None:
    """Return a time with its zone; one without is UTC."""
    if at is None or at.tzinfo is not None:
        return at
    return at.replace(tzinfo=UTC)


def _place(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    at, _, number = cursor.partition("~")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        raise UnknownNameError("cursor", "given", ("one that an answer gave",)) from None


def _cursor(place: tuple[datetime, int]) -> str:
    return f"{place[0].isoformat()}~{place[1]}"


def _line(one: Listed) -> Line:
    return Line(
        conversation_id=one.conversation_id,
        happened_at=one.happened_at,
        status=one.status,
        language=one.language,
        channel=one.channel,
        queue=one.queue,
        n_turns=one.n_turns,
        states=one.states,
    )


def _handed(one: JobState) -> Handed:
    return Handed(
        job_id=one.job_id,
        state=one.state,
        problem=one.problem,
        progress=dict(one.progress),
        made_at=one.made_at,
        ended_at=one.ended_at,
    )


def _erased(one: Receipt) -> Erased:
    return Erased(
        receipt_id=one.receipt_id,
        made_at=one.made_at,
        asked_by=one.asked_by,
        told=dict(one.told),
    )


def _receipt_name(asked: Asked, once: str) -> str:
    """Return what a receipt is called that a key asked for."""
    return asked.place.store.keyring.blind(asked.user.tenant, "receipt", once)


def _receipt_of(found: list[Receipt], asked: Asked, once: str) -> Receipt | None:
    name = _receipt_name(asked, once)
    return next((one for one in found if one.receipt_id == name), None)
