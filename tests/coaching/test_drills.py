"""Practice: enough of it in every language, right where it says so, spaced, and never a grade."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline.coaching.certificate import certificate
from kindline.coaching.drill_lint import problems_of
from kindline.coaching.drills import DRILL_KINDS, drills, drills_from
from kindline.coaching.spacing import NEW_A_DAY, Deck, answered, deck_from, due
from kindline.errors import UnknownNameError
from kindline.languages import codes
from kindline.text.fold import fold

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
CORPUS = Path(__file__).parents[2] / "corpus"
FEWEST = 60


@pytest.mark.parametrize("language", codes())
def test_there_is_enough_of_every_kind(language: str) -> None:
    """Sixty pieces a language at least, each kind among them; every answer of the closed ones."""
    some = drills(language).values()
    kinds = Counter(one.kind for one in some)
    assert len(some) >= FEWEST
    assert set(kinds) == set(DRILL_KINDS)
    for kind in ("need", "card"):
        asked = {one.options[one.right[0]].name for one in some if one.kind == kind}
        assert asked == {option.name for one in some if one.kind == kind for option in one.options}


@pytest.mark.parametrize("language", codes())
def test_drills_pass_the_linter(language: str) -> None:
    """What is right to say may be said; nothing is told twice, nothing could be dialled."""
    assert problems_of(drills(language).values()) == {}


def test_the_linter_finds_what_must_not_be() -> None:
    """A right reply that orders, a number, a missing reason, a story told twice."""
    told = {
        "need": [
            {"says": "Ring 0800 123 4567.", "need": "service", "why": "x"},
            {"says": "Twice.", "need": "service", "why": ""},
            {"says": "twice.", "need": "support", "why": "x"},
        ],
        "reply": [
            {"says": "s", "best": "You should get out.", "because": "x", "others": [["a", "b"]]}
        ],
    }
    found = [set(wrong) for wrong in problems_of(drills_from(told, "en").values()).values()]
    assert found == [{"number"}, {"no reason"}, {"twice"}, {"telling"}]


@pytest.mark.parametrize("language", codes())
def test_no_drill_is_a_story_of_the_corpus(language: str) -> None:
    """Written for it: no piece shares a line with what the models learnt from."""
    lines = (CORPUS / language / "conversations.jsonl").read_text("utf-8").splitlines()
    corpus = {fold(turn["text"]) for line in lines for turn in json.loads(line)["turns"]}
    own = {
        fold(text)
        for one in drills(language).values()
        for text in (one.says, *(option.text or "" for option in one.options))
        if len(text) > 30
    }
    assert own & corpus == set()


@pytest.mark.parametrize("language", codes())
def test_right_answers_are_right_and_others_are_not(language: str) -> None:
    """One place is right; of a ladder one order; anything else is an answer that is not."""
    for one in drills(language).values():
        assert one.is_answer(one.right)
        assert one.is_right(one.right)
        if one.kind == "ladder":
            assert not one.is_right(one.right[::-1])
            assert not one.is_answer((1,) * len(one.right))
        else:
            wrong = [(place,) for place in range(len(one.options)) if (place,) != one.right]
            assert all(one.is_answer(given) and not one.is_right(given) for given in wrong)
            assert not one.is_answer((len(one.options),))
    with pytest.raises(UnknownNameError):
        drills("xx")


def test_the_right_reply_is_not_always_at_the_same_place() -> None:
    """Who learns the place learns nothing."""
    for language in codes():
        places = Counter(one.right[0] for one in drills(language).values() if one.kind == "reply")
        assert len(places) > 1


def test_what_was_right_comes_back_later_than_what_was_not() -> None:
    """Spaced by FSRS: after the same past, right waits longer; in time both come back."""
    one = next(iter(drills("en").values()))
    deck = answered(Deck(), one, is_right=True, now=NOW)
    later = NOW + timedelta(days=2)
    right = answered(deck, one, is_right=True, now=later)
    wrong = answered(deck, one, is_right=False, now=later)
    assert right.cards[one.id]["due"] > wrong.cards[one.id]["due"]
    assert one in due(right, [one], owner="u", now=later + timedelta(days=365))
    assert one not in due(right, [one], owner="u", now=later)


def test_a_few_new_pieces_a_day_in_an_order_of_ones_own() -> None:
    """Eight a day, then tomorrow's; two people begin differently."""
    every = list(drills("nl").values())
    deck, seen = Deck(), list[str]()
    while waiting := due(deck, every, owner="u", now=NOW):
        seen.append(waiting[0].id)
        deck = answered(deck, waiting[0], is_right=True, now=NOW)
    assert len(seen) == len(set(seen)) == NEW_A_DAY
    tomorrow = due(deck, every, owner="u", now=NOW + timedelta(days=1))
    assert len([one for one in tomorrow if one.id not in seen]) == NEW_A_DAY
    other = due(Deck(), every, owner="v", now=NOW)
    assert [one.id for one in other] != seen


@settings(max_examples=40)
@given(
    answers=st.lists(st.tuples(st.integers(0, 61), st.booleans(), st.integers(0, 40)), max_size=12)
)
def test_a_deck_is_kept_as_it_is(answers: list[tuple[int, bool, int]]) -> None:
    """What is kept and opened again is the same deck, whatever was answered when."""
    every = list(drills("hu").values())
    deck, at = Deck(), NOW
    for place, is_right, days in answers:
        at += timedelta(days=days)
        deck = answered(deck, every[place], is_right=is_right, now=at)
    assert deck_from(json.loads(json.dumps(deck.as_told()))) == deck


def test_a_certificate_says_what_and_when_and_never_how_well() -> None:
    """Right or wrong, the same certificate."""
    some = list(drills("fr").values())[:3]
    right = wrong = Deck()
    for number, one in enumerate(some):
        at = NOW + timedelta(days=number)
        right = answered(right, one, is_right=True, now=at)
        wrong = answered(wrong, one, is_right=False, now=at)
    calls = [date(2026, 11, 20), date(2026, 11, 20)]
    told = certificate(right, calls)
    assert told == certificate(wrong, calls)
    assert (told.n_answers, told.n_days, told.n_calls) == (3, 4, 2)
    assert (told.first, told.last) == (date(2026, 11, 20), date(2026, 11, 29))
    assert sum(told.by_kind.values()) == 3
    assert certificate(Deck(), []).first is None
