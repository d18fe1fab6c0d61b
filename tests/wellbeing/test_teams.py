"""Teams: spread, pulse, people of an extract; told of five or more, and floors hold."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from kindline.errors import InputError
from kindline.intake.staff import read
from kindline.wellbeing.attrition import Person, at_risk, naming_effort, spells, staying
from kindline.wellbeing.pulse import answers_from, items, told_of
from kindline.wellbeing.rotation import spread


def test_an_even_spread_is_seldom_called_uneven() -> None:
    """Heavy contacts dealt at random: at most 10 of 100 teams (5 % and two errors)."""
    n_uneven = 0
    for seed in range(100):
        chance = Random(seed)  # noqa: S311 -- no secret
        every = [chance.randrange(30, 90) for _ in range(10)]
        agents = [(sum(chance.random() < 0.2 for _ in range(n)), n) for n in every]
        found = spread(agents, 60)
        n_uneven += found is not None and found.is_uneven
    assert n_uneven <= 10


def test_one_who_takes_most_of_it_is_seen_as_a_team_matter() -> None:
    """Forty of fifty at one of ten: uneven; who it is stands nowhere."""
    found = spread([(40, 100), *(((1, 100),) * 8), (2, 100)], 100)
    assert found is not None
    assert found.is_uneven
    assert 40 not in [getattr(found, name) for name in found.__slots__]
    assert found.cap == 2  # of a Poisson mean of a half, 95 of 100 shifts have at most two


def test_a_spread_of_few_is_not_told() -> None:
    """Four agents, or nothing heavy."""
    assert spread([(1, 10)] * 4, 9) is None
    assert spread([(0, 10)] * 9, 9) is None


def test_a_pulse_is_told_of_five_and_rounded() -> None:
    """Four answers say nothing; five alike do not say that all said the same."""
    worst = {one.name: 4 if one.is_strain else 0 for one in items()}
    assert told_of([worst] * 4) is None
    found = told_of([worst] * 5)
    assert found is not None
    assert found.strain == 90
    assert set(found.by_item.values()) == {90}


def test_a_pulse_turns_what_is_well_round() -> None:
    """Strain is higher where a good thing was never so."""
    half = {one.name: 2 for one in items()}
    never = {one.name: 0 for one in items()}
    found, other = told_of([half] * 8), told_of([never] * 8)
    assert found is not None
    assert other is not None
    assert found.strain == 50
    assert other.by_item["stays"] == 10
    assert other.by_item["moment"] == 90


def test_a_pulse_is_whole_or_refused() -> None:
    """A missing, unknown or odd answer is an error, and nothing is kept of it."""
    told = {one.name: "3" for one in items()}
    assert answers_from(told) == {one.name: 3 for one in items()}
    for wrong in ("", "5", "-1", "x", "1.0"):
        with pytest.raises(InputError):
            answers_from({**told, "stays": wrong})


def test_an_extract_is_read_row_by_row(tmp_path: Path) -> None:
    """Names as systems have them, in four languages; a bad row is refused and the rest is kept."""
    file = tmp_path / "staff.csv"
    file.write_text(
        "Employee ID;Department;Hire date;Termination date;Reason for leaving\n"
        "7;Evening;2025-01-02;;\n"
        "8;Evening;2025-01-02;2026-03-01;Emotionele belasting\n"
        "9;Day;2025-01-02;2026-03-01;Kiégés\n"
        "10;Day;2025-01-02;2026-03-01;because of the moon\n"
        "11;Day;2 January;;\n"
        "12;Day;2025-01-02;2024-01-01;Loon\n"
        "13;;2025-01-02;;\n",
        "utf-8",
    )
    found = read(file)
    assert [(told, one.reason) for told, one in found.people] == [
        ("7", None),
        ("8", "emotional_effort"),
        ("9", "emotional_effort"),
        ("10", "other"),
    ]
    assert [error.field for error in found.rejected] == ["started_on", "ended_on", "team"]  # type: ignore[attr-defined]
    assert len(found.people) + len(found.rejected) == 7
    assert all("moon" not in str(error) for error in found.rejected)


def test_time_at_risk_is_what_lies_within() -> None:
    """From the later of begin and start to the earlier of end and leaving."""
    people = [
        Person(team="a", started_on=date(2024, 1, 1)),
        Person(team="a", started_on=date(2025, 7, 1), ended_on=date(2025, 10, 1)),
        Person(team="a", started_on=date(2023, 1, 1), ended_on=date(2024, 12, 31)),
        Person(team="a", started_on=date(2025, 12, 1), ended_on=date(2026, 2, 1)),
    ]
    n_left, years = at_risk(people, date(2025, 1, 1), date(2026, 1, 1))
    assert n_left == 1
    assert years == pytest.approx((365 + 92 + 31) / 365.25)
    assert spells(people, date(2026, 1, 1))[3] == (31, False)
    assert staying(people, date(2026, 1, 1)) is None


def test_reasons_of_few_leavers_are_not_told() -> None:
    """Four say nothing; who gave no reason is unjudged and not a no."""
    assert naming_effort(["pay"] * 4) is None
    found = naming_effort(["emotional_effort", "pay", "pay", None, None])
    assert found is not None
    assert found.value == pytest.approx(1 / 3)
    assert (found.n, found.n_unjudged) == (3, 2)
