"""
The only file that opens a connection, and only when asked: to fetch an encoder, to ask a language
model for a second opinion, to tell others what they asked to be told, to hand in mails. Without
those settings and commands nothing leaves the machine.
"""

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from http.client import HTTPException
import ipaddress
from smtplib import SMTP, SMTP_SSL, SMTPException
import ssl
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from kindline.errors import UnavailableError

_SCHEMES = ("http", "https")


def fetched(
    address: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    patience_s: float = 60,
) -> bytes:
    """Return what a web address answers; what is sent stands in no error."""
    shown = _shown(address)
    request = Request(address, data=body, headers=dict(headers or {}))  # noqa: S310  (checked)
    try:
        with _opener(address, is_sending=body is not None).open(
            request, None, patience_s
        ) as answer:
            content: bytes = answer.read()
            return content
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise UnavailableError(f"{shown}: no answer ({type(error).__name__})") from None


def mailed(
    server: str,
    mails: Sequence[EmailMessage],
    *,
    password: str | None = None,
    patience_s: float = 10,
) -> None:
    """
    Hand mails in at `smtp://USER@HOST:PORT` or `smtps://`; raises UnavailableError.

    To another machine nothing goes in the clear: `smtp://` there must offer STARTTLS.
    """
    parts = urlsplit(server)
    host = parts.hostname or ""
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise UnavailableError("KINDLINE_SMTP: smtp://HOST:PORT or smtps://HOST is expected")
    secure = ssl.create_default_context()
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 25)
        if parts.scheme == "smtps":
            connection: SMTP = SMTP_SSL(host, port, timeout=patience_s, context=secure)
        else:
            connection = SMTP(host, port, timeout=patience_s)
        with connection:
            if parts.scheme == "smtp" and not is_local(server):
                connection.starttls(context=secure)
            if parts.username and password:
                connection.login(parts.username, password)
            for mail in mails:
                connection.send_message(mail)
    except (SMTPException, OSError, ValueError) as error:
        raise UnavailableError(f"{host}: no mail taken ({type(error).__name__})") from None


def is_local(address: str) -> bool:
    """Return whether an address is on this machine: what is sent there never leaves it."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _opener(address: str, *, is_sending: bool) -> OpenerDirector:
    """Return what opens an address: past proxies on this machine, and sending to no second one."""
    proxies = ProxyHandler({}) if is_local(address) else ProxyHandler()
    if not is_sending:
        return build_opener(proxies)
    opener = OpenerDirector()  # one that knows of no redirects
    errors = (HTTPErrorProcessor(), HTTPDefaultErrorHandler())
    for handler in (proxies, HTTPHandler(), HTTPSHandler(), *errors):
        opener.add_handler(handler)
    return opener


def _shown(address: str) -> str:
    """Return an address as errors may show it, without names, keys or questions."""
    try:
        parts = urlsplit(address)
        shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
    except ValueError:
        raise UnavailableError("not a web address") from None
    if parts.scheme not in _SCHEMES:
        raise UnavailableError(f"{shown}: not a web address")
    return shown
