"""The application: routes, headers, errors that say nothing of anybody, a line of log a request."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from threading import Event, Thread
import time
from urllib.parse import unquote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
import structlog

from kindline import tracing
from kindline.errors import (
    FormError,
    InputError,
    NoSuchError,
    RightError,
    SignInError,
    UnavailableError,
)
from kindline.store.sessions import key_of
from kindline.tracing import span
from kindline.web import feeds
from kindline.web.api.cases import router as cases_router
from kindline.web.api.desk import router as desk_router
from kindline.web.api.live import router as live_router
from kindline.web.api.own import router as own_router
from kindline.web.api.problems import problem, tell_problems
from kindline.web.api.routes import router as api_router
from kindline.web.audiosocket import listening
from kindline.web.guard import API, is_from_elsewhere
from kindline.web.measures import Measures
from kindline.web.pages import page
from kindline.web.place import Place
from kindline.web.routes import (
    account,
    ask,
    cases,
    channels,
    coach,
    conditions,
    conversations,
    council,
    customers,
    desk,
    drills,
    floor,
    helplines,
    imports,
    live_rules,
    my_desk,
    overview,
    own_evaluations,
    people,
    phrases,
    policy,
    practice,
    privacy,
    published,
    recognise,
    reports,
    review,
    self_service,
    signing_in,
    sounds,
    staffing,
    status,
    team_practice,
    times,
    when,
)
from kindline.work.worker import Worker

_ROUTERS = (
    signing_in,
    my_desk,
    recognise,
    own_evaluations,
    coach,
    conditions,
    council,
    drills,
    team_practice,
    overview,
    when,
    self_service,
    channels,
    customers,
    times,
    published,
    staffing,
    ask,
    reports,
    conversations,
    sounds,
    review,
    imports,
    people,
    desk,
    floor,
    cases,
    helplines,
    privacy,
    policy,
    live_rules,
    phrases,
    practice,
    status,
    account,
)
_TRIES_A_MINUTE = RateLimitItemPerMinute(20)  # at a password, a code or a link, from one address
_ASKED_A_MINUTE = RateLimitItemPerMinute(1200)  # by one program
_LAST_JOB_S = 20  # how long a worker may still be at what it began
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_LOG = structlog.get_logger("kindline.web")
_Next = Callable[[Request], Awaitable[Response]]


def application(place: Place, workers: Sequence[Worker] = ()) -> FastAPI:
    """
    Return the application on a place; closing it closes the place's store.

    Workers that are given work beside it, and end what they began before all is closed.
    """

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncGenerator[None]:
        stop = Event()
        beside = [Thread(target=one.run, args=(stop,), daemon=True) for one in workers]
        for thread in beside:
            thread.start()
        async with listening(place.live, place.store.tenant):
            yield
        stop.set()
        for thread in beside:
            await run_in_threadpool(thread.join, _LAST_JOB_S)
        await run_in_threadpool(place.live.close)
        place.facts.close()
        place.store.close()
        tracing.end()

    app = FastAPI(title="Kindline", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.place = place
    app.state.measures = Measures()
    app.state.tries = MovingWindowRateLimiter(MemoryStorage())
    for module in _ROUTERS:
        app.include_router(module.router)
    app.include_router(feeds.router)
    app.mount("/api/v1", _programs(place, app.state.measures))
    app.mount("/static", StaticFiles(directory=str(files("kindline.web") / "static")), "static")
    app.middleware("http")(_logged)
    app.middleware("http")(_guarded)
    _tell_errors(app)
    return app


def _programs(place: Place, measures: Measures) -> FastAPI:
    """Return what programs ask, an application of its own with its own description and errors."""
    api = FastAPI(title="Kindline", version="1", docs_url=None, redoc_url=None)
    api.state.place, api.state.measures = place, measures
    api.include_router(api_router)
    api.include_router(desk_router)
    api.include_router(own_router)
    api.include_router(live_router)
    api.include_router(cases_router)
    tell_problems(api)
    return api


async def _guarded(request: Request, call_next: _Next) -> Response:
    """Refuse what another site's page sends and too many tries; add headers to every answer."""
    answer: Response
    if "\0" in unquote(f"{request.url.path}?{request.url.query}"):  # no text, to any database
        answer = page(
            request, "problem.html", status=404, title="Nothing here", text=_TEXTS[404][1]
        )
    elif is_from_elsewhere(request.method, request.headers):
        answer = page(request, "problem.html", status=403, title="Not from here", text=_ELSEWHERE)
    elif request.url.path.startswith(API) and not request.app.state.tries.hit(
        _ASKED_A_MINUTE, key_of(request.headers.get("authorization", _from(request)))
    ):
        answer = problem(429)
    elif _is_a_try(request) and not request.app.state.tries.hit(_TRIES_A_MINUTE, _from(request)):
        answer = page(request, "problem.html", status=429, title="Too often", text=_TOO_OFTEN)
    else:
        answer = await call_next(request)
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.app.state.place.is_https:
        answer.headers["strict-transport-security"] = "max-age=31536000"
    if not request.url.path.startswith("/static"):
        answer.headers["cache-control"] = "no-store"
    return answer


