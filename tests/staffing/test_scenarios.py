"""What if some callers come for company: agents, people to schedule, and what is only predicted."""

import dataclasses
from pathlib import Path
import subprocess
import sys

import pytest

from kindline.staffing.scenarios import Question, scenario

PROGRAM = Path(sys.executable).with_name("kindline")
QUESTION = Question(calls_an_hour=120, service_s=300, cost_an_hour=30.0)


@pytest.mark.parametrize(("share", "agents"), [(0.0, 14), (0.02, 14), (0.05, 15), (0.1, 16)])
def test_agents_for_company_as_in_facts(share: float, agents: int) -> None:
    """A realistic share takes none or one agent more (FACTS 5.2)."""
    found = scenario(QUESTION, share)
    assert found.agents == agents
    assert found.played.service_level >= QUESTION.goal
    assert found.cost == found.scheduled * 30.0


def test_the_ceiling_of_occupancy_holds() -> None:
    """Where people would be busier than the ceiling, more of them take calls."""
    tight = dataclasses.replace(QUESTION, calls_an_hour=2_000.0, ceiling=0.80)
    loose = dataclasses.replace(tight, ceiling=0.99)
    assert scenario(tight, 0.0).played.occupancy <= 0.80
    assert scenario(tight, 0.0).agents > scenario(loose, 0.0).agents


def test_breaks_are_part_of_the_plan() -> None:
    """They raise who is scheduled, never who takes calls."""
    without = dataclasses.replace(QUESTION, breaks=0.0)
    assert scenario(without, 0.05).agents == scenario(QUESTION, 0.05).agents
    assert scenario(without, 0.05).scheduled < scenario(QUESTION, 0.05).scheduled


def test_the_command_calls_a_prediction_one() -> None:
    """Seventy-five per cent stands there as what it is."""
    asked = [str(PROGRAM), "staffing", "--calls", "60", "--handle", "240"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert "Gartner's prediction of 2021" in told
    assert "no measurement" in told
