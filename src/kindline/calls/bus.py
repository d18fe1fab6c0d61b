"""
How processes that share a store tell each other that something changed.

A note says what changed, never how: who hears it looks. Whoever lost the connection looks at
everything once it is there again.
"""

from collections.abc import Callable
import json
import secrets
from threading import Event, Thread
from typing import Any, NamedTuple, Protocol

from sqlalchemy import URL, text

from kindline.extras import library
from kindline.store.database import Store, Tenancy

CHANNEL = "kindline_calls"
_PATIENCE_S = 1.0


class Note(NamedTuple):
    """What changed: a call, or the cases of a tenant (`name` is then `cases`)."""

    tenant: str
    name: str


CASES = "cases"
EVERYTHING = Note("", "")
Heard = Callable[[Note], None]


class Bus(Protocol):
    """What tells other processes."""

    def tell(self, tenancy: Tenancy, notes: list[Note]) -> None:
        """Tell others, once the transaction is kept."""
        ...

    def listen(self, heard: Heard) -> None:
        """Call back for what others tell, from a thread."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


class Alone:
    """One process: there is nobody to tell."""

    def tell(self, tenancy: Tenancy, notes: list[Note]) -> None:
        """Tell nobody."""

    def listen(self, heard: Heard) -> None:
        """Hear nothing."""

    def close(self) -> None:
        """Do nothing."""


class Notify:
    """PostgreSQL's LISTEN and NOTIFY: p99 7 ms between workers, none lost (DESIGN 5)."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._own = secrets.token_hex(4)
        self._over = Event()

    def tell(self, tenancy: Tenancy, notes: list[Note]) -> None:
        """Put notes into the transaction: PostgreSQL sends them when it is kept."""
        put = text("SELECT pg_notify(:channel, :note)")
        for note in notes:
            told = {"channel": CHANNEL, "note": json.dumps([self._own, *note])}
            tenancy.connection.execute(put, told)

    def listen(self, heard: Heard) -> None:
        """Listen on a connection of its own, made anew whenever it breaks."""
        psycopg = library("psycopg", "postgres")
        Thread(target=self._run, args=(psycopg, heard), daemon=True).start()

    def close(self) -> None:
        """Listen no more; the thread sees it within a second, and nobody waits for that."""
        self._over.set()

    def _run(self, psycopg: Any, heard: Heard) -> None:
        while not self._over.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    heard(EVERYTHING)  # what was told while nobody listened is lost
                    self._hear(connection, heard)
            except psycopg.Error:
                self._over.wait(_PATIENCE_S)

    def _hear(self, connection: Any, heard: Heard) -> None:
        while not self._over.is_set():
            for told in connection.notifies(timeout=_PATIENCE_S):
                whose, tenant, name = json.loads(told.payload)
                if whose != self._own:
                    heard(Note(tenant, name))


def bus_of(store: Store) -> Bus:
    """Return what tells the other processes of a store."""
    if store.engine.dialect.name == "postgresql":
        return Notify(store.engine.url)
    return Alone()
