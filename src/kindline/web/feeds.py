"""
Where platforms bring calls in while they go on: a WebSocket each, refused before it is opened.

A connection that does not begin a call in time is closed, and only so many may wait to begin. What
a protocol does not allow ends the connection, and nothing of it is quoted anywhere.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from kindline.calls.feed import Feed
from kindline.errors import AccessError, KindlineError, ProtocolError
from kindline.live.protocols.audiohook import AudioHook, nonce_of
from kindline.live.protocols.audiohook import is_signed as is_genesys
from kindline.live.protocols.contact_lens import ContactLens
from kindline.live.protocols.frames import Begun, Happened
from kindline.live.protocols.plain import PlainTurns
from kindline.live.protocols.twilio import MediaStream
from kindline.live.protocols.twilio import is_signed as is_twilio
from kindline.web.guard import by_token
from kindline.web.live import Live
from kindline.web.place import Place

router = APIRouter()
BEGINS_WITHIN_S = 5.0
_SILENT_S = {"plain": 1_800.0, "contact-lens": 1_800.0, "twilio": 60.0, "audiohook": 60.0}
_REFUSED_AFTER_S = 0.5  # so that guessing a key takes long (SPEECH.md 4)
_NOT_ALLOWED, _TOO_MANY, _GONE = 1008, 1013, 1001


class Way(Protocol):
    """A protocol: messages in, what happened and what to answer out."""

    def receive(self, raw: str | bytes) -> tuple[Sequence[Happened], Sequence[str]]:
        """Return what happened and what to answer; raises ProtocolError."""
        ...


@router.websocket("/live/turns")
async def plain_turns(socket: WebSocket) -> None:
    """Take turns in as JSON of ours, from a program with a token that may bring calls in."""
    tenant = await _tenant_of(socket)
    if tenant is not None:
        await _fed(socket, PlainTurns(), "plain", tenant)


@router.websocket("/live/contact-lens")
async def contact_lens(socket: WebSocket) -> None:
    """Take in what Amazon Connect's own recogniser hears, passed on with a token."""
    tenant = await _tenant_of(socket)
    if tenant is not None:
        await _fed(socket, ContactLens(), "contact-lens", tenant)


@router.websocket("/live/twilio")
async def twilio(socket: WebSocket) -> None:
    """Take Twilio Media Streams in, signed with the token of the account."""
    place = _place(socket)
    token = place.live.twilio_token
    given = socket.headers.get("x-twilio-signature", "")
    if token is None or not is_twilio(given, token, f"{place.address}{socket.url.path}"):
        await _refused(socket)
        return
    await _fed(socket, MediaStream(), "twilio", place.store.tenant)


@router.websocket("/live/audiohook")
async def audiohook(socket: WebSocket) -> None:
    """Take Genesys AudioHook in, signed with a key we share; a signature is good once."""
    place, headers = _place(socket), dict(socket.headers)
    query = socket.url.query
    target = f"{socket.url.path}?{query}" if query else socket.url.path
    now_s = int(place.clock().timestamp())
    is_signed = is_genesys(headers, target, place.live.audiohook_keys, now_s)
    if not is_signed or not place.live.doors.is_first(nonce_of(headers)):
        await _refused(socket)
        return
    way = AudioHook(headers["audiohook-session-id"], headers["audiohook-organization-id"])
    await _fed(socket, way, "audiohook", place.store.tenant)


async def _tenant_of(socket: WebSocket) -> str | None:
    """Return whose call it is, by the token; None where the connection was refused."""
    place = _place(socket)
    kind, _, secret = socket.headers.get("authorization", "").partition(" ")
    try:
        asked = await run_in_threadpool(by_token, place, secret.strip())
    except AccessError:
        asked = None
    if kind.lower() != "bearer" or asked is None or not asked.may("feeds"):
        await _refused(socket)
        return None
    return asked.user.tenant


async def _refused(socket: WebSocket) -> None:
    await asyncio.sleep(_REFUSED_AFTER_S)
    await socket.close(_NOT_ALLOWED)


async def _fed(socket: WebSocket, way: Way, name: str, tenant: str) -> None:
    """Take in what a connection sends until it ends."""
    live = _place(socket).live
    if live.doors.n_waiting >= live.doors.most:
        await socket.close(_TOO_MANY)
        return
    await socket.accept()
    feed = Feed(live.switchboard, live.hearing, tenant, name, live.language or "")
    try:
        if await _begun(socket, way, feed, live):
            await _heard(socket, way, feed, _SILENT_S[name])
    except WebSocketDisconnect:
        pass
    finally:
        feed.close()


async def _begun(socket: WebSocket, way: Way, feed: Feed, live: Live) -> bool:
    """Take in what comes until the call began, in time; return whether it did."""
    live.doors.n_waiting += 1
    try:
        async with asyncio.timeout(BEGINS_WITHIN_S):
            while not feed.has_begun:
                if not await _next(socket, way, feed):
                    return False
    except TimeoutError:
        await socket.close(_NOT_ALLOWED)
        return False
    finally:
        live.doors.n_waiting -= 1
    return True


async def _heard(socket: WebSocket, way: Way, feed: Feed, patience_s: float) -> None:
    """Take in what comes, until the connection is over or nothing comes for long."""
    loop = asyncio.get_running_loop()
    last = loop.time()
    try:
        async with asyncio.timeout_at(last + patience_s) as limit:
            while await _next(socket, way, feed):
                now = loop.time()
                if now - last > 1:  # a hundred frames a second need not move it each
                    last = now
                    limit.reschedule(now + patience_s)
    except TimeoutError:
        await socket.close(_GONE)


async def _next(socket: WebSocket, way: Way, feed: Feed) -> bool:
    """Take in a message and answer it; return False where the connection is over."""
    try:
        happened, answers = way.receive(await _received(socket))
        answers = await _taken(feed, way, happened, answers)
    except ProtocolError as error:
        await socket.send_json({"error": str(error)})
        await socket.close(_NOT_ALLOWED)
        return False
    except KindlineError:  # the call is over, and a conversation by now
        await socket.close(_GONE)
        return False
    for answer in answers:
        await socket.send_text(answer)
    return True


async def _received(socket: WebSocket) -> str | bytes:
    told = await socket.receive()
    if told["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(told.get("code", _GONE))
    text: str | None = told.get("text")
    raw: bytes = told.get("bytes") or b""
    return raw if text is None else text


async def _taken(
    feed: Feed, way: Way, happened: Sequence[Happened], answers: Sequence[str]
) -> Sequence[str]:
    """Return what to answer, once what happened is stored."""
    if not happened:
        return answers
    last_seq = way.last_seq if isinstance(way, PlainTurns) else None
    if feed.is_quick(happened):
        feed.take(happened)
        return answers
    waits = any(isinstance(one, Begun) for one in happened)  # for the store
    taken = (
        await run_in_threadpool(feed.take, happened, last_seq)
        if waits
        else feed.take(happened, last_seq)
    )
    for done in taken:
        await asyncio.wrap_future(done)
    if isinstance(way, PlainTurns) and isinstance(happened[0], Begun) and feed.call is not None:
        return [way.resumed(feed.call.last_seq)]
    return answers


def _place(socket: WebSocket) -> Place:
    place: Place = socket.app.state.place
    return place
