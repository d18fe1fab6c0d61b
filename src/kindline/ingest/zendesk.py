"""
Zendesk tickets with their comments, as one array, one object a line, or with the users beside.

Private notes are not talk. The description repeats the first comment. Who wrote a comment is looked
up among the users; without them, the requester is the customer and everyone else an agent.
"""

from collections.abc import Iterator, Mapping, Sequence

from kindline import transcript
from kindline.errors import InputError, MalformedInputError
from kindline.mailtext import own_words
from kindline.model.conversation import Channel, Conversation, Role, Turn
from kindline.records import Record, as_list, as_object, decoded, json_value, record_of
from kindline.roles import role_of

NAME = "zendesk"
SUFFIXES = (".json", ".jsonl", ".ndjson")

_KNOWN = frozenset({"comments", "description", "subject", "raw_subject"})
_CHANNELS: dict[str | None, Channel] = {
    "email": "email",
    "chat": "chat",
    "voice": "voice",
    "messaging": "messaging",
    "native_messaging": "messaging",
    "whatsapp": "messaging",
    "sms": "messaging",
}


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has tickets: a requester, and comments or a description."""
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    marks = (b'"requester_id"' in raw, b'"comments"' in raw)
    return start[:1] in (b"{", b"[") and all(marks)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return one conversation per ticket."""
    for place, value, users in _tickets(decoded(raw, source), source):
        try:
            yield _conversation(record_of(value, source, place), users)
        except InputError as error:
            yield error


def _tickets(text: str, source: str) -> Iterator[tuple[str, object, Mapping[str, Role]]]:
    """Return place, ticket and known users, whichever way the export is laid out."""
    try:
        whole = json_value(text, source, "file")
    except MalformedInputError:
        for number, line in enumerate(filter(str.strip, text.split("\n")), start=1):
            yield f"line {number}", json_value(line, source, f"line {number}"), {}
        return
    holder = as_object(whole)
    is_page = holder is not None and "tickets" in holder
    users: Mapping[str, Role] = _users(record_of(holder, source, "file")) if is_page else {}
    listed = as_list(holder["tickets"] if holder and "tickets" in holder else whole) or [whole]
    for number, ticket in enumerate(listed, start=1):
        yield f"ticket {number}", ticket, users


def _users(given: Record) -> Mapping[str, Role]:
    found: dict[str, Role] = {}
    for user in given.records("users", "user"):
        role = user.text("role")
        found[user.needed_text("id")] = "customer" if role == "end-user" else role_of(role)
    return found


def _conversation(ticket: Record, users: Mapping[str, Role]) -> Conversation:
    comments = ticket.records("comments", "comment")
    said = [comment for comment in comments if _is_talk(comment)]
    via = ticket.record(ticket.content.get("via") or {}, "via")
    channel = _CHANNELS.get(via.text("channel"), "email")
    return transcript.conversation(
        ticket,
        [_turn(comment, ticket, users, channel) for comment in said] or _described(ticket),
        name=NAME,
        cut=f"one turn per comment, {len(comments) - len(said)} private notes left out",
        known=_KNOWN,
        id=ticket.identity("id"),
        channel=channel,
        started_at=ticket.instant("created_at"),
        vendor=_rated(ticket),
    )


def _is_talk(comment: Record) -> bool:
    """Return whether the customer heard or read it: a call is talk though it is filed as a note."""
    is_call = comment.text("type") == "VoiceComment"
    return is_call or comment.content.get("public") is not False


def _rated(ticket: Record) -> dict[str, object]:
    rating = ticket.content.get("satisfaction_rating")
    return {"satisfaction_rating": rating} if rating else {}


def _described(ticket: Record) -> Sequence[Turn]:
    """Return the description, where a ticket has no comment to repeat it."""
    text = ticket.text("description")
    return [Turn(role="customer", text=text.strip())] if text else []


def _turn(comment: Record, ticket: Record, users: Mapping[str, Role], channel: Channel) -> Turn:
    if comment.text("type") == "VoiceComment":  # both sides in one text; the body says who called
        data = comment.record(comment.content.get("data") or {}, "data")
        return Turn(role="unknown", text=(data.text("transcription_text") or "").strip())
    author = comment.text("author_id")
    asker: Role = "customer" if author == ticket.text("requester_id") else "agent"
    text = comment.text("plain_body") or comment.text("body") or ""
    return Turn(
        role=users.get(author or "", asker if author else "unknown"),
        text=own_words(text) if channel == "email" else text.strip(),
        speaker=author,
    )
