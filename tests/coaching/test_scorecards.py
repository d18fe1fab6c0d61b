"""Scorecards: complete in every language, answered by people, and blind to how long it took."""

import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.coaching.sampling import Plan, drawn
from kindline.coaching.scorecard import (
    ANSWERS,
    checked,
    offered,
    score,
    scorecard,
    scorecard_names,
)
from kindline.errors import InputError, UnknownNameError
from kindline.model.analysis import BEHAVIOURS
from kindline.web.pages import LANGUAGES

# What a criterion must not look at: time, in the languages we have.
TIME = re.compile(
    r"\b(minutes?|seconds?|short|brief|quick|fast|long|aht|handle time|"
    r"minuten|kort|snel|lang|duur|minutes|bref|court|vite|rapide|durée|long|"
    r"perc|rövid|gyors|hosszú|idő)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", scorecard_names())
def test_every_scorecard_is_whole(name: str) -> None:
    """A title and each question in every language; evidence by behaviours that there are."""
    card = scorecard(name)
    assert set(card.title) == set(LANGUAGES)
    assert len({one.name for one in card.criteria}) == len(card.criteria)
    for one in card.criteria:
        assert set(one.question) == set(LANGUAGES)
        assert set(one.shown_by) <= set(BEHAVIOURS)


@pytest.mark.parametrize("name", scorecard_names())
def test_no_question_asks_how_long_it_took(name: str) -> None:
    """A long contact for company can lower no answer: nothing asks for time (FACTS 6.3)."""
    for one in scorecard(name).criteria:
        for text in one.question.values():
            assert TIME.search(text) is None, text


@given(
    answers=st.dictionaries(st.text(min_size=1), st.sampled_from(ANSWERS)),
    more=st.sets(st.text(min_size=1)),
)
def test_a_score_is_of_what_applies(answers: dict[str, str], more: set[str]) -> None:
    """Yes is one, partly a half; what does not apply changes nothing, and alone is no score."""
    worth = {"yes": 1.0, "partly": 0.5, "no": 0.0}
    applying = [worth[one] for one in answers.values() if one in worth]
    found = score(answers)  # type: ignore[arg-type]
    assert found.n_applying == len(applying)
    assert found.share == (sum(applying) / len(applying) if applying else None)
    padded = {**dict.fromkeys(more - answers.keys(), "does_not_apply"), **answers}
    assert score(padded).share == found.share  # type: ignore[arg-type]


def test_what_does_not_fit_company_is_not_asked_of_it() -> None:
    """Whether questions served the matter is nothing to ask where there was none."""
    card = scorecard("service")
    company = {one.name for one in card.for_contact(is_company=True)}
    other = {one.name for one in card.for_contact(is_company=False)}
    assert other - company == {"on_the_matter"}
    care = scorecard("care")
    assert {one.name for one in care.for_contact(is_company=True)} - {
        one.name for one in care.for_contact(is_company=False)
    } == {"boundary", "choice_left"}


def test_a_form_is_whole_or_refused() -> None:
    """A missing or unknown answer is an error that names the criterion."""
    card = scorecard("care")
    told = {one.name: "yes" for one in card.criteria}
    assert set(checked(card, told, is_company=True).values()) == {"yes"}
    missing = {name: answer for name, answer in told.items() if name != "received"}
    for wrong in ({**told, "received": "perhaps"}, missing):
        with pytest.raises(InputError, match="received"):
            checked(card, wrong, is_company=True)
    with pytest.raises(UnknownNameError):
        scorecard("appraisal")


def test_quotes_are_the_agents_words_for_that_question() -> None:
    """Of the behaviours a criterion is shown by, where they were heard, as they were said."""
    card = scorecard("care")
    received = next(one for one in card.criteria if one.name == "received")
    turns = [{"text": "Hello."}, {"text": "That must be hard."}]
    assert offered(received, {"acknowledge": [1], "boundary": [0]}, turns) == [
        (1, "That must be hard.")
    ]


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    n_each=st.integers(1, 5),
    seed=st.integers(0, 2**31 - 1),
)
def test_a_plan_takes_as_many_of_each(sizes: list[int], n_each: int, seed: int) -> None:
    """Of every agent so many, or all of fewer; the seed draws the same again, in any order."""
    contacts = [
        (100 * who + n, f"agent-{who}") for who, size in enumerate(sizes) for n in range(size)
    ]
    plan = Plan(n_each=n_each, seed=seed)
    found = drawn(contacts, plan)
    assert len(set(found)) == len(found)
    for who, size in enumerate(sizes):
        assert sum(one // 100 == who for one in found) == min(size, n_each)
    assert drawn(reversed(contacts), plan) == found
