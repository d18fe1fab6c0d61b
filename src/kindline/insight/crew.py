"""
How many agents are behind a number, so that none about contacts becomes one about somebody.

How customers leave, whether they were heard, whether a matter was settled and what it took tell of
who took the contacts as well. Where these are fewer than five, such a number is told to nobody: a
queue, a language or an evening can be one agent's alone (FACTS 3.4, R17).
"""

from collections.abc import Mapping
from dataclasses import replace

from kindline.insight.where import NARROWED, Scope
from kindline.metrics.occupancy import FEWEST
from kindline.store.database import Tenancy
from kindline.store.handle_times import Handled, n_agents


def handled(scope: Scope) -> Handled:
    """Return the contacts of a scope as SQL knows them."""
    where = scope.where
    narrowed = {name: getattr(where, name) for name in NARROWED}
    return Handled(since=where.since, until=where.until, narrowed=narrowed)


def is_about_few(scope: Scope, tenancy: Tenancy) -> bool:
    """
    Return whether fewer than five agents took the contacts of a scope, or those left beside it.

    All less a part is the rest: the part is not told where that would be about somebody. Where no
    contact says who took it, all together are nobody's; a part of them may be somebody's.
    """
    meant = handled(scope)
    n = n_agents(tenancy, meant, at_most=FEWEST)
    if all(value is None for value in meant.narrowed.values()):
        return 0 < n < FEWEST
    n_beside = n_agents(tenancy, replace(meant, is_rest=True), at_most=FEWEST)
    return n < FEWEST or 0 < n_beside < FEWEST


def shown_teams(crews: Mapping[str | None, int]) -> list[str]:
    """
    Return the teams that may be told, by name.

    Those left out together, and whoever is in no team, are five at least or nobody: what is known
    of all and of the others would tell theirs.
    """
    large = {team: n for team, n in crews.items() if team is not None and n >= FEWEST}
    shown = sorted(large, key=lambda team: -large[team])
    while shown and 0 < sum(crews.values()) - sum(large[one] for one in shown) < FEWEST:
        shown.pop()
    return sorted(shown)
