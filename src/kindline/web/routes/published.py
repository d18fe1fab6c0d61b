"""What others published beside what we count, each as what it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.metrics.published import published
from kindline.metrics.share import FEWEST
from kindline.web.guard import Asked, needs
from kindline.web.numbers import Where
from kindline.web.pages import page
from kindline.web.published import ours_beside

router = APIRouter()


@router.get("/published")
def figures(request: Request, asked: Annotated[Asked, Depends(needs("numbers"))]) -> Response:
    """Show each published figure with its counterpart of ours, where there is one."""
    facts, tenant = asked.place.facts, asked.user.tenant
    with asked.read() as tenancy:
        facts.refresh(tenancy)
    ours = ours_beside(facts, tenant, Where())
    fewest = 0 if asked.may("conversations") else FEWEST
    return page(
        request,
        "published.html",
        asked,
        figures=published(),
        ours={name: told for name, told in ours.items() if told.n == 0 or told.n >= fewest},
    )
