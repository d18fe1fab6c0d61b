"""What is kept: once, as it was, and no longer than the policy says."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from kindline.analysis import analyse
from kindline.contract import as_json
from kindline.errors import MalformedInputError
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation, Turn
from kindline.policy import profile
from kindline.store.conversations import known, load, load_rejected, save, save_rejected
from kindline.store.database import migrate, opened, prepare
from kindline.store.retention import forget
from kindline.store.tables import CONVERSATIONS

RULES = profile("eu-strict")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return a database of its own."""
    return opened(tmp_path / "kindline.db")


def conversation(text: str, **more: Any) -> Conversation:
    """Return a conversation with consent."""
    said = {"id": "a", "language": "en", "lawful_basis": "consent", **more}
    turns = [{"party": "customer", "text": text}]
    return conversation_from({"turns": turns, **said}, source="s", record="r")


def keep(engine: Engine, one: Conversation, now: datetime) -> dict[str, Any]:
    """Analyse and save a conversation; return what was said of it."""
    analysis = analyse(one, RULES, now=now)
    with engine.begin() as connection:
        save(connection, [(one, analysis)], now=now)
    return as_json(analysis)


def test_what_is_loaded_is_what_was_saved(engine: Engine, now: datetime) -> None:
    """Analysis and words come back as they went in, also words beyond the basic plane."""
    told = keep(engine, conversation("Nobody calls any more 😀"), now)
    with engine.connect() as connection:
        (stored,) = load(connection)
    assert stored.analysis == told
    assert stored.turns == ({"party": "customer", "text": "Nobody calls any more 😀"},)


def test_words_are_kept_under_the_role_that_was_told(engine: Engine, now: datetime) -> None:
    """Where the words told who is the agent, the page and the explanation show it too."""
    said = ("Goedemorgen, waarmee kan ik u helpen, meneer?", "Ik heb mijn rekening nog niet, help.")
    turns = tuple(Turn(role="unknown", speaker=text[:3], text=text) for text in said * 2)
    given = replace(conversation("x", language="nl"), turns=turns)
    keep(engine, given, now)
    with engine.connect() as connection:
        (stored,) = load(connection)
    assert stored.turns is not None
    assert [turn["party"] for turn in stored.turns] == ["agent", "customer"] * 2


def test_saving_twice_keeps_one(engine: Engine, now: datetime) -> None:
    """The same conversation is one row, whatever changed in it; the last one counts."""
    keep(engine, conversation("one"), now)
    told = keep(engine, conversation("two"), now)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(CONVERSATIONS)) == 1
        (stored,) = load(connection)
    assert stored.analysis == told


def test_migrating_twice_changes_nothing(engine: Engine, now: datetime) -> None:
    """A database that is up to date stays as it is."""
    keep(engine, conversation("one"), now)
    migrate(engine)
    with engine.connect() as connection:
        assert len(list(load(connection))) == 1


def test_denied_conversation_leaves_no_words(engine: Engine, now: datetime) -> None:
    """A refusal is counted: neither words nor unknown keys of it are kept."""
    keep(engine, conversation("leave me out of it", objection=True, note="n"), now)
    with engine.connect() as connection:
        row = connection.execute(select(CONVERSATIONS)).mappings().one()
    assert (row["turns"], row["carried"], row["status"]) == (None, None, "denied")


def test_agent_behaviours_go_on_their_own_day(engine: Engine, now: datetime) -> None:
    """What the agent did is the agent's for a week; the customer's states stay longer."""
    turns = [
        {"party": "customer", "text": "My invoice is wrong."},
        {"party": "agent", "text": "I'm sorry about that, that must be hard. I'll call you back."},
    ]
    told = keep(engine, conversation("", turns=turns), now)
    assert told["agent"]["apology"]
    days = RULES.keep_days["agent_behaviours"]
    with engine.begin() as connection:
        forget(connection, now=now + timedelta(days=days))
        (stored,) = load(connection)
        assert stored.analysis["agent"]["apology"] == told["agent"]["apology"]
        assert stored.analysis["agent"]["findings"] == []
        forget(connection, now=now + timedelta(days=days, seconds=1))
        (stored,) = load(connection)
        assert stored.analysis["agent"]["state"] == "not_assessed"
        assert stored.analysis["agent"]["apology"] == []
        assert stored.analysis["needs"]["service"]["state"] == told["needs"]["service"]["state"]


def test_what_is_forgotten_is_overwritten(tmp_path: Path) -> None:
    """A deleted word is wiped from the file, also where SQLite was built to leave it."""
    connection = sqlite3.connect(tmp_path / "kindline.db")
    connection.execute("PRAGMA secure_delete=OFF")
    prepare(connection)
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    connection.close()


def test_words_go_first_then_states(engine: Engine, now: datetime) -> None:
    """Findings and turns go after their days, the row after its own; nothing goes early."""
    keep(engine, conversation("Nobody calls any more, I am so lonely."), now)
    words, states = RULES.keep_days["findings"], RULES.keep_days["states"]
    with engine.begin() as connection:
        assert forget(connection, now=now + timedelta(days=words)) == 0
        assert forget(connection, now=now + timedelta(days=words, seconds=1)) == 1
        (stored,) = load(connection)
        assert stored.turns is None
        assert "lonely" not in str(stored.analysis)
        assert stored.analysis["needs"]["companionship"]["probability"] is not None
        assert not known(connection, ["a"])
        forget(connection, now=now + timedelta(days=states))
        assert forget(connection, now=now + timedelta(days=states, seconds=1)) == 1
        assert not list(load(connection))


def test_reasons_for_a_file_replace_its_earlier_ones(engine: Engine, now: datetime) -> None:
    """A mended file loses its old errors; another file keeps its own."""
    first = MalformedInputError("a", "line 1", "turns", "text", "a list")
    second = MalformedInputError("a", "line 2", "turns", "text", "a list")
    other = MalformedInputError("b", "line 1", "turns", "text", "a list")
    for errors in ([first, second], [other], [second]):
        with engine.begin() as connection:
            save_rejected(connection, [(error.source, error) for error in errors], now=now)
    with engine.connect() as connection:
        kept = [(row["source"], row["record"]) for row in load_rejected(connection)]
    assert kept == [("a", "line 2"), ("b", "line 1")]
