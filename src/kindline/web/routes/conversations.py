"""Conversations: a list that is narrowed by states, and one of them with its evidence."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request, Response

from kindline.web.access import Filter, choices, listed, opened
from kindline.web.guard import Asked, needs
from kindline.web.numbers import Need
from kindline.web.pages import page
from kindline.web.transcript import transcript

router = APIRouter()
_READERS = needs("own_conversations", "team_conversations", "conversations")


@router.get("/conversations")
def conversations(
    request: Request,
    asked: Annotated[Asked, Depends(_READERS)],
    need: str = "",
    language: str = "",
    channel: str = "",
    queue: str = "",
    week: str = "",
    before: str = "",
) -> Response:
    """List conversations, the latest first; what narrows the list stands in the address."""
    since = _monday(week)
    chosen = Filter(
        since=since,
        until=since and since + timedelta(days=7),
        language=language or None,
        channel=channel or None,
        queue=queue or None,
        need=next((one for one in get_args(Need) if one == need), None),
    )
    options = choices(asked)
    found = listed(asked, chosen, before=_place_in_list(before))
    told = {"need": need, "language": language, "channel": channel, "queue": queue, "week": week}
    last = found[-1] if found else None
    return page(
        request,
        "conversations.html",
        asked,
        found=found,
        chosen=told,
        choices=options,
        needs=[one for one in get_args(Need) if one != "crisis" or asked.may("crisis")],
        after=last and f"{last.happened_at.isoformat()}~{last.number}",
        is_first=not before,
    )


@router.get("/conversations/{identity:path}")
def conversation(
    request: Request, asked: Annotated[Asked, Depends(_READERS)], identity: str
) -> Response:
    """Show one conversation: words, evidence in them, why, and what is not shown."""
    found = opened(asked, identity)
    return page(
        request,
        "conversation.html",
        asked,
        one=found.stored,
        told=found,
        lines=transcript(found.stored, has_crisis=found.has_crisis),
    )


def _monday(week: str) -> datetime | None:
    try:
        return datetime.fromisoformat(week).replace(tzinfo=UTC) if week else None
    except ValueError:
        return None


def _place_in_list(before: str) -> tuple[datetime, int] | None:
    at, _, number = before.partition("~")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        return None
