"""Which rows a list means: found in the facts, opened in SQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.insight.shares import COUNTED, Need
from kindline.insight.where import Where, condition_of
from kindline.store.facts import Facts

_FEW = 2_000
MOST_PLACES = 400  # that a search opens at once
_MANY, _LATEST = 50_000, 5_000


def latest_among(
    facts: Facts,
    tenant: str,
    where: Where,
    need: Need | None,
    numbers: npt.NDArray[np.int64],
    *,
    before: tuple[datetime, int] | None,
) -> tuple[list[tuple[datetime, int]], int]:
    """
    Return hour and number of the latest of these conversations, and how many there are at most.

    `MOST_PLACES` of them, from before a place in that order; the others count along.
    """
    condition, values = condition_of(where)
    hour, number = before or (datetime.max.replace(tzinfo=UTC), 0)
    place, holds = (hour.replace(tzinfo=None), number), _holds(need)
    if len(numbers) > _MANY:  # nearly each of the latest is among them: no need to go through all
        latest = facts.counts(
            tenant,
            f"SELECT happened_at, number FROM facts WHERE {condition}{holds} "  # noqa: S608
            f"AND (happened_at, number) < (?, ?) ORDER BY 1 DESC, 2 DESC LIMIT {_LATEST}",
            [*values, *place],
        )
        sought = np.array([row["number"] for row in latest], np.int64)
        beside = np.minimum(np.searchsorted(numbers, sought), len(numbers) - 1)  # they are in order
        there = numbers[beside] == sought
        some = [row for row, is_there in zip(latest, there, strict=True) if is_there]
        if len(some) >= MOST_PLACES:
            return _places(some[:MOST_PLACES]), len(numbers)
    found = facts.counts(
        tenant,
        f", meant AS (SELECT happened_at, number FROM facts WHERE {condition}{holds}) "  # noqa: S608
        "SELECT *, (SELECT count(*) FROM meant) AS n FROM meant "
        f"WHERE (happened_at, number) < (?, ?) ORDER BY 1 DESC, 2 DESC LIMIT {MOST_PLACES}",
        [*values, *place],
        among=numbers,
    )
    return _places(found), found[0]["n"] if found else 0


def _places(rows: Sequence[Mapping[str, Any]]) -> list[tuple[datetime, int]]:
    return [(row["happened_at"].replace(tzinfo=UTC), row["number"]) for row in rows]


def few_numbers(facts: Facts, tenant: str, where: Where, need: Need | None) -> list[int] | None:
    """
    Return the row numbers of the conversations meant where they are few; None where they are many.

    Many are soon found by going through the latest; few would be looked for among all.
    """
    condition, values = condition_of(where)
    found = facts.counts(
        tenant,
        f"SELECT number FROM facts WHERE {condition}{_holds(need)} LIMIT {_FEW + 1}",  # noqa: S608
        values,
    )
    return None if len(found) > _FEW else [row["number"] for row in found]


def _holds(need: Need | None) -> str:
    return "" if need is None else f" AND {need} = '{COUNTED.get(need, ('present',))[0]}'"
