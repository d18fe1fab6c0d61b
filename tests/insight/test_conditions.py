"""Team conditions: whole quarters, five agents or more, and nobody to be found by taking apart."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from kindline.insight.conditions import conditions, quarter, quarters
from kindline.insight.crew import shown_teams
from kindline.insight.leaving import leaving
from kindline.metrics.occupancy import FEWEST
from kindline.model.estimate import Estimate
from kindline.simulation.staff import Planted, Team, people, teams
from kindline.store.database import Store, opened
from kindline.store.people import add_team, put_agents
from kindline.store.staff import keep_occupancy, replace_staff
from kindline.wellbeing.pulse import items, told_of
from tests.insight.contacts import contact, put, put_all

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
Q3 = quarter(2026, 3)


def house(store: Store, crews: dict[str, int], *, per_agent: int = 6) -> None:
    """Put contacts of teams of so many agents into the third quarter."""
    chance = Random(1)  # noqa: S311 -- no secret
    for team, n in crews.items():
        with store.begin() as tenancy:
            team_id = add_team(tenancy, team)
            put_agents(tenancy, {f"{team}-{number}": team_id for number in range(n)})
        for number in range(n):
            for each in range(per_agent):
                at = Q3.since + timedelta(days=chance.randrange(1, 85), hours=each)
                put(store, f"{team}-{number}", at, is_company=chance.random() < 0.3)


def test_quarters_are_whole_and_past() -> None:
    """The running one changes by the day, and by that by a person."""
    found = quarters(NOW, 5)
    assert [one.name for one in found] == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3"]
    assert (found[3].since, found[3].until) == (
        datetime(2025, 10, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_small_teams_are_not_told_nor_those_who_would_tell_of_them(store: Store) -> None:
    """Four are hidden; and one large team beside them, or all less the large would be the four."""
    house(store, {"Big": 6, "Bigger": 7, "Small": 4})
    with store.read() as tenancy:
        found = {one.team: one.n_agents for one in conditions(tenancy, Q3.since, Q3.until)}
    assert found == {"Bigger": 7}


def test_conditions_are_shares_with_intervals_over_agents(store: Store) -> None:
    """Of contacts those that were heavy; what is not known is None and never 0."""
    house(store, {"Big": 8})
    with store.read() as tenancy:
        (one,) = conditions(tenancy, Q3.since, Q3.until)
        assert conditions(tenancy, Q3.until, Q3.until + timedelta(days=90)) == []
    assert one.heavy.value is not None
    assert one.heavy.low is not None
    assert one.heavy.high is not None
    assert 0 <= one.heavy.low < one.heavy.value < one.heavy.high <= 1
    assert one.heavy.n == 8
    assert (one.occupancy, one.rested, one.ended) == (None, None, None)
    assert one.spread is not None


@pytest.mark.parametrize("seed", range(30))
def test_no_small_group_comes_out_of_what_is_shown(seed: int) -> None:
    """
    Whatever teams there are: no sum or difference of shown numbers is about one to four people.

    Whoever knows all of a house, its teams and their sizes can form them; what is left over is five
    at least, or nobody.
    """
    chance = Random(seed)  # noqa: S311 -- no secret
    crews: Counter[str | None] = Counter(
        {f"t{n}": chance.randrange(1, 12) for n in range(chance.randrange(1, 7))}
    )
    crews[None] = chance.choice((0, 0, 1, 3, 8))
    shown = shown_teams(crews)
    whole = sum(crews.values())
    for n in range(1, len(shown) + 1):  # where none is shown, neither is the whole
        for some in combinations(shown, n):
            rest = whole - sum(crews[team] for team in some)
            assert rest == 0 or rest >= FEWEST


def test_nobodys_answer_comes_out_of_a_pulse() -> None:
    """
    Who knows the published numbers seldom sees that one colleague's answer changed.

    Two teams of eight that differ in one answer of one colleague are told apart by the strain that
    is shown in fewer than one of four cases. (Four of five who put their answers together can work
    out the fifth's to within the rounding: docs/explanation/load-and-conditions.md.)
    """
    chance = Random(5)  # noqa: S311 -- no secret
    names = [one.name for one in items()]
    n_told_apart = n_tried = 0
    for _ in range(400):
        team = [{name: chance.randrange(5) for name in names} for _ in range(8)]
        other = [*team[:-1], {**team[-1], names[0]: chance.randrange(5)}]
        one, two = told_of(team), told_of(other)
        assert one is not None
        assert two is not None
        n_tried += 1
        n_told_apart += one.strain != two.strain
    assert n_told_apart / n_tried < 0.25


def test_an_insider_finds_no_colleagues_load(tmp_path: Path) -> None:
    """
    Re-identification: who knows every team, its size and their own contacts asks of one colleague.

    Two houses are alike but for one agent of a team of four, whose contacts are all heavy or none
    is. All that is shown is the same in both: neither the team nor the rest of the house tells.
    """
    shown = []
    for heavy in (True, False):
        store = opened(tmp_path / f"{heavy}.db")
        for team, n in (("Five", 5), ("Four", 4), ("Many", 9)):
            with store.begin() as tenancy:
                team_id = add_team(tenancy, team)
                put_agents(tenancy, {f"{team}-{number}": team_id for number in range(n)})
            for number in range(n):
                for each in range(4):
                    is_one = team == "Four" and number == 0
                    at = Q3.since + timedelta(days=each + 1)
                    put(store, f"{team}-{number}", at, is_company=heavy if is_one else each == 0)
        with store.read() as tenancy:
            found = conditions(tenancy, Q3.since, Q3.until)
        shown.append([(one.team, one.n_agents, one.heavy) for one in found])
        store.close()
    assert shown[0] == shown[1]
    assert "Four" not in {team for team, _, _ in shown[0]}


def test_what_is_planted_in_a_house_is_found_from_its_contacts(tmp_path: Path) -> None:
    """
    From stored contacts and an extract to what is found: where heavy contacts are more, more leave.

    Thirty teams of six; a year; twice as many leavers by ten points of heavy contacts. Occupancy is
    drawn beside it and goes with nothing.
    """
    chance = Random(11)  # noqa: S311 -- no secret
    some = teams(chance, 30, {"heavy": (0.05, 0.45), "occupancy": (0.6, 0.9)})
    store = opened(tmp_path / "house.db")
    for team in some:
        with store.begin() as tenancy:
            team_id = add_team(tenancy, team.name)
            put_agents(tenancy, {f"{team.name}-{n}": team_id for n in range(6)})
        put_all(
            store,
            [
                contact(
                    f"{team.name}-{n}",
                    Q3.since - timedelta(days=chance.randrange(250)),
                    is_company=chance.random() < team.conditions["heavy"],
                )
                for n in range(6)
                for _ in range(20)
            ],
        )
    planted = Planted(ratios={"heavy": 2.0}, n_seats=30)
    every = list(people(chance, some, planted, Q3.until.date()))
    with store.begin() as tenancy:
        replace_staff(tenancy, ((str(n), one) for n, one in enumerate(every)))
        full = {
            team.name: Estimate(
                value=team.conditions["occupancy"], low=0.0, high=1.0, n=6, n_unjudged=0, method=""
            )
            for team in some
        }
        keep_occupancy(tenancy, "2026-09", full)
    since = quarter(2025, 4).since
    with store.read() as tenancy:
        found = leaving(tenancy, conditions(tenancy, since, Q3.until), since, Q3.until)
    store.close()
    assert found is not None
    assert {name for name, one in found.hazards.items() if one.is_found} >= {"heavy"}
    assert not found.hazards["occupancy"].is_found
    ratio = found.hazards["heavy"].ratio
    assert ratio.low is not None
    assert ratio.low > 1
    assert found.hazards["ended"].ratio.value is None


def test_reasons_of_few_leavers_cannot_be_taken_apart(store: Store) -> None:
    """All leavers' reasons less a team's are not those of one to four others."""
    planted = Planted(a_year=0.6, n_seats=12)
    some = [Team(name=name, conditions={}) for name in ("A", "B", "C", "D")]
    for seed in range(12):
        every = list(people(Random(seed), some, planted, date(2026, 10, 1)))  # noqa: S311
        with store.begin() as tenancy:
            replace_staff(tenancy, ((str(n), one) for n, one in enumerate(every)))
        with store.read() as tenancy:
            found = leaving(tenancy, [], datetime(2025, 10, 1, tzinfo=UTC), Q3.until)
        assert found is not None
        if found.naming_effort is None:
            continue
        whole = found.naming_effort.n + found.naming_effort.n_unjudged
        told = [one.naming_effort for one in found.teams if one.naming_effort is not None]
        rest = whole - sum(one.n + one.n_unjudged for one in told)
        assert rest == 0 or rest >= FEWEST


def test_without_an_extract_nothing_is_said_of_leaving(store: Store) -> None:
    """None, which is not that nobody left."""
    with store.read() as tenancy:
        assert leaving(tenancy, [], Q3.since, Q3.until) is None
