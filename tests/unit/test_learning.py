"""What a centre learns from its people: only what is better, and of crisis never less."""

from dataclasses import replace
import json
from pathlib import Path

import numpy as np
import pytest

from kindline.errors import InputError, ModelError
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation, ConversationId
from kindline.text.decision import decision
from kindline.text.learnt import Learnt, learnt_in
from kindline.text.reading import read
from kindline.text.scoring import score
from kindline.training import corpus
from kindline.training.conversations import DECISIONS
from kindline.training.learning import FEWEST, Settled, _Seen, fitted, learn, settled_in, stored

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
SETTLED = {
    "id": "a",
    "language": "nl",
    "turns": [{"party": "customer", "text": "Mijn factuur klopt niet."}],
    "labels": {"service_problem": True, "company": "no", "crisis": "none"},
}


@pytest.fixture(scope="module")
def contacts() -> list[Settled]:
    """Return the English test split, judged as its authors judge it."""
    told = []
    for item in corpus.conversations(CORPUS, "en", split="test"):
        plain = {key: item[key] for key in ("id", "language", "channel", "turns")}
        is_so = {need: DECISIONS[need][1](item["labels"]) for need in DECISIONS}
        one = conversation_from(plain, source="corpus", record=item["id"])
        told.append(Settled(conversation=one, language="en", is_so=is_so))
    return told


def test_where_a_centre_is_as_we_thought_nothing_is_learnt(contacts: list[Settled]) -> None:
    """Labels like those we learnt from move nothing: chance is no reason."""
    learnt = learn(contacts)
    assert {one.need for one in learnt} == set(DECISIONS)
    assert stored(learnt) == {}


def test_where_people_mean_more_by_a_need_it_is_learnt(contacts: list[Settled]) -> None:
    """A centre that calls company and despair "support" as well; thresholds stay where they are."""
    wide = ("support", "companionship", "crisis")
    other = [
        replace(one, is_so={**one.is_so, "support": any(one.is_so[need] for need in wide)})
        for one in contacts
    ]
    (support,) = [one for one in learn(other) if one.need == "support"]
    assert support.is_kept
    assert support.gain.low is not None
    assert support.gain.low > 0
    found = stored([support])["en"]["support"]
    assert found["weights"] != dict(decision("support").weights)
    assert (found["absent_below"], found["present_from"]) == (
        decision("support").absent_below,
        decision("support").present_from,
    )


def test_no_label_makes_us_hear_fewer_cues(contacts: list[Settled]) -> None:
    """People who settle that nobody was ever in danger change no cue at all."""
    denied = [
        replace(one, is_so={"crisis": one.is_so["crisis"] and number % 2 == 0})
        for number, one in enumerate(contacts)
    ]
    assert 2 * sum(one.is_so["crisis"] for one in denied) >= FEWEST
    (crisis,) = learn([*denied, *(replace(o, conversation=_again(o)) for o in denied)])
    ours = decision("crisis")
    assert crisis.decision.bases["en"] >= ours.bases["en"]
    for name, weight in ours.weights.items():
        assert crisis.decision.weights[name] >= weight
    readings = read([one.conversation for one in contacts], "en", scorer=score)
    seen = [DECISIONS["crisis"][0](reading) for reading in readings]
    now, before = (one.probabilities(one.weighed(seen), "en") for one in (crisis.decision, ours))
    assert all(new >= old - 1e-9 for new, old in zip(now, before, strict=True))


def _again(one: Settled) -> Conversation:
    return replace(one.conversation, id=ConversationId(f"{one.conversation.id}-again"))


def test_with_few_of_a_kind_nothing_is_learnt(contacts: list[Settled]) -> None:
    """Nine of yes are too few, however wrong ours may be."""
    n_yes = iter(range(len(contacts)))
    few = [
        replace(one, is_so={"companionship": not one.is_so["companionship"] and next(n_yes) < 9})
        for one in contacts
    ]
    (company,) = learn(few)
    assert (company.is_kept, company.gain.value, company.gain.method) == (False, None, "too few")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"language": "de"}, "language"),
        ({"labels": {}}, "labels"),
        ({"labels": {"company": True}}, "labels.company"),
        ({"labels": {"support": "yes"}}, "labels.support"),
        ({"turns": "x"}, "turns"),
    ],
)
def test_a_record_that_is_none_is_told_and_the_rest_goes_on(
    tmp_path: Path, changed: dict[str, object], field: str
) -> None:
    """Count in is count out; the message names the field and quotes no words."""
    file = tmp_path / "reviewed.jsonl"
    lines = [SETTLED, {**SETTLED, "id": "b", **changed}, {**SETTLED, "id": "c"}]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    read_in = list(settled_in(file))
    assert [isinstance(one, InputError) for one in read_in] == [False, True, False]
    assert field in str(read_in[1])
    assert "factuur" not in str(read_in[1])
    assert isinstance(read_in[0], Settled)
    assert read_in[0].is_so == {"service": True, "companionship": False, "crisis": False}


def test_what_was_learnt_is_read_back_and_named(tmp_path: Path) -> None:
    """It decides in its own language alone, and stamps what it judged."""
    ours = decision("support")
    entry = {
        "bases": {"nl": 4.0},
        "weights": dict(ours.weights),
        "absent_below": ours.absent_below,
        "present_from": ours.present_from,
    }
    file = tmp_path / "learnt.json"
    told = {"weights": Learnt().weights, "decisions": {"nl": {"support": entry}}}
    file.write_text(json.dumps(told))
    learnt = learnt_in(file)
    assert learnt.weights.startswith(f"{Learnt().weights}+learnt@")
    support = learnt.of("nl")["support"]
    assert support.probabilities(support.weighed([{}]), "nl")[0] > 0.9
    assert learnt.of("en") == {}


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        '{"weights": "of another year", "decisions": {}}',
        json.dumps({"weights": Learnt().weights, "decisions": {"nl": {"support": {}}}}),
        json.dumps(
            {
                "weights": Learnt().weights,
                "decisions": {
                    "nl": {
                        "support": {
                            "bases": {"nl": 0},
                            "weights": {"x": 1},
                            "absent_below": 0.1,
                            "present_from": 0.5,
                        }
                    }
                },
            }
        ),
    ],
)
def test_what_nobody_learnt_on_these_weights_is_refused(tmp_path: Path, told: str) -> None:
    """Features of other weights would decide something else."""
    file = tmp_path / "learnt.json"
    file.write_text(told)
    with pytest.raises(ModelError, match=r"learnt\.json"):
        learnt_in(file)


def test_a_decision_of_ours_is_no_worse_for_being_the_prior() -> None:
    """Without a contact to learn from, the prior is what comes out."""
    ours = decision("abuse")
    prior = np.array([ours.bases["fr"], *ours.weights.values()])
    nothing = np.zeros((0, len(prior)))
    seen = _Seen(need="abuse", rows=nothing, truth=np.zeros(0, dtype=bool), names=(), prior=prior)
    assert fitted(seen, 0.3) == pytest.approx(prior)
