"""Conversations: a list that is narrowed by states, and one of them with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request, Response

from kindline.web.access import PAGE, Filter, Listed, choices, listed, opened
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.numbers import Need
from kindline.web.pages import page
from kindline.web.search import Snippet, search
from kindline.web.transcript import transcript

router = APIRouter()
_NARROWED = ("need", "queue", "channel", "language", "week")
_READERS = needs("own_conversations", "team_conversations", "conversations")


@router.get("/conversations")
def conversations(
    request: Request, asked: Annotated[Asked, Depends(_READERS)], before: str = ""
) -> Response:
    """List conversations, the latest first; what narrows the list stands in the address."""
    told = _told(request.query_params)
    found = listed(asked, _filter(told), before=_place_in_list(before))
    last = found[-1] if len(found) == PAGE else None
    after = None if last is None else (last.happened_at, last.number)
    lines = [(line, None) for line in found]
    return _list(request, asked, told, lines=lines, after=after, is_first=not before)


@router.post("/conversations", dependencies=[Depends(from_our_page)])
def conversations_with(
    request: Request,
    asked: Annotated[Asked, Depends(_READERS)],
    words: Annotated[str, Form(max_length=400)],
    narrowed: Annotated[str, Form(max_length=400)] = "",
    before: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """List conversations that hold words, which travel in the form and never in an address."""
    told = _told(dict(parse_qsl(narrowed)))
    results = search(asked, words, _filter(told), before=_place_in_list(before))
    return _list(
        request,
        asked,
        told,
        lines=results.found,
        after=results.after,
        is_first=not before,
        words=words,
        n_most=results.n_most,
    )


def _list(
    request: Request,
    asked: Asked,
    told: Mapping[str, str],
    *,
    lines: Sequence[tuple[Listed, Snippet | None]],
    after: tuple[datetime, int] | None,
    is_first: bool,
    words: str = "",
    n_most: int = 0,
) -> Response:
    return page(
        request,
        "conversations.html",
        asked,
        lines=lines,
        chosen=told,
        choices=choices(asked),
        needs=[one for one in get_args(Need) if one != "crisis" or asked.may("crisis")],
        after=after and f"{after[0].isoformat()}~{after[1]}",
        is_first=is_first,
        words=words,
        n_most=n_most,
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


def _told(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in _NARROWED}


def _filter(told: Mapping[str, str]) -> Filter:
    since = _monday(told["week"])
    return Filter(
        since=since,
        until=since and since + timedelta(days=7),
        language=told["language"] or None,
        channel=told["channel"] or None,
        queue=told["queue"] or None,
        need=next((one for one in get_args(Need) if one == told["need"]), None),
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
