"""What an agent may say: every phrase of every language passes the linter, which can fail."""

import pytest

from kindline.languages import codes
from kindline.languages.phrases import (
    ABUSE_STEPS,
    CARD_STEPS,
    CONDITIONS,
    EARLY,
    FORMS,
    RUNGS,
    Phrase,
    phrases,
)
from kindline.live.lint import problems, problems_of


@pytest.mark.parametrize("code", codes())
def test_every_phrase_may_be_said(code: str) -> None:
    """No feeling put on anybody, no pretext, diagnosis, order, typed number or claim."""
    assert problems_of(phrases(code)) == {}


@pytest.mark.parametrize("code", codes())
def test_every_rung_can_be_said_in_every_form_whatever_is_true(code: str) -> None:
    """With an empty queue and a line that closes there is still a sentence for each."""
    told = phrases(code)
    assert set(told.by_use) == {*RUNGS, *ABUSE_STEPS, EARLY}
    for use, some in told.by_use.items():
        for form in FORMS:
            assert [one for one in some if one.form == form and one.only_if is None], (use, form)
    conditions = {one.only_if for some in told.by_use.values() for one in some}
    assert conditions == {None, *CONDITIONS}
    assert [step.name for step in told.card] == list(CARD_STEPS)
    assert all(step.do for step in told.card)
    assert told.never_say


WRONG = [
    ("en", "You sound lonely to me.", "banned"),
    ("en", "The line is bad, I have to go.", "pretext"),
    ("en", "You may be depressed.", "diagnosis"),
    ("en", "You should call somebody.", "telling"),
    ("en", "Call 116 123.", "number"),
    ("en", "Other people are waiting.", "queue_waits"),
    ("en", "They are there day or night.", "line_is_always_open"),
    ("en", "Hello {customer_name}.", "slot"),
    ("en", "Hello {name.", "slot"),
    ("en", "Hello {name!r} }.", "slot"),
    ("en", " ", "length"),
    ("nl", "U klinkt eenzaam.", "banned"),
    ("nl", "Er is een technische storing.", "pretext"),
    ("nl", "Er wachten nog andere mensen.", "queue_waits"),
    ("hu", "Ön nagyon magányos.", "banned"),
    ("hu", "Rossz a vonal, elköszönök.", "pretext"),
    ("hu", "Éjjel-nappal meghallgatják.", "line_is_always_open"),
    ("fr", "Vous êtes seule, madame.", "banned"),
    ("fr", "J'ai un autre appel.", "pretext"),
    ("fr", "D'autres personnes attendent.", "queue_waits"),
]


@pytest.mark.parametrize(("code", "text", "why"), WRONG)
def test_what_must_not_be_said_is_found(code: str, text: str, why: str) -> None:
    """In ours and in what a house writes, capitals and accents or not."""
    lint = phrases(code).lint
    assert why in problems(Phrase(text=text, form="formal"), lint)
    assert why in problems(Phrase(text=text.upper(), form="formal"), lint) or why == "slot"


def test_a_claim_may_be_made_where_it_carries_its_condition() -> None:
    """And its own alone."""
    lint, claim = phrases("en").lint, "Other people are waiting."
    assert problems(Phrase(text=claim, form="formal", only_if="queue_waits"), lint) == []
    other = Phrase(text=claim, form="formal", only_if="line_is_always_open")
    assert problems(other, lint) == ["queue_waits"]
