"""Tools for language models: what the token may, nothing that an exception quotes."""

import asyncio
from datetime import datetime, timedelta
import json
import os
from pathlib import Path
import sys
from typing import Any

from mcp import Client, StdioServerParameters, stdio_client
import pytest

from kindline.model.people import RIGHTS_OF, Right, RoleName
from kindline.opening import DATABASE
from kindline.store.database import opened
from kindline.store.people import add_user, ensure_tenant
from kindline.store.postings import index
from kindline.store.sessions import add_token, revoke_token, tokens
from kindline.store.views import views
from kindline.web.guard import by_token
from kindline.web.tools import server_of
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, WORD, House
from tests.web.test_api import token


def server(house: House, role: RoleName, *scopes: Right) -> Any:
    """Return a server on a token of a role."""
    place, secret = house.client.app.state.place, token(house, role, *scopes)  # type: ignore[attr-defined]
    return server_of(lambda: by_token(place, secret))


def call(of: Any, name: str, **given: Any) -> tuple[Any, str]:
    """Return what a tool answers, as data, and as the text of an error."""

    async def called() -> Any:
        async with Client(of) as client:
            return await client.call_tool(name, given)

    answer = asyncio.run(called())
    text = answer.content[0].text if answer.content else ""
    return (None, text) if answer.is_error else (json.loads(text), "")


def names(of: Any) -> set[str]:
    """Return the tools of a server."""
    return {tool.name for tool in asyncio.run(of.list_tools())}


@pytest.mark.parametrize("role", sorted(RIGHTS_OF))
def test_a_token_has_the_tools_it_may_use(house: House, role: RoleName) -> None:
    """And no other: an administrator has none but `me`."""
    rights, expected = RIGHTS_OF[role], {"me"}
    if "numbers" in rights:
        expected.add("overview")
    if rights & {"own_conversations", "team_conversations", "conversations"}:
        expected |= {"conversations", "search", "conversation"}
    assert names(server(house, role)) == expected


def test_a_tool_answers_what_programs_are_told(house: House) -> None:
    """A conversation with its words, no cue for an analyst; that it was read is written down."""
    told, _ = call(server(house, "analyst"), "conversation", conversation_id=f"{OURS}-mine")
    assert WORD in str(told["turns"])
    assert "crisis" not in told["analysis"]
    with house.store.read() as tenancy:
        assert [one.conversation_id for one in views(tenancy)] == [f"{OURS}-mine"]
    numbers, _ = call(server(house, "planner"), "overview", by="language")
    assert numbers["groups"][0]["shares"]["service"]["value"] is None  # of four people


def test_words_are_searched(house: House) -> None:
    """By stem, among what the token may open."""
    with house.store.begin() as tenancy:
        index(tenancy)
    told, _ = call(server(house, "lead"), "search", words="invoices")
    assert [one["conversation_id"] for one in told["conversations"]] == [f"{OURS}-team"]


def test_what_is_not_for_the_token_is_not_there(house: House) -> None:
    """Another team's and another tenant's answer like one that never was."""
    of = server(house, "lead")
    answers = {
        call(of, "conversation", conversation_id=one)[1]
        for one in (f"{OURS}-elsewhere", f"{THEIRS}-mine", "never-was")
    }
    assert len(answers) == 1
    assert "nothing by that name for this token" in answers.pop()


def test_a_token_taken_back_opens_nothing_more(house: House) -> None:
    """Also in a session that is open."""
    of, user_id = server(house, "analyst"), house.user_ids[OURS, "analyst"]
    with house.store.begin() as tenancy:
        (one,) = tokens(tenancy, user_id)
        revoke_token(tenancy, user_id, one.token_id)
    assert "the token is unknown or over" in call(of, "me")[1]


def test_an_error_tells_its_kind_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception may quote somebody."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr("kindline.web.tools.routes.conversations", broken)
    told = call(server(house, "analyst"), "conversations")[1]
    assert "failed: ValueError" in told
    assert WORD not in told


def test_the_command_speaks_the_protocol(tmp_path: Path, now: datetime) -> None:
    """A client starts it, as a language model's would, and asks."""
    store = opened(tmp_path / DATABASE)
    keep(store, conversation("My invoice is wrong.", id="one"), now)
    with store.begin() as tenancy:
        ensure_tenant(tenancy, "Us", now=now)
        made = add_user(tenancy, "a@b.test", "A", ["analyst"], now=now)
        rights = RIGHTS_OF["analyst"]
        lasts = timedelta(days=3650)
        secret = add_token(tenancy, made.user_id, "t", rights, now=now, lasts=lasts)
    store.close()
    environment = {**os.environ, "KINDLINE_TOKEN": secret}
    program = "from kindline.cli import main; main()"
    command = ["-c", program, "mcp", "--out", str(tmp_path)]
    started = StdioServerParameters(command=sys.executable, args=command, env=environment)

    async def asked() -> Any:
        async with Client(stdio_client(started)) as client:
            return await client.call_tool("conversations", {})

    answer = asyncio.run(asked())
    assert json.loads(answer.content[0].text)["conversations"][0]["conversation_id"] == "one"
