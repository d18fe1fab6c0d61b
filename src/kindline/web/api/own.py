"""What belongs to whoever asks: language, tokens, addresses that are told, views of lists."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kindline.errors import InputError, NoSuchError
from kindline.store.hooks import add_hook, drop_hook, hooks
from kindline.store.people import change_user
from kindline.store.saved import Saved, drop_view, save_view, saved_views
from kindline.store.sessions import revoke_token, tokens
from kindline.web.api.problems import ANSWERS
from kindline.web.api.shapes import (
    Address,
    Addresses,
    HeldToken,
    HeldTokens,
    LanguageWanted,
    Narrowed,
    NewAddress,
    SavedView,
    SavedViews,
    ViewWanted,
    Word,
)
from kindline.web.guard import Asked, needs
from kindline.web.pages import query
from kindline.web.routes.account import NO_HOST, events_of
from kindline.work.telling import may_be_told

router = APIRouter(responses=ANSWERS)
_Anybody = Annotated[Asked, Depends(needs())]
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]


@router.post("/me/language", status_code=204)
def read_in(asked: _Anybody, wanted: LanguageWanted) -> Response:
    """Read pages in another language. Password and second factor are changed by a person."""
    with asked.begin() as tenancy:
        change_user(tenancy, asked.user.user_id, language=wanted.language)
    return Response(status_code=204)


@router.get("/me/tokens")
def held_tokens(asked: _Anybody) -> HeldTokens:
    """Return what is known of one's tokens: never a token."""
    with asked.read() as tenancy:
        held = tokens(tenancy, asked.user.user_id)
    return HeldTokens(
        tokens=[
            HeldToken(
                token_id=one.token_id,
                name=one.name,
                scopes=sorted(one.scopes),
                made_at=one.made_at,
                expires_at=one.expires_at,
            )
            for one in held
        ]
    )


@router.delete("/me/tokens/{token_id}", status_code=204)
def take_back(asked: _Anybody, token_id: Word) -> Response:
    """Take a token back, this one too; a token makes no other."""
    with asked.begin() as tenancy:
        if not revoke_token(tenancy, asked.user.user_id, token_id):
            raise NoSuchError
    return Response(status_code=204)


@router.get("/me/hooks")
def told_addresses(asked: _Anybody) -> Addresses:
    """Return the addresses that are told of what happens."""
    with asked.read() as tenancy:
        found = hooks(tenancy, asked.user.user_id)
    return Addresses(
        hooks=[
            Address(hook_id=one.hook_id, address=one.address, events=list(one.events), secret=None)
            for one in found
        ]
    )


@router.post("/me/hooks", status_code=201)
def tell(asked: _Anybody, wanted: NewAddress) -> Address:
    """Register an address; its secret is in this answer and in no other."""
    chosen = tuple(event for event in events_of(asked) if event in wanted.events)
    if not chosen:
        raise InputError("none of these events is yours to be told")
    if not may_be_told(wanted.address, asked.place.webhook_hosts):
        raise InputError(NO_HOST)
    user_id, now = asked.user.user_id, asked.place.clock()
    with asked.begin() as tenancy:
        secret = add_hook(tenancy, user_id, wanted.address, chosen, now=now)
        hook_id = hooks(tenancy, user_id)[0].hook_id
    return Address(hook_id=hook_id, address=wanted.address, events=list(chosen), secret=secret)


@router.delete("/me/hooks/{hook_id}", status_code=204)
def tell_no_more(asked: _Anybody, hook_id: Word) -> Response:
    """Tell an address no more."""
    with asked.begin() as tenancy:
        drop_hook(tenancy, asked.user.user_id, hook_id)
    return Response(status_code=204)


@router.get("/saved")
def own_views(asked: _Reader) -> SavedViews:
    """Return one's views of lists, by name."""
    with asked.read() as tenancy:
        found = saved_views(tenancy, asked.user.user_id)
    return SavedViews(saved=[_view(one) for one in found])


@router.post("/saved", status_code=201)
def keep(asked: _Reader, wanted: ViewWanted) -> SavedView:
    """Keep a view; another of the same name is replaced. Words that were sought are no part."""
    user_id, narrowed = asked.user.user_id, query(wanted.narrowed.model_dump())
    with asked.begin() as tenancy:
        save_view(tenancy, user_id, wanted.name, narrowed)
        named = [one for one in saved_views(tenancy, user_id) if one.name == wanted.name]
    return _view(named[0])


@router.delete("/saved/{saved_id}", status_code=204)
def drop(asked: _Reader, saved_id: Word) -> Response:
    """Keep a view no longer."""
    with asked.begin() as tenancy:
        drop_view(tenancy, asked.user.user_id, saved_id)
    return Response(status_code=204)


def _view(one: Saved) -> SavedView:
    return SavedView(
        saved_id=one.saved_id,
        name=one.name,
        narrowed=Narrowed.model_validate(dict(parse_qsl(one.narrowed))),
    )
