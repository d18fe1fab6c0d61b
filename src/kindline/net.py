"""
The only file that opens a connection, and only when asked: to fetch an encoder, or to ask a
language model for a second opinion. Without those settings and commands nothing leaves the machine.
"""

from collections.abc import Mapping
import ipaddress
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

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
    parts = urlsplit(address)
    shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
    if parts.scheme not in _SCHEMES:
        raise UnavailableError(f"{shown}: not a web address")
    request = Request(address, data=body, headers=dict(headers or {}))  # noqa: S310  (checked)
    try:
        with urlopen(request, timeout=patience_s) as answer:  # noqa: S310  (checked)
            content: bytes = answer.read()
            return content
    except (URLError, OSError) as error:
        raise UnavailableError(f"{shown}: no answer ({type(error).__name__})") from None


def is_local(address: str) -> bool:
    """Return whether an address is on this machine: what is sent there never leaves it."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
