"""
Do forecasts hold what they promise?

    python bench/forecast.py [--n 200]

Series of weekly shares with known levels: some stand, some wander slowly, some fast, each of 14, 26
or 52 weeks; the four weeks after are kept aside. Printed: how often they lay in the interval
foretold (95 of 100 are promised), and the mean error beside that of "as the last week".
"""

import argparse
import json

import numpy as np

from kindline.metrics.forecast import forecast_share

WANDERS = (0.0, 0.004, 0.01)  # standard deviation a week, on the arcsine root
WEEKS, AHEAD, CONTACTS = (14, 26, 52), 4, 600


def main() -> None:
    """Print one JSON object."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=200)
    n = options.parse_args().n
    print(json.dumps({str(moves): _measured(moves, n) for moves in WANDERS}, indent=1))


def _measured(moves: float, n: int) -> dict[str, float]:
    random = np.random.default_rng(20261127)
    held: list[bool] = []
    errors: list[float] = []
    naive: list[float] = []
    for _ in range(n):
        n_weeks = int(random.choice(WEEKS))
        levels = np.cumsum(random.normal(0, moves, n_weeks + AHEAD)) + 0.25
        counted = random.binomial(CONTACTS, np.sin(levels) ** 2)
        told = forecast_share([(int(k), CONTACTS) for k in counted[:n_weeks]])
        if told is None:
            raise SystemExit("a series of so many weeks is foretold")
        came = counted[n_weeks:] / CONTACTS
        held += [bool(s.low <= c <= s.high) for s, c in zip(told.steps, came, strict=True)]
        errors += [abs(s.value - c) for s, c in zip(told.steps, came, strict=True)]
        naive += [abs(counted[n_weeks - 1] / CONTACTS - c) for c in came]
    return {
        "held": round(float(np.mean(held)), 3),
        "error, points": round(100 * float(np.mean(errors)), 2),
        "as the last week, points": round(100 * float(np.mean(naive)), 2),
    }


if __name__ == "__main__":
    main()
