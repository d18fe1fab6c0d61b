"""The program as a person runs it: real processes, real files, a real database."""

from collections.abc import Callable, Sequence
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from kindline.cli import COMMANDS

PROGRAM = Path(sys.executable).with_name("kindline")
ROOT = Path(__file__).parents[2]
SAID = {
    "id": "one",
    "language": "en",
    "turns": [
        {"party": "agent", "text": "Good morning."},
        {
            "party": "customer",
            "text": "My invoice is wrong. You are the only voice I hear all week.",
        },
    ],
}


def run(
    *arguments: str | Path,
    home: Path,
    before: Callable[[], None] | None = None,
    **settings: str,
) -> subprocess.CompletedProcess[str]:
    """Run the program in a home of its own; `before` is done in its process first."""
    clean = {name: value for name, value in os.environ.items() if "KINDLINE" not in name}
    environment = clean | {"KINDLINE_HOME": str(home), "COLUMNS": "200"} | settings
    command = [str(PROGRAM), *(str(argument) for argument in arguments)]
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        preexec_fn=before,
    )


def write(path: Path, items: Sequence[dict[str, Any]]) -> Path:
    """Write conversations in the plain format."""
    path.write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    return path


def test_analyse_report_explain_label_follow_one_another(tmp_path: Path) -> None:
    """From a file to a page to a reason, on what was stored."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    analysed = run("analyse", file, home=tmp_path)
    assert analysed.returncode == 0, analysed.stderr
    assert "1 read = 1 analysed + 0 denied + 0 rejected + 0 stored before" in analysed.stderr
    assert run("report", home=tmp_path).returncode == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "only voice I hear" in page
    assert not {"http://", "https://", "<script"} & {
        part for part in ("http://", "https://", "<script") if part in page
    }
    explained = run("explain", "one", "--json", home=tmp_path)
    labels = {reason["label"]: reason for reason in json.loads(explained.stdout)}
    assert set(labels) == {"service", "companionship", "support", "crisis", "abuse"}
    assert all(reason["what_would_change_it"] for reason in labels.values())
    assert "voice I hear" in run("explain", "one", home=tmp_path).stdout


def test_analyse_twice_works_once(tmp_path: Path) -> None:
    """What is stored is skipped, and done anew when asked or when the words changed."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    run("analyse", file, home=tmp_path)
    assert (
        "0 analysed + 0 denied + 0 rejected + 1 stored"
        in run("analyse", file, home=tmp_path).stderr
    )
    assert "1 analysed" in run("analyse", file, "--again", home=tmp_path).stderr
    changed = {**SAID, "turns": [{"party": "customer", "text": "Thank you."}]}
    write(file, [{**changed, "lawful_basis": "consent"}])
    assert "1 analysed" in run("analyse", file, home=tmp_path).stderr
    assert "voice I hear" not in run("explain", "one", home=tmp_path).stdout
    write(file, [{**SAID, "objection": True}])
    assert "1 denied" in run("analyse", file, home=tmp_path).stderr
    assert "1 stored before" in run("analyse", file, home=tmp_path).stderr


def test_no_basis_is_denied_and_evaluation_is_not_stored(tmp_path: Path) -> None:
    """Without a basis nothing is inferred; test material is printed and not kept."""
    file = write(tmp_path / "calls.jsonl", [SAID])
    denied = run("analyse", file, "--json", home=tmp_path)
    told = json.loads(denied.stdout)
    assert told["status"] == "denied"
    assert "denied 1: no_basis" in denied.stderr
    declared = run(
        "analyse", file, "--json", "--basis", "evaluation", "--out", "kept", home=tmp_path
    )
    assert json.loads(declared.stdout)["status"] == "analysed"
    assert "0 conversations" in run("report", "--out", "kept", home=tmp_path).stderr


def test_basis_comes_from_the_environment_unless_a_flag_says_otherwise(tmp_path: Path) -> None:
    """Default, then environment, then flag."""
    file = write(tmp_path / "calls.jsonl", [SAID])
    told = run("analyse", file, "--json", home=tmp_path, KINDLINE_BASIS="consent")
    assert json.loads(told.stdout)["basis"] == "consent"
    flag = ("--basis", "contract", "--again")
    told = run("analyse", file, "--json", *flag, home=tmp_path, KINDLINE_BASIS="consent")
    assert json.loads(told.stdout)["basis"] == "contract"


