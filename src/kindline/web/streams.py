"""Telling a browser that something changed (SSE): no content, the page asks for that itself."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.responses import StreamingResponse

from kindline.calls.bus import Note
from kindline.calls.switchboard import Switchboard

_LOOK_AGAIN_S = 15.0  # time goes on without anything happening
_MOST_LOOKS = 2_000  # then the browser asks anew, and is asked who it is


def changes(board: Switchboard, note: Note) -> StreamingResponse:
    """Return a stream that says `changed` whenever it did, and now and then `look`."""
    headers = {"x-accel-buffering": "no"}  # a proxy passes it on at once
    return StreamingResponse(_told(board, note), media_type="text/event-stream", headers=headers)


async def _told(board: Switchboard, note: Note) -> AsyncGenerator[str]:
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def called() -> None:
        loop.call_soon_threadsafe(news.set)

    leave = board.watch(note, called)
    try:
        yield "retry: 500\n\nevent: changed\ndata: -\n\n"
        for _ in range(_MOST_LOOKS):
            try:
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    await news.wait()
            except TimeoutError:
                yield "event: look\ndata: -\n\n"
                continue
            news.clear()
            yield "event: changed\ndata: -\n\n"
    finally:
        leave()
