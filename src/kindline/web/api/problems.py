"""Errors of the API as problem+json (RFC 9457): what is wrong, and nothing of what was sent."""

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kindline.errors import InputError, NoSuchError, RightError, SignInError

MEDIA = "application/problem+json"
_TITLES = {
    401: ("No good token", "Send one of yours: Authorization: Bearer kindline_..."),
    403: ("Not for this token", "Its scopes, or its user's roles, do not open this."),
    404: ("Nothing here", "There is nothing by this name for this token."),
    405: ("Not so", "This cannot be asked for in this way."),
    413: ("Too large", "A file has at most 256 MiB."),
    422: ("Not understood", "A field is missing or is not of its kind; nothing was changed."),
    429: ("Too often", "Wait a minute."),
}
ANSWERS: dict[int | str, dict[str, object]] = {
    status: {"description": title, "content": {MEDIA: {"schema": {"$ref": _SCHEMA}}}}
    for _SCHEMA in ("#/components/schemas/Problem",)
    for status, (title, _) in _TITLES.items()
    if status in (401, 403, 404, 422, 429)
}


def problem(status: int, detail: str | None = None) -> JSONResponse:
    """Return the answer for a status."""
    title, usual = _TITLES.get(status, ("Something failed", "It was logged. Try again."))
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail or usual}
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 -- RFC 9110
    return JSONResponse(told, status_code=status, media_type=MEDIA, headers=headers)


_UNKNOWN = "extra_forbidden"


def _place(parts: Sequence[int | str], *, is_ours: bool) -> str:
    """Return where something is wrong; the name of a field that is not ours is not repeated."""
    named = [str(part) for part in (parts if is_ours else parts[:-1])]
    return ".".join(named) if is_ours else f"a field of {'.'.join(named)} that is not known"


def tell_problems(api: FastAPI) -> None:
    """Answer every error of the API so."""

    def told(status: int) -> Callable[[Request, Exception], Response]:
        return lambda _, __: problem(status)

    def places(_: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            return problem(422)
        named = {_place(one["loc"], is_ours=one["type"] != _UNKNOWN) for one in error.errors()}
        return problem(422, f"not understood: {', '.join(sorted(named))}")

    def by_status(_: Request, error: Exception) -> Response:
        return problem(error.status_code if isinstance(error, HTTPException) else 500)

    api.exception_handler(SignInError)(told(401))
    api.exception_handler(RightError)(told(403))
    api.exception_handler(NoSuchError)(told(404))
    api.exception_handler(InputError)(told(422))
    api.exception_handler(RequestValidationError)(places)
    api.exception_handler(HTTPException)(by_status)
