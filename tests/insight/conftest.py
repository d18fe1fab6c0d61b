"""A simulated centre, made once: its truth is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kindline.insight.where import Scope, Where
from kindline.intake.event_logs import mapping, read
from kindline.selfservice.journeys import journeys
from kindline.simulation.drawing import Drawing
from kindline.simulation.writing import EVENTS, Truth, write
from kindline.store.database import OWN, Store, opened
from kindline.store.facts import Facts
from kindline.store.journeys import link, save_journeys

UNTIL = datetime(2026, 11, 27, tzinfo=UTC)
N_CONTACTS = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A centre with its store, its facts, and its truth."""

    store: Store
    facts: Facts
    truth: Truth
    home: Path

    def scope(self, **where: Any) -> Scope:
        """Return all of its facts, or some."""
        return Scope(facts=self.facts, tenant=OWN, where=Where(**where))

    @property
    def since(self) -> datetime:
        """Return when it begins."""
        return UNTIL - timedelta(weeks=60)


@pytest.fixture(scope="package")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """Return a centre of some thousand contacts, with its log read as anybody's is."""
    home = tmp_path_factory.mktemp("centre")
    store, facts = opened(home / "kindline.db"), Facts(home / "facts")
    drawing = Drawing(random=Random(11), until=UNTIL)  # noqa: S311 -- no secret
    truth = write(store, home, drawing, n_contacts=N_CONTACTS)
    log = read(home / EVENTS, mapping("plain"))
    assert log.rejected == []
    with store.begin() as tenancy:
        save_journeys(tenancy, journeys(log.events), now=UNTIL)
        link(tenancy)
    with store.read() as tenancy:
        facts.refresh(tenancy)
    yield Centre(store=store, facts=facts, truth=truth, home=home)
    facts.close()
    store.close()
