"""
Tools for language models (Model Context Protocol): they read, and no more than their token may.

Each tool is a question that programs ask (`api/routes`), with the same rights and the same answers.
What is read is written down; a model that is asked about a conversation has read it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from kindline.errors import AccessError, KindlineError, NoSuchError, RightError, SignInError
from kindline.extras import library
from kindline.insight.shares import By, Need
from kindline.model.people import Right
from kindline.version import VERSION
from kindline.web.api import routes
from kindline.web.api.shapes import Found, Lines, Me, One, Overview, Search
from kindline.web.guard import Asked

_INSTRUCTIONS = (
    "Kindline finds callers who need a person, not a fix. A share comes with its interval and n: "
    "say both. `unsure`, `not_assessed` and null are neither zero nor absence; `no_cue_found` is "
    "no all-clear. Say that a contact met a need for company, and put no feeling on anybody. Never "
    "rank people, never infer what an agent feels. Quote only what a tool returned."
)
_TEXTS: dict[type[AccessError], str] = {
    SignInError: "the token is unknown or over",
    RightError: "the token may not",
    NoSuchError: "nothing by that name for this token",
}
_READ: tuple[Right, ...] = ("own_conversations", "team_conversations", "conversations")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def server_of(ask: Callable[[], Asked]) -> Any:
    """
    Return a server with the tools that a token may use.

    `ask` says who asks, anew for every call: a token that was taken back opens nothing more.
    """
    server = library("mcp.server", "mcp").MCPServer(
        "kindline", instructions=_INSTRUCTIONS, version=VERSION
    )
    may = ask().may
    for tool, rights in _tools(ask):
        if not rights or any(may(right) for right in rights):
            server.tool(structured_output=True)(_told(tool))
    return server


def _tools(ask: Callable[[], Asked]) -> list[tuple[Callable[..., Any], tuple[Right, ...]]]:
    def me() -> Me:
        """Whose token this is, and what it may."""
        return routes.me(ask())

    def overview(by: By | None = None, language: str | None = None) -> Overview:
        """Shares of needs with 95 % intervals and n: of all, or by group."""
        return routes.overview(ask(), by=by, language=language)

    def conversations(need: Need | None = None, cursor: str | None = None) -> Lines:
        """Conversations, the latest first, fifty at a time: states, no words."""
        return routes.conversations(ask(), need=need, cursor=cursor)

    def search(words: str, need: Need | None = None, cursor: str | None = None) -> Found:
        """Conversations in which all of some words stand, in any form; "two words" as written."""
        return routes.search_words(ask(), Search(words=words, need=need, cursor=cursor))

    def conversation(conversation_id: str) -> One:
        """One conversation: its words, what was found in them, and the quotes that rests on."""
        return routes.conversation(ask(), conversation_id)

    return [
        (me, ()),
        (overview, ("numbers",)),
        (conversations, _READ),
        (search, _READ),
        (conversation, _READ),
    ]


def _told(tool: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a tool whose errors say what is wrong, and never hold what an exception quotes."""
    error_of = library("mcp.server.mcpserver.exceptions", "mcp").ToolError

    @wraps(tool)
    def told(*given: _P.args, **named: _P.kwargs) -> _R:
        try:
            return tool(*given, **named)
        except AccessError as error:
            raise error_of(_TEXTS.get(type(error), "not allowed")) from None
        except KindlineError as error:
            raise error_of(str(error)) from None
        except Exception as error:  # noqa: BLE001 -- its message may quote somebody
            raise error_of(f"failed: {type(error).__name__}") from None

    return told
