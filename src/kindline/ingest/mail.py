"""
E-mail: one message (.eml) or a mailbox (.mbox), threads joined by their references.

Decoding comes first, then quoted replies and signatures go. A service address (support@, klant...)
makes the agent, and whoever writes to one the customer; else the role stays unknown.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
import hashlib
import re

from kindline.errors import InputError, MalformedInputError
from kindline.mailtext import own_words, plain_text
from kindline.model.conversation import (
    Conversation,
    ConversationId,
    Dialog,
    Role,
    Turn,
    content_hash,
    parties_of,
)

NAME = "mail"
SUFFIXES = (".eml", ".mbox", ".mbx")

_HEADER = re.compile(
    rb"^(?:From|To|Subject|Date|Message-ID|Received|Return-Path|MIME-Version|Delivered-To"
    rb"|In-Reply-To|References|X-[\w-]+|DKIM-Signature|Reply-To|Content-Type)[ \t]*:",
    re.IGNORECASE,
)
_MBOX_START = re.compile(rb"^From [^\n]*\d{4}[ \t]*\r?$", re.MULTILINE)
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_SERVICE = re.compile(
    r"(?:^|[@._-])(?:support|service|services|help|helpdesk|info|contact|customercare|care"
    r"|klant\w*|klantenservice|ugyfel\w*|client\w*|sav|noreply|no-reply)(?:[@._-]|$)",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether the file starts with a mailbox line or with mail headers."""
    if _MBOX_START.match(raw):
        return True
    head = raw[:8192].lstrip(b"\xef\xbb\xbf\r\n")
    lines = head.split(b"\n", 12)
    n_headers = sum(bool(_HEADER.match(line)) for line in lines)
    return bool(_HEADER.match(head)) and n_headers > 1


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return one conversation per thread, and an error for each thread without words."""
    messages = [(f"message {n}", _parsed(part)) for n, part in enumerate(_split(raw), start=1)]
    for thread in _threads(messages):
        try:
            yield _conversation(thread, source)
        except InputError as error:
            yield error


def _split(raw: bytes) -> list[bytes]:
    starts = [match.start() for match in _MBOX_START.finditer(raw)]
    if not starts or starts[0] != 0:
        return [raw]
    ends = [*starts[1:], len(raw)]
    whole = (raw[start:end].partition(b"\n")[2] for start, end in zip(starts, ends, strict=True))
    return [_ESCAPED_FROM.sub(rb"\1", part) for part in whole]


def _parsed(raw: bytes) -> Message:
    return message_from_bytes(raw, policy=policy.compat32)


def _threads(messages: Sequence[tuple[str, Message]]) -> list[list[tuple[str, Message]]]:
    """Return the messages in threads: two belong together when they share a message id."""
    threads: list[tuple[set[str], list[tuple[str, Message]]]] = []
    for place, message in messages:
        ids = _ids(message)
        together = [thread for thread in threads if thread[0] & ids]
        joined = ids.union(*(thread[0] for thread in together))
        gathered = [item for thread in together for item in thread[1]]
        threads = [thread for thread in threads if thread not in together]
        threads.append((joined, [*gathered, (place, message)]))
    return [gathered for _, gathered in threads]


def _ids(message: Message) -> set[str]:
    headers = ("Message-ID", "In-Reply-To", "References")
    return set(_MESSAGE_ID.findall(" ".join(str(message.get(name, "")) for name in headers)))


def _conversation(thread: Sequence[tuple[str, Message]], source: str) -> Conversation:
    ordered = sorted(thread, key=lambda item: sent_at(item[1]) or datetime.min.replace(tzinfo=UTC))
    turns = tuple(turn for _, message in ordered for turn in _turns(message))
    if not turns:
        place, found = ordered[0][0], "a message without readable words"
        raise MalformedInputError(source, place, "body", found, "text or HTML")
    times = [sent_at(message) for _, message in ordered]
    digest = content_hash(turns, language=None, channel="email")
    return Conversation(
        id=ConversationId(f"{NAME}-{digest}"),
        contact_id=_thread_id(ordered[0][1]),
        source=source,
        turns=turns,
        channel="email",
        started_at=times[0],
        parties=parties_of(turns),
        dialogs=tuple(Dialog(kind="text", started_at=time) for time in times),
        cut="one turn per message, quoted text and signatures left out",
    )


def _thread_id(message: Message) -> str | None:
    """Return one id for all messages of a thread: of the first one that it refers to."""
    for name in ("References", "In-Reply-To", "Message-ID"):
        ids = _MESSAGE_ID.findall(str(message.get(name, "")))
        if ids:
            digest = hashlib.blake2b(ids[0].encode("utf-8", "replace"), digest_size=16)
            return f"{NAME}-thread-{digest.hexdigest()}"
    return None


def _turns(message: Message) -> Iterator[Turn]:
    words = own_words(plain_text(message))
    if words:
        yield Turn(role=_role(message), text=words)


def _role(message: Message) -> Role:
    if _is_service(message, "From"):
        return "agent"
    return "customer" if _is_service(message, "To", "Cc") else "unknown"


def _is_service(message: Message, *headers: str) -> bool:
    values = [str(value) for name in headers for value in message.get_all(name, [])]
    return any(_SERVICE.search(address) for _, address in getaddresses(values))


def sent_at(message: Message) -> datetime | None:
    """Return when a message was sent, in UTC, or None when it does not say so with a zone."""
    try:
        sent = parsedate_to_datetime(str(message.get("Date", "")))
        return sent.astimezone(UTC) if sent.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
