"""Signing in and out, and the one-time links that set a password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping

from kindline.errors import NoSuchError, PolicyError, RightError, SignInError
from kindline.store.people import row_of_user
from kindline.store.sessions import (
    LONGEST,
    close_session,
    open_session,
    session,
    use_link,
    user_of_link,
)
from kindline.web.guard import COOKIE, Asked, asked, from_our_page, needs
from kindline.web.pages import page
from kindline.web.place import Place
from kindline.web.provider import arrive, depart, journey_of, user_of
from kindline.web.signing_in import is_locked, is_second_factor, set_password, sign_in

router = APIRouter()
_JOURNEY = "kindline_journey"


@router.get("/")
def front(request: Request) -> Response:
    """Lead to the first page that who asks may open."""
    try:
        found = asked(request)
    except SignInError:
        return _to("/sign-in")
    return _to(first_page(found))


def first_page(found: Asked) -> str:
    """Return where somebody begins."""
    if found.may("council"):
        return "/council"
    if found.may("numbers"):
        return "/overview"
    if found.user.agent_key is not None and found.may("own_conversations"):
        return "/my-desk"
    return "/people" if found.may("people") else "/conversations"


@router.get("/sign-in")
def form(request: Request) -> Response:
    """Show the form."""
    return _form(request, wrong=False)


@router.post("/sign-in", dependencies=[Depends(from_our_page)])
def enter(
    request: Request, email: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    """Open a session, or ask again; what was wrong is not told apart."""
    place: Place = request.app.state.place
    now = place.clock()
    found = sign_in(place.store, place.passwords, email, password, now=now)
    if isinstance(found, str):
        return _form(request, wrong=True)
    has_factor = found["totp"] is not None
    with place.store.begin() as tenancy:
        secret = open_session(
            tenancy.connection, found["user_id"], is_complete=not has_factor, now=now
        )
    answer = _to("/sign-in/code" if has_factor else "/")
    _give(answer, place, secret)
    return answer


@router.get("/sign-in/provider")
def to_provider(request: Request) -> Response:
    """Send the browser to the identity provider."""
    place: Place = request.app.state.place
    if place.provider is None:
        raise NoSuchError
    address, journey = depart(place.provider)
    answer = _to(address)
    answer.set_cookie(
        _JOURNEY,
        journey.as_cookie(),
        max_age=600,
        httponly=True,
        samesite="lax",
        secure=place.is_https,
        path="/sign-in/provider",
    )
    return answer


@router.get("/sign-in/provider/back")
def from_provider(request: Request, state: str = "", code: str = "") -> Response:
    """Open a session for who came back from the provider, if they are a user here."""
    place: Place = request.app.state.place
    if place.provider is None:
        raise NoSuchError
    journey, now = journey_of(request.cookies.get(_JOURNEY, "")), place.clock()
    told = arrive(place.provider, journey, state=state, code=code, now=now)
    with place.store.begin() as tenancy:
        row = user_of(tenancy.connection, told)
        if row is None:
            raise RightError
        secret = open_session(tenancy.connection, row["user_id"], is_complete=True, now=now)
    answer = _to("/")
    answer.delete_cookie(_JOURNEY, path="/sign-in/provider")
    _give(answer, place, secret)
    return answer


@router.get("/sign-in/code")
def code_form(request: Request) -> Response:
    """Ask for the second factor."""
    return page(request, "code.html", wrong=False)


@router.post("/sign-in/code", dependencies=[Depends(from_our_page)])
def enter_code(request: Request, code: Annotated[str, Form()]) -> Response:
    """Complete a session by the second factor: under a new secret, the half one ends."""
    place: Place = request.app.state.place
    now, half = place.clock(), request.cookies.get(COOKIE, "")
    with place.store.begin() as tenancy:
        found = session(tenancy.connection, half, now=now)
        row = None if found is None else row_of_user(tenancy.connection, found[0].user_id)
        if row is None or row["totp"] is None:
            raise SignInError
        is_right = is_second_factor(tenancy, row, code, now=now)
        over = is_right or is_locked(row, now)
        if over:
            close_session(tenancy.connection, half)
        secret = (
            open_session(tenancy.connection, row["user_id"], is_complete=True, now=now)
            if is_right
            else None
        )
    if secret is None:
        if over:
            raise SignInError
        return page(request, "code.html", wrong=True, status=401)
    answer = _to("/")
    _give(answer, place, secret)
    return answer


@router.post("/sign-out", dependencies=[Depends(from_our_page)])
def leave(found: Annotated[Asked, Depends(needs())]) -> Response:
    """End the session."""
    with found.begin() as tenancy:
        close_session(tenancy.connection, found.secret or "")
    answer = _to("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/link/{secret}")
def link(request: Request, secret: str) -> Response:
    """Ask for a password, where the link is good."""
    place: Place = request.app.state.place
    return page(request, "link.html", email=_holder(place, secret)["email"], problem=None)


@router.post("/link/{secret}", dependencies=[Depends(from_our_page)])
def use(request: Request, secret: str, password: Annotated[str, Form()]) -> Response:
    """Set a password by a link, which then opens nothing any more."""
    place: Place = request.app.state.place
    now = place.clock()
    email = _holder(place, secret)["email"]
    try:
        hashed = place.passwords.hashed(password, email=email)
    except PolicyError as error:
        return page(request, "link.html", email=email, problem=str(error), status=422)
    with place.store.begin() as tenancy:
        user_id = use_link(tenancy.connection, secret, now=now)
        if user_id is None:
            raise NoSuchError
        set_password(tenancy.connection, user_id, hashed)
    return _to("/sign-in")


def _holder(place: Place, secret: str) -> RowMapping:
    """Return the row of the user whose link it is; raises NoSuchError."""
    with place.store.read() as tenancy:
        user_id = user_of_link(tenancy.connection, secret, now=place.clock())
        row = None if user_id is None else row_of_user(tenancy.connection, user_id)
    if row is None:
        raise NoSuchError
    return row


def _form(request: Request, *, wrong: bool) -> Response:
    place: Place = request.app.state.place
    status, has_provider = 401 if wrong else 200, place.provider is not None
    return page(request, "sign_in.html", wrong=wrong, has_provider=has_provider, status=status)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


def _give(answer: Response, place: Place, secret: str) -> None:
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=place.is_https,
    )
