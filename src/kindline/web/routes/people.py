"""Users, teams and agents: added, changed, imported, and let in by one-time links."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import IntegrityError

from kindline.errors import InputError, NoSuchError
from kindline.model.people import ROLES, User
from kindline.store.people import (
    add_team,
    add_user,
    remove_user,
    teams,
    user,
    users,
)
from kindline.store.sessions import open_link
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import LANGUAGES, page
from kindline.web.roster import change_person, read_roster, take_in

router = APIRouter()
_ADMIN = needs("people")
_CHECKED = [Depends(from_our_page)]
_Admin = Annotated[Asked, Depends(_ADMIN)]


@router.get("/people")
def people(request: Request, asked: _Admin) -> Response:
    """List users and teams."""
    return _people(request, asked)


@router.post("/people/users", dependencies=_CHECKED)
def add(
    request: Request,
    asked: _Admin,
    email: Annotated[str, Form()],
    name: Annotated[str, Form()],
    language: Annotated[str, Form()] = "en",
    roles: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Add a user and show the link that lets them in, once."""
    now = asked.place.clock()
    try:
        with asked.begin() as tenancy:
            made = add_user(tenancy, email, name, roles, now=now, language=language)
            secret = open_link(tenancy.connection, made.user_id, now=now)
    except InputError as error:
        return _people(request, asked, problem=str(error), status=422)
    except IntegrityError:
        return _people(request, asked, problem="this address is in use", status=422)
    return _people(request, asked, link=_link(asked, secret), link_for=made.email)


@router.get("/people/users/{user_id}")
def one(request: Request, asked: _Admin, user_id: str) -> Response:
    """Show one user."""
    return _one(request, asked, user_id)


@router.post("/people/users/{user_id}", dependencies=_CHECKED)
def change(
    request: Request,
    asked: _Admin,
    user_id: str,
    name: Annotated[str, Form()],
    language: Annotated[str, Form()] = "en",
    agent_id: Annotated[str, Form()] = "",
    roles: Annotated[tuple[str, ...], Form()] = (),
    team_ids: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Change what a user is called, may do and belongs to; their sessions end."""
    told = {"name": name, "language": language, "roles": roles, "agent_id": agent_id}
    try:
        with asked.begin() as tenancy:
            _known(asked, user_id)
            change_person(tenancy, user_id, told, team_ids)
    except InputError as error:
        return _one(request, asked, user_id, problem=str(error), status=422)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/users/{user_id}/link", dependencies=_CHECKED)
def new_link(request: Request, asked: _Admin, user_id: str) -> Response:
    """Show a new one-time link: for a forgotten password or a first visit."""
    found = _known(asked, user_id)
    with asked.begin() as tenancy:
        secret = open_link(tenancy.connection, user_id, now=asked.place.clock())
    return _people(request, asked, link=_link(asked, secret), link_for=found.email)


@router.post("/people/users/{user_id}/remove", dependencies=_CHECKED)
def remove(request: Request, asked: _Admin, user_id: str) -> Response:
    """Remove a user; nobody removes themselves, so that someone is left."""
    _known(asked, user_id)
    if user_id == asked.user.user_id:
        problem = "you cannot remove yourself"
        return _one(request, asked, user_id, problem=problem, status=422)
    with asked.begin() as tenancy:
        remove_user(tenancy, user_id)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/teams", dependencies=_CHECKED)
def new_team(asked: _Admin, name: Annotated[str, Form()]) -> Response:
    """Make a team."""
    with asked.begin() as tenancy:
        add_team(tenancy, name)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/import", dependencies=_CHECKED)
def import_roster(request: Request, asked: _Admin, file: UploadFile) -> Response:
    """Take in a table of users and agents; each row that is wrong is told, the rest goes in."""
    roster = read_roster(file.file.read(), file.filename or "the file")
    with asked.begin() as tenancy:
        told = take_in(tenancy, roster, now=asked.place.clock())
    return _people(request, asked, imported=told)


def _people(request: Request, asked: Asked, status: int = 200, **told: object) -> Response:
    with asked.read() as tenancy:
        found, groups = users(tenancy), teams(tenancy)
    empty = {"problem": None, "link": None, "link_for": None, "imported": None}
    return page(
        request,
        "people.html",
        asked,
        status=status,
        users=found,
        teams=groups,
        roles=ROLES,
        languages=LANGUAGES,
        **(empty | told),
    )


def _one(
    request: Request, asked: Asked, user_id: str, *, problem: str | None = None, status: int = 200
) -> Response:
    found = _known(asked, user_id)
    with asked.read() as tenancy:
        groups = teams(tenancy)
    return page(
        request,
        "user.html",
        asked,
        status=status,
        one=found,
        teams=groups,
        roles=ROLES,
        languages=LANGUAGES,
        problem=problem,
    )


def _known(asked: Asked, user_id: str) -> User:
    try:
        with asked.read() as tenancy:
            return user(tenancy, user_id)
    except InputError:
        raise NoSuchError from None


def _link(asked: Asked, secret: str) -> str:
    return f"{asked.place.address}/link/{secret}"
