"""Which conversations a question is about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kindline.store.facts import Facts

NARROWED = ("language", "channel", "queue", "country", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which facts are counted; what is not set is not asked for."""

    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    channel: str | None = None
    queue: str | None = None
    country: str | None = None
    reason: str | None = None
    zone: str = "UTC"  # whose clock tells hours and days of the week


def condition_of(where: Where) -> tuple[str, list[Any]]:
    """Return what narrows a query of facts, and the values it stands for."""
    parts, values = ["true"], list[Any]()
    for name in NARROWED:
        value = getattr(where, name)
        if value is not None:
            parts.append(f"{name} = ?")
            values.append(value)
    if where.since is not None:
        parts.append("happened_at >= ?")
        values.append(where.since.astimezone(UTC).replace(tzinfo=None))
    if where.until is not None:
        parts.append("happened_at < ?")
        values.append(where.until.astimezone(UTC).replace(tzinfo=None))
    return " AND ".join(parts), values


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A tenant's facts, narrowed; of fewer people than `fewest` nothing is told."""

    facts: Facts
    tenant: str
    where: Where = Where()
    fewest: int = 0

    def rows(self, columns: str, rest: str = "") -> list[dict[str, Any]]:
        """Return columns of the facts meant."""
        condition, values = condition_of(self.where)
        query = f"SELECT {columns} FROM facts WHERE {condition} {rest}"
        return self.facts.counts(self.tenant, query, values)

    def narrowed(self, name: str, value: str) -> "Scope":
        """Return the part of it of one queue, channel, language, country or reason."""
        only: dict[str, Any] = {name: value}
        return replace(self, where=replace(self.where, **only))

    def has_too_few(self, n: int) -> bool:
        """Return whether a number over so many could point at somebody."""
        return n < self.fewest


def listed(words: Iterable[str]) -> str:
    """Return words of ours as the list of a query."""
    return ", ".join(repr(word) for word in sorted(words))
