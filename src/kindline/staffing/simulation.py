"""
A queue played through, call by call: where some callers want their matter done and some company.

Handle times are a mixture, which no formula of Erlang's takes. The first who waits is served first;
whoever loses patience leaves. Seeded: the same question has the same answer.
"""

from dataclasses import dataclass
import heapq
import math

import numpy as np
import numpy.typing as npt

_HOUR_S = 3600.0
_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """
    What callers bring: a share of them company, each kind with a mean handle time in seconds.

    `given_s` is what the house gives on purpose to each caller who came for company (kindness
    budget): it is part of their handle time and caps it, None where nothing does.
    """

    calls_an_hour: float
    service_s: float
    company_s: float = 900.0
    company_share: float = 0.0
    given_s: float | None = None
    patience_s: float | None = None

    @property
    def company_takes_s(self) -> float:
        """Return the mean handle time of callers who came for company, capped by what is given."""
        if self.given_s is None:
            return self.company_s
        return min(self.company_s, self.service_s + self.given_s)

    @property
    def mean_s(self) -> float:
        """Return the mean handle time of all."""
        share = self.company_share
        return (1 - share) * self.service_s + share * self.company_takes_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """
    How a queue was served in a simulation, with 95 % intervals over its batches of hours.

    Shares are 0 to 1. `n` is the calls that were counted, after the queue had warmed up.
    """

    agents: int
    n: int
    service_level: float
    service_level_low: float
    service_level_high: float
    wait_s: float
    occupancy: float
    abandoned: float


def played(
    mixture: Mixture,
    agents: int,
    *,
    within_s: float = 20.0,
    hours: int = 400,
    seed: int = 5,
) -> Played:
    """Return how a number of agents serves a mixture over many hours alike."""
    chance = np.random.default_rng(seed)
    arrivals = _arrivals(mixture, hours, chance)
    handle = _handle_times(mixture, len(arrivals), chance)
    patience = np.full(len(arrivals), math.inf)
    if mixture.patience_s is not None:
        patience = chance.exponential(mixture.patience_s, len(arrivals))
    waits, served = _served(arrivals, handle, patience, agents)
    warm = arrivals >= hours * _HOUR_S / 20
    in_time = (served & (waits <= within_s))[warm]
    level, low, high = _batched(in_time, batches=20)
    busy_s = float(handle[warm & served].sum())
    return Played(
        agents=agents,
        n=int(warm.sum()),
        service_level=level,
        service_level_low=low,
        service_level_high=high,
        wait_s=float(waits[warm].mean()),
        occupancy=min(1.0, busy_s / (agents * hours * _HOUR_S * 19 / 20)),
        abandoned=float(1 - served[warm].mean()),
    )


def _arrivals(mixture: Mixture, hours: int, chance: np.random.Generator) -> npt.NDArray[np.float64]:
    n = round(mixture.calls_an_hour * hours)
    return np.sort(chance.uniform(0, hours * _HOUR_S, n))


def _handle_times(mixture: Mixture, n: int, chance: np.random.Generator) -> npt.NDArray[np.float64]:
    is_company = chance.random(n) < mixture.company_share
    means = np.where(is_company, mixture.company_takes_s, mixture.service_s)
    return chance.exponential(1.0, n) * means


def _served(
    arrivals: npt.NDArray[np.float64],
    handle: npt.NDArray[np.float64],
    patience: npt.NDArray[np.float64],
    agents: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return how long each waited and whether they were served: first come, first served."""
    free_at = [0.0] * agents
    heapq.heapify(free_at)
    waits, served = np.zeros(len(arrivals)), np.ones(len(arrivals), dtype=np.bool_)
    for n, (at, takes, waits_for) in enumerate(
        zip(arrivals.tolist(), handle.tolist(), patience.tolist(), strict=True)
    ):
        wait = max(0.0, free_at[0] - at)
        if wait > waits_for:
            waits[n], served[n] = waits_for, False
            continue
        heapq.heapreplace(free_at, at + wait + takes)
        waits[n] = wait
    return waits, served


def _batched(in_time: npt.NDArray[np.bool_], *, batches: int) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval: neighbours wait alike, batches of hours less so."""
    means = np.array([part.mean() for part in np.array_split(in_time, batches)])
    centre, half = float(means.mean()), _Z * float(means.std(ddof=1)) / math.sqrt(batches)
    return centre, max(0.0, centre - half), min(1.0, centre + half)
