"""A switchboard on a store of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kindline.calls.bus import Alone
from kindline.calls.switchboard import Switchboard
from kindline.store.database import Store
from kindline.store.people import ensure_tenant
from tests.calls.lives import house_of


class Clock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(now: datetime) -> Clock:
    """Return a clock that stands still."""
    return Clock(now)


@pytest.fixture
def board(store: Store, clock: Clock) -> Iterator[Switchboard]:
    """Return a switchboard that runs."""
    with store.begin() as tenancy:
        ensure_tenant(tenancy, "own", now=clock())
    made = Switchboard(store, house_of(clock), Alone())
    made.start()
    yield made
    made.stop()
