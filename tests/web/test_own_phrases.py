"""A house's own sentences: linted before they are kept, before ours where they are true."""

import pytest

from kindline.languages.phrases import phrases
from kindline.store.phrasing import own_phrases, phrases_of
from tests.web.conftest import THEIRS, House, text_of

SENTENCE = "Thank you for trusting me with that, {name}."


def write(house: House, text: str, **more: str) -> int:
    """Write a sentence as the data protection officer; return the status of the answer."""
    form = {"language": "en", "use": "acknowledge", "form": "formal", "text": text, **more}
    return house.as_role("dpo").post("/phrases", form).status_code


def offered(house: House) -> str:
    """Return the page of a practice call that has just begun."""
    return text_of(
        house.as_role("agent").post("/practice", {"language": "en", "caller": "meter-reading"})
    )


def test_a_sentence_of_the_house_is_offered_before_ours(house: House) -> None:
    """Filled in, in that house alone, until it is taken back."""
    assert "trusting me" not in offered(house)
    assert write(house, SENTENCE) == 303
    said = offered(house)
    assert "Thank you for trusting me with that, Mrs Pryce." in said
    assert said.index("trusting me") < said.index("hard time")
    with house.store.of(THEIRS).read() as tenancy:
        assert phrases_of(tenancy, "en") == phrases("en")
    with house.store.read() as tenancy:
        (one,) = own_phrases(tenancy, "en")
    assert one.by_name == "dpo"
    house.as_role("dpo").post(f"/phrases/{one.phrase_id}/drop", {"language": "en"})
    assert "trusting me" not in offered(house)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You sound lonely.", "puts a feeling"),
        ("The line is bad.", "a pretext"),
        ("You should see a doctor.", "what to do"),
        ("Ring 116 123.", "holds a number"),
        ("Other people are waiting.", "others wait"),
        ("Hello {someone}.", "a slot"),
        ("Hello {name.", "a slot"),
    ],
)
def test_what_must_not_be_said_is_not_kept(house: House, text: str, reason: str) -> None:
    """The page says why, and what was typed is there to be mended."""
    form = {"language": "en", "use": "boundary", "form": "formal", "text": text}
    answer = house.as_role("dpo").post("/phrases", form)
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert text in text_of(answer)
    with house.store.read() as tenancy:
        assert own_phrases(tenancy, "en") == []


def test_a_claim_is_kept_with_its_condition_and_offered_while_it_is_so(house: House) -> None:
    """Nobody says that others wait in an empty queue."""
    claim = "Forgive me, other people are waiting."
    assert write(house, claim, use="acknowledge", only_if="queue_waits") == 303
    assert "Forgive me" not in offered(house)
    form = {"language": "en", "caller": "meter-reading", "queue": "1"}
    assert "Forgive me" in text_of(house.as_role("agent").post("/practice", form))


@pytest.mark.parametrize(
    "more", [{"language": "xx"}, {"use": "x"}, {"form": "x"}, {"only_if": "x"}]
)
def test_a_use_that_is_none_is_refused(house: House, more: dict[str, str]) -> None:
    """Nothing is kept of it."""
    assert write(house, "Good afternoon.", **more) == 422
