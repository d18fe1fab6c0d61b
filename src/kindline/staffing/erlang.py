"""
Erlang C and A: one queue, calls at random, handle times that fade exponentially (FACTS 5.2).

C: nobody hangs up. A: patience fades exponentially too (Garnett, Mandelbaum and Reiman 2002). Both
by recursions that stay small numbers, never by factorials; test vectors in FACTS 5.2.
"""

from dataclasses import dataclass
import math

_NEGLIGIBLE = 1e-12
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Calls an hour, mean handle time and, for Erlang A, mean patience, both in seconds."""

    calls_an_hour: float
    handle_s: float
    patience_s: float | None = None

    def __post_init__(self) -> None:
        if self.calls_an_hour <= 0 or self.handle_s <= 0:
            raise ValueError("calls and handle time are more than nothing")
        if self.patience_s is not None and self.patience_s <= 0:
            raise ValueError("patience is more than nothing")

    @property
    def load(self) -> float:
        """Return the offered load, in erlangs: calls that would go on at once."""
        return self.calls_an_hour * self.handle_s / _HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    How a queue is served. Shares are 0 to 1; `wait_s` is the mean over all calls.

    `service_level` is None where the formula tells none (Erlang A); `abandoned` is 0 in C, where
    nobody hangs up.
    """

    agents: int
    waits: float
    wait_s: float
    occupancy: float
    abandoned: float
    service_level: float | None


def erlang_c(demand: Demand, agents: int, *, within_s: float = 20.0) -> Served | None:
    """Return how a queue is served where nobody hangs up; None where it would grow for ever."""
    load = demand.load
    if agents <= load:
        return None
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - (load / agents) * (1 - blocked))
    free = agents - load
    return Served(
        agents=agents,
        waits=waits,
        wait_s=waits * demand.handle_s / free,
        occupancy=load / agents,
        abandoned=0.0,
        service_level=1 - waits * math.exp(-free * within_s / demand.handle_s),
    )


def erlang_a(demand: Demand, agents: int) -> Served:
    """Return how a queue is served where callers lose patience; raises ValueError without it."""
    if demand.patience_s is None:
        raise ValueError("Erlang A needs a mean patience")
    arrive = demand.calls_an_hour / _HOUR_S
    leave, lose = 1 / demand.handle_s, 1 / demand.patience_s
    weight = total = 1.0
    busy = queued = waiting = 0.0
    in_system = 0
    while True:
        in_system += 1
        over = max(0, in_system - agents)
        weight *= arrive / (min(in_system, agents) * leave + over * lose)
        total += weight
        busy += weight * min(in_system, agents)
        queued += weight * over
        waiting += weight * (in_system >= agents)
        if total > 1 / _NEGLIGIBLE:  # keep the numbers small, their ratios as they are
            weight, total, busy, queued, waiting = (
                one / total for one in (weight, total, busy, queued, waiting)
            )
        if in_system > agents and weight < _NEGLIGIBLE * total:
            break
    mean_queue = queued / total
    return Served(
        agents=agents,
        waits=waiting / total,
        wait_s=mean_queue / arrive,
        occupancy=busy / total / agents,
        abandoned=mean_queue * lose / arrive,
        service_level=None,
    )


def agents_needed(demand: Demand, *, service_level: float = 0.8, within_s: float = 20.0) -> int:
    """Return the fewest agents that answer that share in time, where nobody hangs up."""
    agents = max(1, math.floor(demand.load) + 1)
    while True:
        served = erlang_c(demand, agents, within_s=within_s)
        if served is not None and (served.service_level or 0.0) >= service_level:
            return agents
        agents += 1
