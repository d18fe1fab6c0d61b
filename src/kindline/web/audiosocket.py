"""Asterisk's AudioSocket, listened for where settings say: TCP, a port a side, nothing signed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import os

from starlette.concurrency import run_in_threadpool

from kindline.calls.feed import Feed
from kindline.errors import KindlineError
from kindline.live.protocols.audiosocket import AudioSocket
from kindline.model.conversation import Role
from kindline.web.feeds import BEGINS_WITHIN_S
from kindline.web.live import Live

_AT_ONCE = 64 * 1024  # bytes
_SILENT_S = 60.0
_HAS_SHARED_PORTS = os.name != "nt"


@asynccontextmanager
async def listening(live: Live, tenant: str) -> AsyncGenerator[None]:
    """Listen while the block goes on; in several processes each takes its share."""
    servers = [
        await asyncio.start_server(
            _Taker(live, tenant, role), host, port, reuse_port=_HAS_SHARED_PORTS
        )
        for role, (host, port) in live.audiosocket.items()
    ]
    try:
        yield
    finally:
        for server in servers:
            server.close()


class _Taker:
    """What takes in one connection after another."""

    def __init__(self, live: Live, tenant: str, role: Role) -> None:
        self._live, self._tenant = live, tenant
        self._role: Role = role

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        live = self._live
        way = AudioSocket(role=self._role)
        feed = Feed(
            live.switchboard, live.hearing, self._tenant, "audiosocket", live.language or ""
        )
        try:
            if live.doors.n_waiting < live.doors.most:
                await self._fed(reader, way, feed)
        except (TimeoutError, OSError, KindlineError):
            pass  # too slow, broken off, not as agreed, or over: the feed is closed
        finally:
            feed.close()
            writer.close()

    async def _fed(self, reader: asyncio.StreamReader, way: AudioSocket, feed: Feed) -> None:
        doors = self._live.doors
        doors.n_waiting += 1
        try:
            async with asyncio.timeout(BEGINS_WITHIN_S):
                while not feed.has_begun and await _next(reader, way, feed):
                    pass
        finally:
            doors.n_waiting -= 1
        while await asyncio.wait_for(_next(reader, way, feed), _SILENT_S):
            pass


async def _next(reader: asyncio.StreamReader, way: AudioSocket, feed: Feed) -> bool:
    """Take in what came; return False where the connection is over."""
    raw = await reader.read(_AT_ONCE)
    happened = way.receive(raw) if raw else []
    if feed.is_quick(happened):
        feed.take(happened)
    else:
        for done in await run_in_threadpool(feed.take, happened):
            await asyncio.wrap_future(done)
    return bool(raw) and not way.is_over
