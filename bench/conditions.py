"""
Are planted bad conditions found at team level, and how often is something found that is not there?

    python bench/conditions.py [n centres]

Houses of 8 to 40 teams are drawn again and again: with nothing planted, also where teams differ by
more than chance besides; and with hazards that rise with the share of heavy contacts and occupancy.
"""

from collections.abc import Callable
from datetime import date
from math import exp, sqrt
from random import Random
import sys

from kindline.insight.leaving import WORSE
from kindline.metrics.hazard import Hazard, TeamTime, hazards
from kindline.metrics.kappa import kappa
from kindline.metrics.rate import rate
from kindline.metrics.survival import survival, there_after
from kindline.model.estimate import Estimate
from kindline.simulation.staff import Planted, people, teams
from kindline.wellbeing.attrition import at_risk

SPANS = {
    "heavy": (0.05, 0.30),
    "given": (0.02, 0.20),
    "occupancy": (0.60, 0.95),
    "rested": (0.10, 0.90),
    "ended": (0.0, 0.30),
}
LEAVING = 0.25  # a year
SO, RIGHT = 0.4, 0.85  # of things those that are so; of what either of two people says, the right
_YES = SO * RIGHT + (1 - SO) * (1 - RIGHT)
_SAME, _CHANCE = RIGHT**2 + (1 - RIGHT) ** 2, _YES**2 + (1 - _YES) ** 2
KAPPA = (_SAME - _CHANCE) / (1 - _CHANCE)
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
        },
        WORSE,
    )


def main() -> None:
    """Print how often what is found."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    coverage(5 * n)
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


def coverage(n: int) -> None:
    """Print how often intervals of rates, curves and kappa hold what is true."""
    for years in (20.0, 100.0):
        print(f"rate over {years:.0f} years: {_share(_rate_holds, n, years):.1%}")
    for n_people in (20, 100):
        share = _share(_curve_holds, n, n_people)
        print(f"still there after a year, {n_people} people: {share:.1%}")
    for n_things in (30, 100):
        print(f"kappa, {n_things} things: {_share(_kappa_holds, n // 5, n_things):.1%}")


def _share(holds: Callable[[Random, float], bool | None], n: int, size: float) -> float:
    chance = Random(7)  # noqa: S311 -- no secret
    told = [one for one in (holds(chance, size) for _ in range(n)) if one is not None]
    return sum(told) / len(told)


def _rate_holds(chance: Random, years: float) -> bool:
    n_left, at = 0, chance.expovariate(LEAVING)
    while at < years:
        n_left, at = n_left + 1, at + chance.expovariate(LEAVING)
    return _within(rate(n_left, years, n=20), LEAVING)


def _curve_holds(chance: Random, n_people: float) -> bool | None:
    spells = [_spell(chance) for _ in range(round(n_people))]
    steps = survival(spells)
    if steps is None:
        return None
    return _within(there_after(steps, 365, len(spells)), exp(-LEAVING))


def _kappa_holds(chance: Random, n_things: float) -> bool:
    truth = [chance.random() < SO for _ in range(round(n_things))]
    return _within(kappa([(_heard(chance, so), _heard(chance, so)) for so in truth]), KAPPA)


def _spell(chance: Random) -> tuple[int, bool]:
    stays, seen = chance.expovariate(LEAVING) * 365, chance.uniform(100, 1_000)
    return max(1, round(min(stays, seen))), stays < seen


def _heard(chance: Random, so: bool) -> bool:
    return so if chance.random() < RIGHT else not so


def _within(told: Estimate, truth: float) -> bool:
    return told.low is not None and told.high is not None and told.low <= truth <= told.high


def _holds(told: Hazard, ratio: float) -> bool:
    low, high = told.ratio.low, told.ratio.high
    return low is not None and high is not None and low <= ratio <= high


if __name__ == "__main__":
    main()
