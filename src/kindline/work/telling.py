"""
Telling other systems: a signed request for each event and address.

The body is JSON with `event`, `event_id`, `made_at`, `data`. `Kindline-Signature` holds the time of
sending and the HMAC-SHA256 of time, a point and the body under the address's secret: a receiver
checks it, refuses what is old, and does an `event_id` once, as a request may come again.
"""

from datetime import datetime
import hashlib
import hmac
import json
from urllib.parse import urlsplit

from kindline.net import fetched, is_local
from kindline.store.database import Store
from kindline.store.hooks import opened_hook
from kindline.store.jobs import Job

PATIENCE_S = 10


def tell(store: Store, job: Job, *, hosts: frozenset[str], now: datetime) -> bool:
    """Send what a job holds; return False where nobody is to be told any more."""
    with store.read() as tenancy:
        opened = opened_hook(tenancy, job.told["hook_id"], job.told["event"])
    if opened is None or not may_be_told(opened[0], hosts):
        return False
    address, secret = opened
    told = {
        "event": job.told["event"],
        "event_id": job.job_id,
        "made_at": now.isoformat(),
        "data": job.told["data"],
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    sent_at = str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "kindline-event": job.told["event"],
        "kindline-signature": f"t={sent_at},v1={signature(secret, sent_at, body)}",
    }
    fetched(address, body=body, headers=headers, patience_s=PATIENCE_S)
    return True


def signature(secret: str, sent_at: str, body: bytes) -> str:
    """Return the signature of a request, as hexadecimal digits."""
    return hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()


def may_be_told(address: str, hosts: frozenset[str]) -> bool:
    """Return whether settings name the host, and the way there is https or this machine."""
    try:
        parts = urlsplit(address)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_local(address))
    except ValueError:
        return False
    return is_safe and "@" not in parts.netloc and parts.netloc.lower() in hosts


def hosts_of(setting: str | None) -> frozenset[str]:
    """Return the hosts that a setting names."""
    named = (part.strip().lower() for part in (setting or "").split(","))
    return frozenset(name for name in named if name)
