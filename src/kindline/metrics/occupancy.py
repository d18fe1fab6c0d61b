"""
Occupancy: the share of an agent's time in the queue that goes to contacts.

Handling and after-call work over these and waiting; breaks and recovery are neither, so that taking
one never looks like idling (FACTS 5.1). From 65 to 75 % is room to recover, above 85 % is pressure.
Agents are the sample: the interval is that of a ratio over them, and fewer than five have no value.
"""

from collections.abc import Sequence
from math import sqrt

from kindline.model.estimate import Estimate

FEWEST = 5  # agents; of fewer a number would be about somebody
_Z = 1.959964
_METHOD = "ratio over agents, 95 % by linearisation"


def occupancy(agents: Sequence[tuple[int, int]]) -> Estimate:
    """
    Return the occupancy of a group from (busy, waiting) milliseconds of each agent.

    Agents with no time in the queue are unjudged.
    """
    seen = [(busy, busy + waiting) for busy, waiting in agents if busy + waiting > 0]
    n, n_unjudged = len(seen), len(agents) - len(seen)
    if n < FEWEST:
        method = f"{_METHOD}; fewer than {FEWEST} agents have none"
        return Estimate(value=None, low=None, high=None, n=n, n_unjudged=n_unjudged, method=method)
    whole = sum(total for _, total in seen)
    value = sum(busy for busy, _ in seen) / whole
    scatter = sum((busy - value * total) ** 2 for busy, total in seen)
    error = sqrt(n / (n - 1) * scatter) / whole
    return Estimate(
        value=value,
        low=max(0.0, value - _Z * error),
        high=min(1.0, value + _Z * error),
        n=n,
        n_unjudged=n_unjudged,
        method=_METHOD,
    )
