"""
Twilio Conversations: pages of messages with an author, clock times.

One page may hold several conversations. Nothing but the author's name tells the sides apart.
"""

from collections.abc import Iterator, Sequence

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "twilio-conversations"
SUFFIXES = (".json",)

_KNOWN = frozenset({"messages", "meta"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has messages of a conversation."""
    return transcript.is_object_with(raw, b'"messages"', b'"conversation_sid"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return one conversation per conversation the messages name."""
    given = json_record(decoded(raw, source), source, "file")
    groups: dict[str, list[Record]] = {}
    for message in given.records("messages", "message"):
        sid = message.identity("conversation_sid") or message.needed_text("conversation_sid")
        groups.setdefault(sid, []).append(message)
    if not groups:
        given.refuse("messages", found="none", expected="at least one")
    for sid, messages in groups.items():
        try:
            yield _conversation(given, sid, messages)
        except InputError as error:
            yield error


def _conversation(given: Record, sid: str, messages: Sequence[Record]) -> Conversation:
    ordered = sorted(messages, key=lambda message: message.number("index") or 0)
    return transcript.conversation(
        given,
        [_turn(message) for message in ordered],
        name=NAME,
        cut="one turn per message",
        known=_KNOWN,
        id=sid,
        channel="messaging",
        started_at=ordered[0].instant("date_created"),
    )


def _turn(message: Record) -> Turn:
    author = message.text("author")
    return Turn(role=role_of(author), text=(message.text("body") or "").strip(), speaker=author)
