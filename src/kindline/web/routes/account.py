"""One's own account: language, password, second factor, tokens."""

from datetime import timedelta
from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.errors import PolicyError
from kindline.model.people import Right
from kindline.store.hooks import EVENTS, add_hook, drop_hook, hooks
from kindline.store.people import change_user, choose_prompts, has_prompts, row_of_user
from kindline.store.sessions import add_token, revoke_token, tokens
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import LANGUAGES, page
from kindline.web.signing_in import (
    drop_factor,
    factor_address,
    keep_factor,
    new_factor,
    picture,
    proves,
    set_password,
)
from kindline.work.telling import may_be_told

router = APIRouter()
_Anybody = Annotated[Asked, Depends(needs())]
_CHECKED = [Depends(from_our_page)]
_LASTS_DAYS = {"30": 30, "90": 90, "365": 365}


@router.get("/account")
def account(request: Request, asked: _Anybody) -> Response:
    """Show one's own account."""
    return _page(request, asked)


@router.post("/account/language", dependencies=_CHECKED)
def language(asked: _Anybody, language: Annotated[str, Form()]) -> Response:
    """Read pages in another language."""
    if language in LANGUAGES:
        with asked.begin() as tenancy:
            change_user(tenancy, asked.user.user_id, language=language)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/prompts", dependencies=_CHECKED)
def prompts(asked: _Anybody, wanted: Annotated[str, Form(max_length=4)] = "") -> Response:
    """Be prompted at a desk, or not; it has no consequence and is shown to nobody."""
    with asked.begin() as tenancy:
        choose_prompts(tenancy, asked.user.user_id, wanted=bool(wanted))
    return RedirectResponse("/account", status_code=303)


@router.post("/account/password", dependencies=_CHECKED)
def password(
    request: Request, asked: _Anybody, old: Annotated[str, Form()], new: Annotated[str, Form()]
) -> Response:
    """Change the password, which ends every session, this one too."""
    place, user_id = asked.place, asked.user.user_id
    if not _is_password(asked, old):
        return _page(request, asked, problem="the old password is another one", status=422)
    try:
        hashed = place.passwords.hashed(new, email=asked.user.email)
    except PolicyError as error:
        return _page(request, asked, problem=str(error), status=422)
    with asked.begin() as tenancy:
        set_password(tenancy.connection, user_id, hashed)
    return RedirectResponse("/sign-in", status_code=303)


@router.post("/account/factor", dependencies=_CHECKED)
def begin_factor(request: Request, asked: _Anybody) -> Response:
    """Show a new second factor, kept once a code proves that an app has it."""
    return _page(request, asked, factor=new_factor())


@router.post("/account/factor/keep", dependencies=_CHECKED)
def confirm_factor(
    request: Request,
    asked: _Anybody,
    factor: Annotated[str, Form(pattern="^[A-Z2-7]{32}$")],
    code: Annotated[str, Form()],
) -> Response:
    """Keep the second factor, if the code is its own."""
    if not proves(factor, code, now=asked.place.clock()):
        problem = "the code is not of this secret, or its time is over"
        return _page(request, asked, factor=factor, problem=problem, status=422)
    with asked.begin() as tenancy:
        keep_factor(tenancy, asked.user.user_id, factor)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/factor/drop", dependencies=_CHECKED)
def remove_factor(request: Request, asked: _Anybody, password: Annotated[str, Form()]) -> Response:
    """Take one's second factor away, by the password."""
    if not _is_password(asked, password):
        return _page(request, asked, problem="the password is another one", status=422)
    with asked.begin() as tenancy:
        drop_factor(tenancy, asked.user.user_id)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/tokens", dependencies=_CHECKED)
def new_token(
    request: Request,
    asked: _Anybody,
    name: Annotated[str, Form(max_length=80)],
    days: Annotated[str, Form()] = "90",
    scopes: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Make a token with some of one's own rights, and show it once."""
    chosen = frozenset(cast("tuple[Right, ...]", scopes)) & asked.viewer.rights
    if not chosen:
        return _page(request, asked, problem="a token needs a right of yours", status=422)
    with asked.begin() as tenancy:
        secret = add_token(
            tenancy,
            asked.user.user_id,
            name,
            chosen,
            now=asked.place.clock(),
            lasts=timedelta(days=_LASTS_DAYS.get(days, 90)),
        )
    return _page(request, asked, token=secret)


@router.post("/account/tokens/{token_id}/revoke", dependencies=_CHECKED)
def revoke(asked: _Anybody, token_id: str) -> Response:
    """Take a token back."""
    with asked.begin() as tenancy:
        revoke_token(tenancy, asked.user.user_id, token_id)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/hooks", dependencies=_CHECKED)
def new_hook(
    request: Request,
    asked: _Anybody,
    address: Annotated[str, Form(max_length=400)],
    events: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Register an address that is told of some events, and show its secret once."""
    chosen = tuple(event for event in events_of(asked) if event in events)
    if not chosen:
        return _page(request, asked, problem="choose what is to be told", status=422)
    if not may_be_told(address.strip(), asked.place.webhook_hosts):
        return _page(request, asked, problem=NO_HOST, status=422)
    by, now = asked.user.user_id, asked.place.clock()
    with asked.begin() as tenancy:
        secret = add_hook(tenancy, by, address.strip(), chosen, now=now)
    return _page(request, asked, hook=secret)


@router.post("/account/hooks/{hook_id}/drop", dependencies=_CHECKED)
def end_hook(asked: _Anybody, hook_id: str) -> Response:
    """Tell an address no more."""
    with asked.begin() as tenancy:
        drop_hook(tenancy, asked.user.user_id, hook_id)
    return RedirectResponse("/account", status_code=303)


NO_HOST = "settings name no such host, or the way there is not https"


def events_of(asked: Asked) -> list[str]:
    """Return the events that who asks may know of."""
    return [event for event, right in EVENTS.items() if asked.may(right)]


def _is_password(asked: Asked, password: str) -> bool:
    with asked.read() as tenancy:
        row = row_of_user(tenancy.connection, asked.user.user_id)
    return row is not None and asked.place.passwords.is_right(password, row["password"])


def _page(
    request: Request,
    asked: Asked,
    *,
    status: int = 200,
    problem: str | None = None,
    factor: str | None = None,
    token: str | None = None,
    hook: str | None = None,
) -> Response:
    with asked.read() as tenancy:
        held = tokens(tenancy, asked.user.user_id)
        addresses = hooks(tenancy, asked.user.user_id)
        wanted = has_prompts(tenancy, asked.user.user_id)
    return page(
        request,
        "account.html",
        asked,
        status=status,
        problem=problem,
        prompts=wanted,
        factor=factor,
        factor_address=factor and factor_address(factor, asked.user.email),
        factor_picture=factor and picture(factor_address(factor, asked.user.email)),
        token=token,
        tokens=held,
        hook=hook,
        hooks=addresses,
        events=events_of(asked),
        hosts=sorted(asked.place.webhook_hosts),
        languages=LANGUAGES,
        rights=[right for right in get_args(Right) if asked.may(right)],
        days=list(_LASTS_DAYS),
    )
