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


def test_what_people_settled_is_learnt_and_used(tmp_path: Path) -> None:
    """A centre that means more by support: learnt, stamped, and another probability."""
    settled = tmp_path / "reviewed.jsonl"
    corpus = ROOT / "corpus" / "en" / "conversations.jsonl"
    lines = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    told = []
    for line in lines[:150]:
        labels = line["labels"]
        is_so = labels["support"] or labels["company"] != "no" or labels["crisis"] != "none"
        told.append({**line, "labels": {"support": is_so}})
    write(settled, [*told, {"id": "bad", "turns": "x"}])
    learnt = tmp_path / "learnt.json"
    made = run("learn", settled, "--out", learnt, home=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "150 conversations read, 1 refused" in made.stderr
    assert "support" in made.stdout
    one = {**SAID, "lawful_basis": "consent"}
    file = write(tmp_path / "calls.jsonl", [one])
    ours = json.loads(run("analyse", file, "--json", home=tmp_path).stdout)
    theirs = json.loads(
        run("analyse", file, "--json", home=tmp_path, KINDLINE_LEARNT=str(learnt)).stdout
    )
    assert theirs["versions"]["weights"].startswith(f"{ours['versions']['weights']}+learnt@")
    before, after = ours["needs"], theirs["needs"]
    assert before["support"]["probability"] != after["support"]["probability"]
    assert before["companionship"] == after["companionship"]
    run("analyse", file, home=tmp_path, KINDLINE_LEARNT=str(learnt))
    with_it = run("explain", SAID["id"], "--json", home=tmp_path, KINDLINE_LEARNT=str(learnt))
    without = run("explain", SAID["id"], "--json", home=tmp_path)
    assert all("base" in reason for reason in json.loads(with_it.stdout)[-5:])
    assert "other weights" in without.stdout


def test_where_nothing_is_better_nothing_is_written(tmp_path: Path) -> None:
    """Nine contacts are no reason to leave ours; a file of other things stops a run."""
    settled = tmp_path / "reviewed.jsonl"
    write(settled, [{**SAID, "labels": {"support": True}}])
    learnt = tmp_path / "learnt.json"
    made = run("learn", settled, "--out", learnt, home=tmp_path)
    assert "nothing written" in made.stderr
    assert not learnt.exists()
    refused = run("analyse", settled, home=tmp_path, KINDLINE_LEARNT=str(settled))
    assert "expected what `kindline learn` writes" in refused.stderr
