"""What every request stands on: the store, the facts, the clock, the policy set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kindline.policy import Policy
from kindline.store.database import Store
from kindline.store.facts import Facts
from kindline.web.live import Live
from kindline.web.provider import Provider
from kindline.web.signing_in import Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Held for the life of a process. `address` is where people reach it: https://kindline.example."""

    store: Store
    facts: Facts
    policy: Policy
    clock: Callable[[], datetime]
    passwords: Passwords
    address: str
    home: Path
    live: Live
    provider: Provider | None = None
    zone: str = "UTC"  # whose clock tells hours and days
    country: str | None = None  # where contacts are that say no country
    webhook_hosts: frozenset[str] = frozenset()

    @property
    def is_https(self) -> bool:
        """Return whether browsers reach it by https: cookies then go by no other way."""
        return self.address.startswith("https://")
