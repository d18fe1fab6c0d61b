"""Fitting decisions: long contacts, bases by language, thresholds by weight."""

import numpy as np
import pytest

from kindline.training.conversations import _precise_from, _shift, lengthened
from kindline.training.turns import fold_of

NONE = {"company": "no", "support": False, "crisis": "none", "abuse": False}


def item(name: str, situation: str, *said: str, **judged: object) -> dict[str, object]:
    """Return a labelled story of a few customer turns."""
    return {
        "id": name,
        "situation": situation,
        "turns": [{"party": "customer", "text": text} for text in said],
        "labels": {**NONE, "service_problem": True, **judged},
    }


def test_a_story_is_told_among_plain_matters_of_its_fold() -> None:
    """Its own turns stay together and in order, its needs stay; a stranger's need never joins."""
    situations = [f"s{n}" for n in range(60)]
    fold = fold_of("s0")
    plain = [item(f"p{n}", name, f"plain {n}") for n, name in enumerate(situations)]
    needy = item("x", "s0", "one", "two", company="yes", service_problem=False)
    other = item("y", "s1", "help me", support=True)
    long = next(one for one in lengthened([*plain, needy, other]) if one["id"] == "x")
    texts = [turn["text"] for turn in long["turns"]]
    assert texts[texts.index("one") + 1] == "two"
    own = {f"plain {n}" for n, name in enumerate(situations) if fold_of(name) == fold}
    assert set(texts) - {"one", "two"} <= own
    assert len(texts) == 4
    assert long["labels"]["company"] == "yes"
    assert long["labels"]["service_problem"] is True


def test_a_language_is_shifted_to_what_is_so_but_not_on_few() -> None:
    """With many stories the mean probability becomes the share that is true; one moves little."""
    odds = np.zeros(400)
    truth = np.arange(400) < 100
    every = np.ones(400, dtype=bool)
    shift = _shift(odds, truth, every)
    assert 1 / (1 + np.exp(-shift)) == pytest.approx(0.25, abs=0.02)
    only = np.arange(400) == 399
    assert -0.2 < _shift(odds, truth, only) < 0


def test_precision_is_reached_before_recall_is_sought() -> None:
    """Of the thresholds that are precise enough the one that finds most is taken."""
    chance = np.linspace(1, 0, 100)
    truth = np.arange(100) < 40
    at = _precise_from(chance, truth)
    found = chance >= at
    assert truth[found].mean() >= 0.9
    assert found[truth].all()
