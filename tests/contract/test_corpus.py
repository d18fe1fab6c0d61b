"""The corpus: whole, labelled by the contract, evidence where it says, nothing written twice."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest

from kindline.languages import codes
from kindline.model.analysis import BEHAVIOURS, EMOTIONS, MOODS
from kindline.model.labels import AGENT_LABELS, CUSTOMER_LABELS
from kindline.signals.reason import CODES
from kindline.text.fold import fold

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
LEAST = {  # of each, a language: what makes figures on it worth having
    "conversations": 350,
    "company": 120,
    "support": 45,
    "crisis": 60,
    "abuse": 25,
    "plain": 130,
    "utterances": 2500,
    "agent_utterances": 1500,
}
LEAST_OF_A_LABEL = 80
LEAST_LOOK_ALIKES = 0.39
LONELY = {"nl": "eenza", "hu": "magány", "fr": "solitu", "en": "lonel"}
WINDOW = 8  # words that two stories share only by copying
MOST_SHARED = 0.2  # of a text's word windows
STATES = {
    "company": {"no", "mixed", "yes"},
    "crisis": {"none", "passive", "active", "imminent", "third_party"},
    "arrival": set(MOODS),
    "departure": set(MOODS),
    "felt_heard": {"no", "partly", "yes"},
    "loyalty": {"lost", "at_risk", "kept", "won"},
    "reason": set(CODES),
}


def items(language: str, name: str) -> Iterator[dict[str, Any]]:
    """Return the items of a corpus file."""
    for line in (CORPUS / language / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


@pytest.mark.parametrize("language", codes())
def test_corpus_is_as_large_as_it_must_be(language: str) -> None:
    """Enough of every need, and enough plain matters to tell it from."""
    told = [item["labels"] for item in items(language, "conversations")]
    needs = [
        {
            "company": judged["company"] != "no",
            "support": judged["support"],
            "crisis": judged["crisis"] != "none",
            "abuse": judged["abuse"],
        }
        for judged in told
    ]
    there = {need: sum(one[need] for one in needs) for need in needs[0]}
    there["plain"] = sum(not any(one.values()) for one in needs)
    there["conversations"] = len(told)
    for name in ("utterances", "agent_utterances"):
        there[name] = len(list(items(language, name)))
    assert {name: n for name, n in LEAST.items() if there[name] < n} == {}


@pytest.mark.parametrize("name", ["utterances", "agent_utterances"])
@pytest.mark.parametrize("language", codes())
def test_every_label_is_told_often_and_beside_look_alikes(language: str, name: str) -> None:
    """Every label has its examples, and two lines in five are none that look like one."""
    lines = [set(item["labels"]) - {"none"} for item in items(language, name)]
    labels = CUSTOMER_LABELS if name == "utterances" else AGENT_LABELS
    n = {label: sum(label in line for line in lines) for label in labels}
    assert {label: k for label, k in n.items() if k < LEAST_OF_A_LABEL} == {}
    assert sum(not line for line in lines) >= LEAST_LOOK_ALIKES * len(lines)


@pytest.mark.parametrize("language", codes())
def test_most_never_say_they_are_lonely(language: str) -> None:
    """At least half of those who seek company use no word for loneliness."""
    said = [
        " ".join(turn["text"] for turn in item["turns"] if turn["party"] == "customer").lower()
        for item in items(language, "conversations")
        if item["labels"]["company"] != "no"
    ]
    assert sum(LONELY[language] not in text for text in said) >= len(said) / 2


@pytest.mark.parametrize("language", codes())
def test_labels_are_those_of_the_contract(language: str) -> None:
    """Every label is there, with a word the contract knows."""
    for item in items(language, "conversations"):
        labels = item["labels"]
        for name, states in STATES.items():
            assert labels[name] in states, (item["id"], name)
        assert set(labels["emotions"]) <= set(EMOTIONS), item["id"]
        assert set(labels["agent"]) <= set(BEHAVIOURS), item["id"]
        assert item["split"] in ("train", "test")
    for name, known in (("utterances", CUSTOMER_LABELS), ("agent_utterances", AGENT_LABELS)):
        for item in items(language, name):
            assert set(item["labels"]) <= {*known, "none"}, item["id"]
            assert item["labels"], item["id"]


@pytest.mark.parametrize("language", codes())
def test_evidence_stands_in_the_turn_it_names(language: str) -> None:
    """A quote is found in its turn, and the turn is of the party the label belongs to."""
    for item in items(language, "conversations"):
        for evidence in item["evidence"]:
            turn = item["turns"][evidence["turn"]]
            assert evidence["quote"] in turn["text"], (item["id"], evidence["label"])
            own = CUSTOMER_LABELS if turn["party"] == "customer" else AGENT_LABELS
            assert evidence["label"] in own, (item["id"], evidence["label"])


@pytest.mark.parametrize("language", codes())
def test_what_is_labelled_has_evidence(language: str) -> None:
    """Company, crisis, abuse and swearing are shown by a quote where a label has them."""
    talk = {"company_disclosure", "social_talk", "call_prolonging"}
    crisis = {"crisis_passive", "crisis_active", "crisis_third_party"}
    for item in items(language, "conversations"):
        shown = {evidence["label"] for evidence in item["evidence"]}
        for name in ("abuse", "swearing"):
            assert (name in shown) == item["labels"][name], (item["id"], name)
        if item["labels"]["company"] != "no":
            assert shown & talk, item["id"]
        assert bool(shown & crisis) == (item["labels"]["crisis"] != "none"), item["id"]


@pytest.mark.parametrize("language", codes())
def test_who_stays_for_company_as_well_came_with_a_matter(language: str) -> None:
    """Mixed means a real matter and company; mere company has none; what is settled was one."""
    for item in items(language, "conversations"):
        judged = item["labels"]
        if judged["company"] != "no":
            assert judged["service_problem"] == (judged["company"] == "mixed"), item["id"]
        if judged["resolved_turn"] is not None:
            assert judged["service_problem"], item["id"]


def test_ids_are_distinct() -> None:
    """No id is used twice, in any file or language."""
    names = ("conversations", "utterances", "agent_utterances")
    every = [item["id"] for code in codes() for name in names for item in items(code, name)]
    assert len(every) == len(set(every))


def test_no_two_texts_are_nearly_the_same() -> None:
    """A text shares few runs of eight words with any other, in its language or another."""
    texts: dict[str, str] = {}
    for code in codes():
        for item in items(code, "conversations"):
            texts[item["id"]] = " ".join(turn["text"] for turn in item["turns"])
        for name in ("utterances", "agent_utterances"):
            texts |= {item["id"]: item["text"] for item in items(code, name)}
    runs = {name: windows(text) for name, text in texts.items()}
    owners: dict[tuple[str, ...], set[str]] = {}
    for name, own in runs.items():
        for run in own:
            owners.setdefault(run, set()).add(name)
    for name, own in runs.items():
        shared = [run for run in own if len(owners[run]) > 1]
        assert len(shared) <= MOST_SHARED * len(own), (name, sorted(owners[shared[0]]))


def windows(text: str) -> set[tuple[str, ...]]:
    """Return the runs of eight words of a text, or the whole of a shorter one."""
    words = fold(text).split()
    return {tuple(words[i : i + WINDOW]) for i in range(max(1, len(words) - WINDOW + 1))}


@pytest.mark.parametrize("language", codes())
def test_examples_are_the_test_split_without_labels(language: str) -> None:
    """The demo shows conversations that no model was trained on, and no answer beside them."""
    held = [item for item in items(language, "conversations") if item["split"] == "test"]
    lines = (ROOT / "examples" / f"{language}.jsonl").read_text("utf-8").splitlines()
    shown = [json.loads(line) for line in lines]
    assert [item["id"] for item in shown] == [item["id"] for item in held]
    assert [item["turns"] for item in shown] == [item["turns"] for item in held]
    assert not any({"labels", "evidence", "note"} & set(item) for item in shown)
