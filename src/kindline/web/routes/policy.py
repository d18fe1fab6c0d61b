"""The policy in force, said in plain words: what is computed, kept and shown, and what never."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.policy import profile, profile_names
from kindline.web.guard import Asked, needs
from kindline.web.pages import page

router = APIRouter()


@router.get("/policy")
def policy(request: Request, asked: Annotated[Asked, Depends(needs("policy"))]) -> Response:
    """Show the policy in force beside the others there are."""
    return page(
        request,
        "policy.html",
        asked,
        rules=asked.place.policy,
        others=[profile(name) for name in profile_names() if name != asked.place.policy.name],
    )
