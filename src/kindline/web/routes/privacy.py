"""The privacy desk: requests carried out, receipts, and who read what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from kindline.errors import UnknownNameError
from kindline.store.erasure import (
    Receipt,
    erase_conversation,
    erase_customer,
    object_to,
    receipts,
    settle,
    withdraw_objection,
)
from kindline.store.views import views
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
_Officer = Annotated[Asked, Depends(needs("privacy"))]
_CHECKED = [Depends(from_our_page)]


@router.get("/privacy")
def privacy(request: Request, asked: _Officer) -> Response:
    """Show requests, receipts and the access log."""
    return _page(request, asked)


@router.post("/privacy/erase", dependencies=_CHECKED)
def erase(
    request: Request,
    asked: _Officer,
    identity: Annotated[str, Form()],
    what: Annotated[str, Form()],
) -> Response:
    """Erase a conversation or all of a customer's, and show the receipt."""
    now, by = asked.place.clock(), asked.user.email
    try:
        with asked.begin() as tenancy:
            if what == "customer":
                receipt = erase_customer(tenancy, identity.strip(), asked_by=by, now=now)
            else:
                receipt = erase_conversation(tenancy, identity.strip(), asked_by=by, now=now)
    except UnknownNameError:
        return _page(request, asked, problem="no conversation has this id", status=422)
    settled = {one.receipt_id: one for one in settle(asked.store)}
    with asked.read() as tenancy:
        asked.place.facts.refresh(tenancy)
    return _page(request, asked, receipt=settled.get(receipt.receipt_id, receipt))


@router.post("/privacy/objection", dependencies=_CHECKED)
def objection(
    request: Request,
    asked: _Officer,
    customer_id: Annotated[str, Form()],
    what: Annotated[str, Form()],
) -> Response:
    """Note or withdraw a customer's objection."""
    with asked.begin() as tenancy:
        if what == "withdraw":
            was_there = withdraw_objection(tenancy, customer_id.strip())
            done = "objection withdrawn" if was_there else "there was no objection"
        else:
            object_to(tenancy, customer_id.strip(), now=asked.place.clock())
            done = "objection noted: from now on no contact of this customer is inferred on"
    return _page(request, asked, done=done)


@router.post("/privacy/views", dependencies=_CHECKED)
def views_of(
    request: Request, asked: _Officer, conversation_id: Annotated[str, Form()]
) -> Response:
    """Show who read one conversation."""
    return _page(request, asked, of=conversation_id.strip())


def _page(
    request: Request,
    asked: Asked,
    *,
    status: int = 200,
    receipt: Receipt | None = None,
    problem: str | None = None,
    done: str | None = None,
    of: str | None = None,
) -> Response:
    with asked.read() as tenancy:
        seen, kept = views(tenancy, conversation_id=of), receipts(tenancy)
    return page(
        request,
        "privacy.html",
        asked,
        status=status,
        receipt=receipt,
        problem=problem,
        done=done,
        of=of,
        views=seen,
        receipts=kept,
    )
