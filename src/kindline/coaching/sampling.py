"""
Which contacts a coach looks at: drawn, not picked, so that nobody is looked at for one bad day.

As many of each agent, from all of their contacts of a time: by chance alone, contacts for company
in their own share. What somebody felt, how long it took, or whether it went wrong draws nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sampling plan: how many contacts of each agent, and the seed that draws them again."""

    n_each: int
    seed: int


def drawn(contacts: Iterable[tuple[int, str]], plan: Plan) -> list[int]:
    """
    Return the numbers of the contacts to look at, from (number, agent).

    As many of each agent, or all of theirs where they had fewer; in an order that tells no agent.
    """
    by_agent: defaultdict[str, list[int]] = defaultdict(list)
    for number, agent in contacts:
        by_agent[agent].append(number)
    chance = Random(plan.seed)  # noqa: S311 -- no secret: who asks may draw it again
    chosen = [
        number
        for agent in sorted(by_agent)
        for number in chance.sample(sorted(by_agent[agent]), min(plan.n_each, len(by_agent[agent])))
    ]
    chance.shuffle(chosen)
    return chosen
