"""Bringing files in: handed in here, sealed, taken in by a worker, progress shown."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from kindline.policy import BASES
from kindline.store.jobs import enqueue, jobs, retry
from kindline.store.uploads import keep
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
LARGEST_BYTES = 256 * 2**20
_Importer = Annotated[Asked, Depends(needs("imports"))]
_CHECKED = [Depends(from_our_page)]


@router.get("/imports")
def imports(request: Request, asked: _Importer) -> Response:
    """Show the form and what became of earlier files."""
    return _page(request, asked, "imports.html")


@router.get("/imports/list")
def progress(request: Request, asked: _Importer) -> Response:
    """Show what became of files, alone: the page asks for it again while a worker is at it."""
    return _page(request, asked, "imports_list.html")


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
