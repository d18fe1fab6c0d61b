"""
Are planted bad conditions found at team level, and how often is something found that is not there?

    python bench/conditions.py [n centres]

Houses of 8 to 40 teams are drawn again and again: with nothing planted, also where teams differ by
more than chance besides; and with hazards that rise with the share of heavy contacts and occupancy.
"""

from datetime import date
from math import sqrt
from random import Random
import sys

from kindline.metrics.hazard import Hazard, TeamTime, hazards
from kindline.simulation.staff import Planted, people, teams
from kindline.wellbeing.attrition import at_risk

SPANS = {
    "heavy": (0.05, 0.30),
    "given": (0.02, 0.20),
    "occupancy": (0.60, 0.95),
    "rested": (0.10, 0.90),
    "ended": (0.0, 0.30),
}
UNTIL, SINCE = date(2026, 10, 1), date(2025, 10, 1)


def house(seed: int, n_teams: int, planted: Planted) -> dict[str, Hazard]:
    """Return what is found in a house that is drawn."""
    chance = Random(seed)  # noqa: S311 -- no secret
    some = teams(chance, n_teams, SPANS)
    every = list(people(chance, some, planted, UNTIL))
    times = {
        team.name: at_risk([one for one in every if one.team == team.name], SINCE, UNTIL)
        for team in some
    }
    return hazards(
        {
            name: [
                TeamTime(
                    n_left=times[team.name][0],
                    years=times[team.name][1],
                    condition=team.conditions[name],
                )
                for team in some
            ]
            for name in SPANS
        }
    )


def main() -> None:
    """Print how often what is found."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    for n_teams in (8, 12, 20, 40):
        for beside in (0.0, 0.4):
            planted = Planted(beside=beside)
            found = [house(seed, n_teams, planted) for seed in range(n)]
            n_false = sum(any(one.is_found for one in told.values()) for told in found)
            share = n_false / n
            print(
                f"nothing planted, {n_teams} teams, beside {beside}: {n_false} of {n} houses "
                f"with a false finding ({share:.1%} ± {1.96 * sqrt(share * (1 - share) / n):.1%})"
            )
    for n_teams in (12, 20, 40):
        for n_seats in (15, 40):
            planted = Planted(ratios={"heavy": 1.6, "occupancy": 1.5}, beside=0.2, n_seats=n_seats)
            found = [house(10_000 + seed, n_teams, planted) for seed in range(n)]
            hits = {name: sum(told[name].is_found for told in found) / n for name in SPANS}
            held = sum(_holds(told["heavy"], 1.6) for told in found) / n
            print(
                f"heavy x1.6, occupancy x1.5 by ten points, {n_teams} teams of {n_seats}: "
                + ", ".join(f"{name} {share:.0%}" for name, share in hits.items())
                + f"; interval of heavy holds 1.6 in {held:.0%}"
            )


def _holds(told: Hazard, ratio: float) -> bool:
    low, high = told.ratio.low, told.ratio.high
    return low is not None and high is not None and low <= ratio <= high


if __name__ == "__main__":
    main()
