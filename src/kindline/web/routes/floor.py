"""The live floor: how many calls are where, by team; who is asked for, to who may come."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from kindline.calls.bus import Note
from kindline.safeguarding.cases import LIVE
from kindline.store.call_tables import CASES
from kindline.store.calls import n_free
from kindline.store.cases import cases
from kindline.web.desks import FEWEST, needing
from kindline.web.floor import teams_now
from kindline.web.guard import Asked, needs
from kindline.web.pages import page
from kindline.web.streams import changes

router = APIRouter()
_Onlooker = Annotated[Asked, Depends(needs("numbers"))]


@router.get("/floor")
def floor(request: Request, asked: _Onlooker) -> Response:
    """Show the floor as it is now."""
    with asked.read() as tenancy:
        is_open = CASES.c.closed_at.is_(None) & (CASES.c.path == LIVE)
        return page(
            request,
            "floor.html",
            asked,
            teams=teams_now(asked, tenancy),
            n_free=n_free(tenancy),
            asking=[one for one in needing(asked, tenancy) if one.asked_at is not None],
            cases=cases(tenancy, is_open) if asked.may("crisis") else [],
            now=asked.place.clock(),
            fewest=FEWEST,
        )


@router.get("/floor/events")
def floor_changes(asked: _Onlooker) -> StreamingResponse:
    """Tell when anything changes on the floor."""
    return changes(asked.place.live.switchboard, Note(asked.user.tenant, ""))
