"""
How many agents are behind a number, so that none about contacts becomes one about somebody.

How customers leave, whether they were heard, whether a matter was settled and what it took tell of
who took the contacts as well. Where these are fewer than five, such a number is told to nobody: a
queue, a language or an evening can be one agent's alone (FACTS 3.4, R17).
"""

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
    Return whether fewer than five agents took the contacts of a scope.

    Where no contact says who took it, all together are nobody's; a part of them may be somebody's.
    """
    meant = handled(scope)
    n = n_agents(tenancy, meant, at_most=FEWEST)
    is_part = any(value is not None for value in meant.narrowed.values())
    return n < FEWEST if n or is_part else False
