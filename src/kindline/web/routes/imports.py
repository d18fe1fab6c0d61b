"""Bringing files in: handed in here, sealed, taken in by a worker, progress shown."""

import asyncio
from collections.abc import AsyncGenerator
import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from kindline.policy import BASES
from kindline.store.jobs import enqueue, jobs, retry
from kindline.store.uploads import keep
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
LARGEST_BYTES = 256 * 2**20
_BETWEEN_S, _MOST_LOOKS = 1.0, 600  # then the browser asks anew, and is asked who it is
_Importer = Annotated[Asked, Depends(needs("imports"))]
_CHECKED = [Depends(from_our_page)]


@router.get("/imports")
def imports(request: Request, asked: _Importer) -> Response:
    """Show the form and what became of earlier files."""
    return _page(request, asked, "imports.html")


@router.get("/imports/progress")
def progress(request: Request, asked: _Importer) -> Response:
    """Tell what became of files whenever that changes, until no worker is at any (SSE)."""
    headers = {"x-accel-buffering": "no"}  # a proxy passes it on at once
    told = _progress(request, asked)
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def _progress(request: Request, asked: Asked) -> AsyncGenerator[str]:
    last = ""
    for _ in range(_MOST_LOOKS):
        shown = await run_in_threadpool(_page, request, asked, "imports_list.html")
        content = bytes(shown.body).decode()
        if content != last:
            yield f"data: {json.dumps(content)}\n\n"
            last = content
        if "data-busy" not in content:
            yield "event: over\ndata: -\n\n"
            return
        await asyncio.sleep(_BETWEEN_S)


@router.post("/imports", dependencies=_CHECKED)
def hand_in(
    request: Request,
    asked: _Importer,
    files: list[UploadFile],
    basis: Annotated[str, Form()] = "",
) -> Response:
    """Keep files sealed and put a job in for each."""
    problem = _problem(files, basis)
    if problem:
        return _page(request, asked, "imports.html", status=422, problem=problem)
    for file in files:
        raw = file.file.read()
        with asked.begin() as tenancy:
            upload_id = keep(tenancy, asked.place.home, file.filename or "upload", raw)
            told = {"upload_id": upload_id, "basis": basis or None, "size_bytes": len(raw)}
            enqueue(
                tenancy,
                "take_in",
                told,
                now=asked.place.clock(),
                asked_by=asked.user.user_id,
            )
    return RedirectResponse("/imports", status_code=303)


@router.post("/imports/{job_id}/retry", dependencies=_CHECKED)
def again(asked: _Importer, job_id: str) -> Response:
    """Let a file that was put aside be tried again."""
    with asked.begin() as tenancy:
        retry(tenancy, job_id, now=asked.place.clock())
    return RedirectResponse("/imports", status_code=303)


def _problem(files: list[UploadFile], basis: str) -> str | None:
    if basis not in ("", *BASES):
        return "the basis is not one we know"
    if not any(file.filename for file in files):
        return "no file was chosen"
    if any((file.size or 0) > LARGEST_BYTES for file in files):
        return "a file is larger than 256 MiB: use kindline analyse or kindline watch"
    return None


def _page(
    request: Request, asked: Asked, template: str, *, status: int = 200, problem: str | None = None
) -> Response:
    with asked.read() as tenancy:
        found = jobs(tenancy, kind="take_in")
    return page(
        request,
        template,
        asked,
        status=status,
        problem=problem,
        jobs=found,
        is_busy=any(one.state in ("waiting", "running") for one in found),
        bases=BASES,
    )
