"""Nested cross-validation: no story has a say in how it is judged itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from kindline.ingest.plain import conversation_from
from kindline.text.reading import read
from kindline.training import corpus
from kindline.training.conversations import Story
from kindline.training.nested import Told, of_decisions, told_apart
from kindline.training.turns import fold_of

ROOT = Path(__file__).resolve().parents[2] / "corpus"
FOLD = 0


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    """Return the English training stories, read with the heads that ship."""
    items = corpus.conversations(ROOT, "en", split="train")
    plain = [{k: v for k, v in item.items() if k not in ("labels", "evidence")} for item in items]
    told = [conversation_from(item, source="corpus", record=item["id"]) for item in plain]
    return [
        Story(reading=reading, judged=item["labels"], situation=item["situation"])
        for reading, item in zip(read(told, "en"), items, strict=True)
    ]


def test_labels_of_a_fold_do_not_move_its_own_judgement(stories: list[Story]) -> None:
    """Turn the labels of one fold round: its own stories are judged the same, others are not."""
    turned = [
        replace(story, judged={**story.judged, "support": not story.judged["support"]})
        if fold_of(story.situation) == FOLD
        else story
        for story in stories
    ]
    before, after = (
        {one.story.reading.conversation.id: one for one in told_apart(told)}
        for told in (stories, turned)
    )
    assert len(before) == len(after) == len(stories)
    inside = {one.reading.conversation.id for one in stories if fold_of(one.situation) == FOLD}
    same = {name for name in before if before[name].probability == after[name].probability}
    assert same == inside


def test_figures_count_what_was_told(stories: list[Story]) -> None:
    """Recall, precision, false alarms and unsure follow from the states; unsure is not found."""
    lonely = [one for one in stories if one.judged["company"] != "no"][:4]
    others = [one for one in stories if one.judged["company"] == "no"][:6]
    said = ("present", "present", "unsure", "absent", "present", *["absent"] * 5)
    rest = dict.fromkeys(("service", "support", "crisis", "abuse"), "absent")
    told = [
        Told(
            story=story,
            probability=dict.fromkeys((*rest, "companionship"), 0.5),
            state={**rest, "companionship": state},
        )
        for story, state in zip((*lonely, *others), said, strict=True)
    ]
    found = of_decisions(told)["companionship"]
    assert (found["n"], found["n_true"]) == (10, 4)
    assert found["recall"][0] == pytest.approx(0.5)
    assert found["precision"][0] == pytest.approx(2 / 3, abs=1e-3)
    assert found["false_alarms"][0] == pytest.approx(1 / 6, abs=1e-3)
    assert found["unsure"][0] == pytest.approx(0.1)