async def _logged(request: Request, call_next: _Next) -> Response:
    """Log one line a request: the route as it is written, never what stood in the address."""
    start = time.perf_counter()
    with span(request.method) as timed:
        try:
            answer = await call_next(request)
        except Exception as error:  # noqa: BLE001 -- the outermost edge; the server would print it
            _LOG.error("failed", kind=type(error).__name__, place=_place_of(error))
            title, text = _TEXTS[500]
            answer = page(request, "problem.html", status=500, title=title, text=text)
        route = getattr(request.scope.get("route"), "path", "none")
        timed.tell(f"{request.method} {route}", **{"http.response.status_code": answer.status_code})
    seconds = time.perf_counter() - start
    request.app.state.measures.count(request.method, route, answer.status_code, seconds)
    _LOG.info(
        "request",
        method=request.method,
        route=route,
        status=answer.status_code,
        duration_ms=round(1000 * seconds, 1),
    )
    return answer


def _tell_errors(app: FastAPI) -> None:
    """Answer every error with a page that says what to do, and holds nothing that was sent."""

    def sign_in(_: Request, __: Exception) -> Response:
        return RedirectResponse("/sign-in", status_code=303)

    def told(status_code: int, title: str, text: str) -> Callable[[Request, Exception], Response]:
        return lambda request, _: page(
            request, "problem.html", status=status_code, title=title, text=text
        )

    def by_status(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        title, text = _TEXTS.get(code, _TEXTS[500])
        return page(request, "problem.html", status=code, title=title, text=text)

    app.exception_handler(SignInError)(sign_in)
    app.exception_handler(RightError)(told(403, *_TEXTS[403]))
    app.exception_handler(FormError)(told(403, "The form is too old", _ELSEWHERE))
    app.exception_handler(NoSuchError)(told(404, *_TEXTS[404]))
    app.exception_handler(RequestValidationError)(told(422, *_TEXTS[422]))
    app.exception_handler(UnavailableError)(told(503, *_TEXTS[503]))
    app.exception_handler(InputError)(told(422, *_TEXTS[422]))
    app.exception_handler(HTTPException)(by_status)


def _place_of(error: Exception) -> str:
    """Return file and line where it went wrong: never its message, which may quote somebody."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _is_a_try(request: Request) -> bool:
    is_secret = request.url.path.startswith(("/sign-in", "/link/"))
    return request.method == "POST" and is_secret


def _from(request: Request) -> str:
    return request.client.host if request.client else "nobody"


_ELSEWHERE = "The request did not come from a page of this session. Open the page again and retry."
_TOO_OFTEN = "Too many tries from this address. Wait a minute."
_TEXTS = {
    403: ("Not for your role", "Your role does not open this page. Ask who administers Kindline."),
    404: ("Nothing here", "There is nothing by this name for you."),
    405: ("Not so", "This page cannot be asked for in this way."),
    422: ("Not understood", "A field is missing or is not of its kind. Nothing was changed."),
    503: ("Not to be reached", "Something that Kindline needs does not answer. Try again later."),
    500: ("Something failed", "It was logged, without a word of anybody. Try again, or tell us."),
}
