"""What an agent sees in a contact of theirs before Kindline says what it sees; for them alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.errors import InputError
from kindline.store.labels import VALUES, Judged, Value
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.recognising import (
    OWN_NEEDS,
    next_to_recognise,
    own_agreement,
    recognise,
    states_of,
)
from kindline.web.transcript import transcript

router = APIRouter()
_Agent = Annotated[Asked, Depends(needs("own_conversations"))]


@router.get("/my-desk/recognise")
def to_recognise(request: Request, asked: _Agent) -> Response:
    """Show a contact of one's own without what Kindline says of it, and how one agreed so far."""
    one = next_to_recognise(asked)
    lines = () if one is None else transcript(one.stored, has_crisis=False).lines
    return page(
        request,
        "recognise.html",
        asked,
        number=None if one is None else one.number,
        lines=lines,
        needs=OWN_NEEDS,
        values=VALUES,
        agreed=own_agreement(asked),
    )


@router.post("/my-desk/recognise/{number}", dependencies=[Depends(from_our_page)])
async def recognised(request: Request, asked: _Agent, number: int) -> Response:
    """Keep what one says, and show what Kindline says and why."""
    form = await request.form()
    said: dict[Judged, Value] = {
        need: value for need in OWN_NEEDS for value in VALUES if form.get(need) == value
    }
    if len(said) < len(OWN_NEEDS):
        raise InputError("an answer is missing: yes, no or cannot tell, for each")
    one = recognise(asked, number, said)
    found = transcript(one.stored, has_crisis=False)
    return page(
        request,
        "recognised.html",
        asked,
        lines=found.lines,
        whys=[why for why in found.whys if why.label in said],
        said=said,
        states=states_of(one),
        conversation_id=one.stored.analysis["conversation_id"],
    )
