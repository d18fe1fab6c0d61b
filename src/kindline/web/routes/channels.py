"""Channels: feelings by channel, who chooses which, and who has to come by several."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.insight.channels import choices, feelings, matters
from kindline.insight.crew import is_about_few
from kindline.model.analysis import EMOTIONS
from kindline.web.meant import Counter, Meant, meant
from kindline.web.pages import page

router = APIRouter()


@router.get("/channels")
def channels(request: Request, asked: Counter, told: Annotated[Meant, Depends(meant)]) -> Response:
    """Show emotion by channel, channel by mood, and what is told by matter."""
    found = feelings(told.scope)
    with asked.read() as tenancy:
        is_somebodys = is_about_few(told.scope, tenancy)
    together = None if is_somebodys else matters(told.scope)
    names = sorted({name for pair in (together.switches if together else ()) for name in pair})
    return page(
        request,
        "channels.html",
        asked,
        told=told,
        feelings=found,
        emotions=EMOTIONS,
        choices=choices(told.scope),
        matters=together,
        is_somebodys=is_somebodys,
        switched=names,
    )
