"""Conversations analysed and stored, for tests of the store."""

from datetime import datetime
from typing import Any

from kindline.analysis import analyse
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from kindline.policy import profile
from kindline.store.conversations import load, save
from kindline.store.database import Store


def conversation(text: str, **more: Any) -> Conversation:
    """Return a conversation with consent."""
    said = {"id": "a", "language": "en", "lawful_basis": "consent", **more}
    turns = [{"party": "customer", "text": text}]
    return conversation_from({"turns": turns, **said}, source="s", record="r")


def keep(
    store: Store, one: Conversation, now: datetime, policy: str = "eu-strict"
) -> dict[str, Any]:
    """Analyse and save a conversation; return what was said of it."""
    analysis = analyse(one, profile(policy), now=now)
    with store.begin() as tenancy:
        save(tenancy, [(one, analysis)], now=now)
    return as_json(analysis)


def texts(store: Store) -> dict[str, list[str] | None]:
    """Return what is said in each stored conversation, by id."""
    with store.read() as tenancy:
        return {
            one.analysis["conversation_id"]: one.turns and [turn["text"] for turn in one.turns]
            for one in load(tenancy)
        }