def test_bad_records_are_counted_and_never_quoted(tmp_path: Path) -> None:
    """One bad record stops nothing; its error names its place, not its words."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    with file.open("a", encoding="utf-8") as more:
        more.write('{"turns": [{"party": "customer", "text": 7.5, "start_ms": "zeepaardje"}]}\n')
        more.write("zeepaardje\n")
    told = run("analyse", file, "--json", home=tmp_path)
    assert told.returncode == 1
    rejected = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert [item["record"].partition(",")[0] for item in rejected] == ["line 2", "line 3"]
    assert set(rejected[0]) == {"status", "source", "record", "field", "found", "expected"}
    assert "3 read = 1 analysed + 0 denied + 2 rejected" in told.stderr
    assert "zeepaardje" not in told.stdout + told.stderr
    run("report", home=tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "line 3" in page
    assert "zeepaardje" not in page


def test_report_without_words_holds_none(tmp_path: Path) -> None:
    """Numbers can leave the room when words may not."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    run("analyse", file, home=tmp_path)
    run("report", "--no-words", home=tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "invoice" not in page
    assert "voice I hear" not in page


def test_it_shows_who_said_who_the_agent_is(tmp_path: Path) -> None:
    """Told by the words, with how sure that is; a reader must not take it for the file's."""
    said = ("Good morning, how may I help you today, sir?", "My bill is wrong, I paid it in May.")
    spoken = [(turn % 2, word) for turn in range(4) for word in said[turn % 2].split()]
    items = [
        {
            "type": "pronunciation",
            "start_time": f"{number}.0",
            "end_time": f"{number}.5",
            "speaker_label": f"spk_{who}",
            "alternatives": [{"content": word, "confidence": "0.9"}],
        }
        for number, (who, word) in enumerate(spoken)
    ]
    results = {
        "transcripts": [{"transcript": "as said"}],
        "speaker_labels": {"speakers": 2, "segments": []},
        "items": items,
    }
    job = {"jobName": "one", "accountId": "1", "status": "COMPLETED", "results": results}
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job), "utf-8")
    told = run("analyse", str(file), "--basis", "consent", "--json", home=tmp_path)
    analysis = json.loads(told.stdout)
    assert analysis["roles"]["told_by"] == "words"
    sure = f"{100 * analysis['roles']['confidence']:.0f} % sure"
    reasons = json.loads(
        run("explain", analysis["conversation_id"], "--json", home=tmp_path).stdout
    )
    assert reasons[0]["label"] == "roles"
    assert {finding["turn"] for finding in reasons[0]["findings"]} == {0, 1, 2, 3}
    run("report", home=tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f"told by the words, {sure}" in page


def test_export_writes_what_is_stored(tmp_path: Path) -> None:
    """One file for each reader: rows for the planner, vCons for the archive."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    run("analyse", file, home=tmp_path)
    told = run("export", "csv", str(tmp_path / "new" / "all.csv"), home=tmp_path)
    assert "1 conversations -> " in told.stderr
    header, line = (tmp_path / "new" / "all.csv").read_text("utf-8").splitlines()
    assert header.startswith("conversation_id,source,status,")
    assert line.startswith("one,")
    run("export", "vcon", str(tmp_path / "vcons"), "--no-words", home=tmp_path)
    (vcon,) = (tmp_path / "vcons").iterdir()
    assert json.loads(vcon.read_text("utf-8"))["redacted"]["type"] == "words"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("analyse", "calls.jsonl", "--policy", "nowhere"), "unknown policy 'nowhere'; known: eu-"),
        (("export", "xml", "all.xml"), "unknown format 'xml'; known: jsonl, csv"),
        (("analyse", "calls.jsonl", "--basis", "hope"), "unknown basis 'hope'; known: consent"),
        (("explain", "nobody"), "no such id"),
        (("label", "missing.txt", "--party", "customer"), "missing.txt"),
        (("label", "calls.jsonl", "--party", "nobody"), "unknown party 'nobody'"),
        (("evaluate", "--corpus", "nowhere"), "nowhere/en, folder, path: found nothing there"),
    ],
)
def test_a_wrong_name_ends_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """Exit status 2, what was wrong and what is known; no traceback."""
    write(tmp_path / "calls.jsonl", [SAID])
    ended = run(*arguments, home=tmp_path)
    assert ended.returncode == 2, ended.stderr
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_missing_file_is_a_rejected_record(tmp_path: Path) -> None:
    """A path that leads nowhere is counted like any record that cannot be read."""
    told = run("analyse", "nothing-here.json", home=tmp_path)
    assert told.returncode == 1
    assert "1 read = 0 analysed + 0 denied + 1 rejected" in told.stderr


def test_label_reads_lines_and_objects(tmp_path: Path) -> None:
    """An utterance a line, plain or as JSON, in the order given; unknown languages abstain."""
    file = tmp_path / "lines.txt"
    spoken = json.dumps({"id": "b", "language": "sw", "text": "Habari ya asubuhi"})
    file.write_text(f"I feel so lonely since he died.\n{spoken}\n", "utf-8")
    told = run("label", file, "--party", "customer", "--language", "en", "--json", home=tmp_path)
    assert told.returncode == 0
    first, second = (json.loads(line) for line in told.stdout.splitlines())
    assert first["labels"]["company_disclosure"]["present"] is True
    assert first["labels"]["abuse"]["present"] is False
    assert second["id"] == "b"
    assert set(second["labels"]["abuse"].values()) == {None}


@pytest.mark.parametrize("name", ["languages", "policies", "doctor"])
def test_tables_have_json_beside_them(name: str, tmp_path: Path) -> None:
    """What a person sees as a table a program gets as data."""
    table, data = run(name, home=tmp_path), run(name, "--json", home=tmp_path)
    assert table.returncode == 0
    rows = json.loads(data.stdout)
    assert rows
    assert all(isinstance(row, dict) for row in rows)


def test_help_names_every_command(tmp_path: Path) -> None:
    """A newcomer finds every command from the first screen."""
    told = run("--help", home=tmp_path).stdout
    assert all(name in told for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, tmp_path: Path) -> None:
    """And each says what it is for in the words of the first screen."""
    told = run(name, "--help", home=tmp_path)
    assert told.returncode == 0
    assert COMMANDS[name] in " ".join(told.stdout.split())


def test_evaluate_tells_every_head_of_every_language(tmp_path: Path) -> None:
    """Figures with their n, their interval and their method, on the frozen test split."""
    told = run("evaluate", "--corpus", ROOT / "corpus", "--json", home=tmp_path)
    assert told.returncode == 0, told.stderr
    measured = json.loads(told.stdout)
    kinds = {(result["language"], result["kind"]) for result in measured["results"]}
    assert len(kinds) == 4 * 3
    for result in measured["results"]:
        for score in result["scores"]:
            assert score["n"] > 0
            assert "bootstrap of stories" in score["auc"]["method"]
