"""Why a contact came: an answer goes before a session, a session before words."""

import pytest

from kindline.selfservice.causes import (
    ANSWERS,
    FAILED,
    NO_SELF_SERVICE,
    NOT_FOUND,
    PERSON,
    REASSURANCE,
    UNKNOWN,
    cause,
)

NOTHING = {
    "answer": None,
    "ending": None,
    "last_kind": None,
    "has_tried": None,
    "reason": None,
    "is_served": None,
}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, UNKNOWN),
        ({"is_served": False}, NO_SELF_SERVICE),
        ({"is_served": True}, UNKNOWN),
        ({"has_tried": True}, FAILED),
        ({"has_tried": True, "reason": "reassurance"}, REASSURANCE),
        ({"has_tried": False, "is_served": True}, UNKNOWN),
        ({"ending": "completed"}, REASSURANCE),
        ({"ending": "completed", "has_tried": True}, REASSURANCE),
        ({"ending": "error"}, FAILED),
        ({"ending": "gave_up", "last_kind": "do"}, FAILED),
        ({"ending": "gave_up", "last_kind": "find"}, NOT_FOUND),
        ({"ending": "asked_person"}, PERSON),
        ({"ending": "error", "answer": "person"}, PERSON),
        ({"answer": "something else", "is_served": False}, NO_SELF_SERVICE),
    ],
)
def test_what_is_known_tells_the_cause(known: dict[str, object], expected: int) -> None:
    """Nothing is guessed where nothing is known; company is given to no single contact."""
    assert cause(**(NOTHING | known)) == expected  # type: ignore[arg-type]


def test_every_answer_is_a_cause_and_none_is_company() -> None:
    """Company is estimated as a share, never asked of one."""
    assert set(ANSWERS.values()) == {0, 1, 2, 3, 4, 5}
