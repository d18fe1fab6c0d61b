"""What is said of load stands apart from what agents say, do and sound like: by construction."""

import ast
from pathlib import Path

import pytest

import kindline
from kindline.store import exposures
from kindline.store.care_tables import PULSE_GIVEN, PULSES, STAFF
from kindline.store.tables import CONVERSATIONS, SEALED

SOURCE = Path(kindline.__file__).parent
WELLBEING = sorted((SOURCE / "wellbeing").glob("*.py"))


def test_exposures_read_no_sealed_column() -> None:
    """Not what was said, not what an agent did: states of the customer and times."""
    tree = ast.parse(Path(exposures.__file__).read_text("utf-8"))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert named & set(SEALED) == set()
    assert {"abuse", "crisis", "companionship"} <= named <= named | set(CONVERSATIONS.c.keys())


@pytest.mark.parametrize("path", WELLBEING, ids=[path.name for path in WELLBEING])
def test_wellbeing_knows_no_words(path: Path) -> None:
    """It imports model, metrics and errors of ours, and nothing else."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kindline"):
            part = (node.module or "").split(".")[1]
            assert part in {"errors", "metrics", "model", "wellbeing"}, node.module


def test_answers_and_leavers_bear_no_key_of_anybody() -> None:
    """Nothing in a pulse or an extract can be joined with a user, an agent or a contact."""
    assert set(PULSES.c.keys()) == {"pulse_id", "tenant_id", "quarter", "team", "told"}
    assert "pulse_id" not in PULSE_GIVEN.c
    assert {"agent_key", "user_id", "number"} & set(STAFF.c.keys()) == set()
