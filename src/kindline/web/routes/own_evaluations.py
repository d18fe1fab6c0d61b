"""What coaches answered on an agent's contacts, read by the agent with their own words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.coaching.scorecard import score, scorecard
from kindline.store.rounds import say_to
from kindline.web.coaching import lines_answered, own_evaluation
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.transcript import transcript

router = APIRouter()
_Agent = Annotated[Asked, Depends(needs("own_conversations"))]
LONGEST = 2_000


@router.get("/my-desk/evaluations/{evaluation_id}")
def evaluation(request: Request, asked: _Agent, evaluation_id: str) -> Response:
    """Show a form on a contact of one's own, with one's own words beside each question."""
    one, of, contact = own_evaluation(asked, evaluation_id)
    card = scorecard(of.scorecard)
    return page(
        request,
        "own_evaluation.html",
        asked,
        one=one,
        card=card,
        score=score(one.answers),
        lines=lines_answered(card, contact, one.answers),
        words=[] if contact is None else transcript(contact.stored, has_crisis=False).lines,
        longest=LONGEST,
    )


@router.post("/my-desk/evaluations/{evaluation_id}", dependencies=[Depends(from_our_page)])
def dispute(
    asked: _Agent, evaluation_id: str, said: Annotated[str, Form(max_length=LONGEST)] = ""
) -> Response:
    """Say to a coach what one sees otherwise."""
    one, _, _ = own_evaluation(asked, evaluation_id)
    if said.strip():
        with asked.begin() as tenancy:
            say_to(tenancy, one, now=asked.place.clock(), disputed=said.strip())
    return RedirectResponse(f"/my-desk/evaluations/{evaluation_id}#said", status_code=303)
