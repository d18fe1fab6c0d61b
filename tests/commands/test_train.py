"""`kindline train` and `models`: from somebody's encoder to an analysis stamped with its name."""

import json
from pathlib import Path

from tests.commands.test_commands import ROOT, SAID, run, write


def test_heads_on_an_encoder_change_numbers_only(encoder_folder: Path, tmp_path: Path) -> None:
    """Train, analyse with and without: same shape and quotes, other probabilities, other stamp."""
    kept = run("models", "add", encoder_folder, "--name", "words", home=tmp_path)
    assert "kept words: 2 files" in kept.stdout
    assert "words: as it came" in run("models", "check", home=tmp_path).stdout
    heads = tmp_path / "heads"
    learnt = run(
        *("train", "--encoder", "words", "--language", "en"),
        *("--out", heads, "--corpus", ROOT / "corpus"),
        home=tmp_path,
    )
    assert learnt.returncode == 0, learnt.stderr
    assert "en customer: learnt from" in learnt.stderr
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    ours = json.loads(run("analyse", file, "--json", home=tmp_path).stdout)
    both = json.loads(
        run("analyse", file, "--json", home=tmp_path, KINDLINE_HEADS=str(heads)).stdout
    )
    assert both["versions"]["encoder"].startswith(f"{ours['versions']['encoder']}+words@")
    assert both.keys() == ours.keys()
    before, after = ours["needs"]["companionship"], both["needs"]["companionship"]
    assert before["probability"] != after["probability"]
    again = run("analyse", file, home=tmp_path, KINDLINE_HEADS=str(heads))
    assert "1 stored before" in again.stderr


def test_a_folder_of_heads_that_is_none_is_refused(tmp_path: Path) -> None:
    """The message names the file and what belongs there; nothing is analysed."""
    file = write(tmp_path / "calls.jsonl", [SAID])
    refused = run("analyse", file, home=tmp_path, KINDLINE_HEADS=str(tmp_path))
    assert refused.returncode == 1
    assert "expected what `kindline train` writes" in refused.stderr


def test_an_unknown_encoder_or_language_is_refused(tmp_path: Path) -> None:
    """What is known is listed."""
    unknown = run("models", "get", "nobody", home=tmp_path)
    assert unknown.returncode == 2
    assert "multilingual-minilm" in unknown.stderr
    language = run(
        "train", "--encoder", "x", "--language", "xx", "--out", tmp_path / "h", home=tmp_path
    )
    assert "known: en, fr, hu, nl" in language.stderr


def test_words_do_not_leave_the_machine_under_the_strict_policy(tmp_path: Path) -> None:
    """An endpoint elsewhere is refused before a file is read."""
    file = write(tmp_path / "calls.jsonl", [{**SAID, "lawful_basis": "consent"}])
    url = "https://models.example/v1"
    refused = run("analyse", file, home=tmp_path, KINDLINE_OPINION_URL=url)
    assert refused.returncode == 2
    assert "must come from this machine" in refused.stderr
    assert not (tmp_path / "kindline.db").exists()
