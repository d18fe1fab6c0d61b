"""Conversations: a list that is narrowed by states, and one of them with its evidence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from kindline.errors import RightError
from kindline.insight.shares import Need
from kindline.store.labels import disputes
from kindline.store.saved import drop_view, save_view, saved_views
from kindline.web.access import PAGE, Filter, Listed, choices, listed, opened, sound_beside
from kindline.web.exporting import as_csv, as_json_lines
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page, query
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
    with asked.read() as tenancy:
        saved = saved_views(tenancy, asked.user.user_id)
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
        saved=saved,
    )


@router.post("/conversations/saved", dependencies=[Depends(from_our_page)])
def keep_view(
    asked: Annotated[Asked, Depends(_READERS)],
    name: Annotated[str, Form(max_length=80)],
    narrowed: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Keep what narrows the list under a name; words that were sought are no part of it."""
    address = query(_told(dict(parse_qsl(narrowed))))
    with asked.begin() as tenancy:
        save_view(tenancy, asked.user.user_id, name.strip() or "view", address)
    return RedirectResponse(f"/conversations?{address}", status_code=303)


@router.post("/conversations/saved/{saved_id}/drop", dependencies=[Depends(from_our_page)])
def forget_view(asked: Annotated[Asked, Depends(_READERS)], saved_id: str) -> Response:
    """Keep a view no longer."""
    with asked.begin() as tenancy:
        drop_view(tenancy, asked.user.user_id, saved_id)
    return RedirectResponse("/conversations", status_code=303)


@router.post("/conversations/export", dependencies=[Depends(from_our_page)])
def export(
    asked: Annotated[Asked, Depends(_READERS)],
    form: Annotated[str, Form()] = "csv",
    narrowed: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Hand the list out as a file: states as a table, or with words for who may open all."""
    chosen = _filter(_told(dict(parse_qsl(narrowed))))
    has_words = form == "jsonl"
    if has_words and not asked.may("conversations"):
        raise RightError
    lines = as_json_lines(asked, chosen) if has_words else as_csv(asked, chosen)
    kind = "application/jsonl" if has_words else "text/csv"
    name = f"kindline-{asked.place.clock():%Y%m%d}.{'jsonl' if has_words else 'csv'}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


@router.get("/conversations/{identity:path}")
def conversation(
    request: Request, asked: Annotated[Asked, Depends(_READERS)], identity: str
) -> Response:
    """Show one conversation: words, evidence in them, why, and what is not shown."""
    found = opened(asked, identity)
    with asked.read() as tenancy:
        said = disputes(tenancy, found.number)
    by = asked.user.user_id
    return page(
        request,
        "conversation.html",
        asked,
        one=found.stored,
        told=found,
        lines=transcript(found.stored, has_crisis=found.has_crisis),
        sound=sound_beside(asked, identity),
        own={need: value for user_id, need, value in said if user_id == by},
        n_others=Counter(need for user_id, need, _ in said if user_id != by),
    )


def _told(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "").replace("\0", "") for name in _NARROWED}


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
