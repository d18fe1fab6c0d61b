"""`kindline live --practice`: a call in the terminal, from greeting to goodbye."""

import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from kindline.desk.callers import callers
from kindline.languages import codes


def practise(home: Path, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Practise a call, typing what an agent would."""
    program = Path(sys.executable).with_name("kindline")
    return subprocess.run(
        [program, "live", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "KINDLINE_HOME": str(home), "COLUMNS": "100", "PYTHONUTF8": "1"},
        check=False,
    )


@pytest.mark.parametrize("code", codes())
def test_a_newcomer_can_take_a_call(tmp_path: Path, code: str) -> None:
    """By typing numbers alone: the way out, a line with its source, and a goodbye."""
    typed = "Ok.\n" + "1\n" * 14
    told = practise(tmp_path, typed, "--practice", code, "--queue")
    assert told.returncode == 0, told.stderr
    first = next(iter(callers(code).values()))
    assert first.name in told.stdout
    assert "not yet dialled" in told.stdout
    assert "Said on the way out:" in told.stdout
    assert list(tmp_path.iterdir()) == []  # nothing is kept


def test_a_cue_shows_the_card_until_a_person_closes_it(tmp_path: Path) -> None:
    """The emergency number, a line, and no way out until then."""
    typed = "Ok.\nOk.\nOk.\n1\nend\ngiven\n1\nquit\n"
    at = ("--practice", "en", "--caller", "putting-things-in-order")
    told = practise(tmp_path, typed, *at)
    assert "999" in told.stdout
    assert "116123" in told.stdout
    assert "The way out waits until the cue is closed by a person." in told.stdout
    assert "a cue that a life may be at risk is open" in told.stdout
    assert "closed by you. Take a break now." in told.stdout


def test_the_report_is_read_by_programs(tmp_path: Path) -> None:
    """What was reached, no mark; when input ends the call ends."""
    told = practise(tmp_path, "Ok.\n1\n", "--practice", "nl", "--json")
    report = json.loads(told.stdout.splitlines()[-1])
    assert report["n_turns"] == 5
    assert "acknowledge" in report["reached"]
    assert report["ending"] is None
    assert not {"score", "grade"} & report.keys()


def test_callers_are_listed_and_unknown_ones_refused(tmp_path: Path) -> None:
    """What is known is named."""
    listed = practise(tmp_path, "", "--practice", "fr", "--list")
    assert all(name in listed.stdout for name in callers("fr"))
    unknown = practise(tmp_path, "", "--practice", "fr", "--caller", "nobody")
    assert unknown.returncode == 2
    assert "pressé" in unknown.stderr
    assert practise(tmp_path, "", "--practice", "xx").returncode == 2
