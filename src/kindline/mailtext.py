"""
The words of an e-mail: decoded first, then without what was quoted, signed or disclaimed.

Quoted replies are found by the lines that mail programs write above them, per language.
"""

from collections.abc import Iterator
from email.message import EmailMessage, Message
import html
import re

_HTML_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_HTML_QUOTE = re.compile(
    r"<(?:blockquote\b|div[^>]*\bclass=[\"']?(?:gmail_quote|yahoo_quoted|moz-cite-prefix))"
    r".*",
    re.IGNORECASE | re.DOTALL,
)
_HTML_UNSEEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_HTML_TAG = re.compile(r"<[^>]*>")
_QUOTE_HEADER = re.compile(
    r"^[ \t>]*(?:"
    r"On\b.{4,200}\bwrote ?:"
    r"|On\b.{4,120}\d{4},? \d{1,2}:\d{2}.{0,120}:?"
    r"|Op\b.{4,200}\b(?:schreef|heeft)\b.{0,200}:"
    r"|Le\b.{4,200}\ba écrit ?:"
    r"|.{4,200}\b(?:ezt írta|a következőt írta)\b.{0,120}:"
    r"|-{2,} ?(?:Original Message|Oorspronkelijk bericht|Message d'origine|Eredeti üzenet"
    r"|Forwarded message|Doorgestuurd bericht|Message transféré|Továbbított üzenet).*"
    r"|_{10,}"
    r"|(?:From|Van|De|Feladó) ?: .{1,200}\n"
    r"[ \t>]*(?:Sent|Verzonden|Envoyé|Elküldve|Date|Datum|To|Aan|À) ?:"
    r").*",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED_HEADER = re.compile(
    r"^[ \t>]*(?:On|Op|Le)\b[^\n]{4,160}\n[^\n]{0,160}(?:wrote|schreef|a écrit) ?:.*",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(
    r"^(?:-- ?|Sent from my .*|Verstuurd vanaf .*|Verzonden vanaf .*|Envoyé de mon .*"
    r"|Get Outlook for .*|.* Androidos telefonról küldve|Elküldve .* készülékemről)$",
    re.IGNORECASE | re.MULTILINE,
)
_DISCLAIMER = re.compile(
    r"^.*(?:this e-?mail .{0,80}confidential|dit bericht .{0,80}vertrouwelijk"
    r"|ce message .{0,80}confidentiel|ez az üzenet .{0,80}bizalmas).*",
    re.IGNORECASE | re.MULTILINE,
)


def own_words(text: str) -> str:
    """Return what the writer wrote: no quoted reply, signature mark or disclaimer."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for end in (_WRAPPED_HEADER, _QUOTE_HEADER, _SIGNATURE, _DISCLAIMER):
        found = end.search(text)
        if found:
            text = text[: found.start()]
    lines = (line for line in text.split("\n") if not line.lstrip().startswith(">"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain_text(message: Message) -> str:
    """Return the readable text of a message: its plain part if it has one, else its HTML."""
    plain = list(_parts(message, "text/plain"))
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(from_html(text) for text in _parts(message, "text/html"))


def from_html(markup: str) -> str:
    """Return the text of an HTML body, up to where it quotes another message."""
    markup = _HTML_QUOTE.sub("", _HTML_UNSEEN.sub("", markup))
    return html.unescape(_HTML_TAG.sub("", _HTML_BREAK.sub("\n", markup)))


def _parts(message: Message, content_type: str) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == content_type and not part.get_filename():
            yield _decoded(part)


def _decoded(part: Message) -> str:
    """Return a part's text; an unknown or wrong charset costs characters, never the message."""
    if isinstance(part, EmailMessage):
        part.policy = part.policy.clone(raise_on_defect=False)
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):  # no such name, or none at all
        return payload.decode("utf-8", "replace")
