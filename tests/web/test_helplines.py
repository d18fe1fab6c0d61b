"""Helplines on their page: shown once a named person dialled them, never once found wrong."""

from datetime import timedelta

import pytest

from kindline.safeguarding.helplines import help_for
from kindline.store.dialled import dialled, lines_of
from tests.web.conftest import OURS, THEIRS, House, text_of


def say(
    house: House, dial: str, heard: str, country: str = "CH", role: str = "safeguarding"
) -> int:
    """Say what was heard on a line; return the status of the answer."""
    form = {"country": country, "dial": dial, "heard": heard}
    return house.as_role(role).post("/helplines", form).status_code  # type: ignore[arg-type]


def offered(house: House, need: str = "suicide") -> list[str]:
    """Return what a desk of the house would offer a German speaker in Switzerland now."""
    with house.store.read() as tenancy:
        lines = lines_of(tenancy, "CH")
    told = help_for("CH", "de", need, house.clock(), lines=lines)  # type: ignore[arg-type]
    return [one.line.dial for one in told.offers]


def test_a_weak_line_is_offered_once_a_named_person_dialled_it(house: House) -> None:
    """With their name and the day, for ninety days, in that house alone."""
    assert offered(house) == []
    before = text_of(house.as_role("safeguarding").get("/helplines?country=CH"))
    assert "to dial: they are shown to nobody" in before
    assert say(house, "143", "right") == 303
    assert offered(house) == ["143"]
    shown = text_of(house.as_role("admin").get("/helplines?country=CH"))
    assert f"Dialled by safeguarding, {house.clock().date()}" in shown
    with house.store.of(THEIRS).read() as tenancy:
        assert dialled(tenancy, "CH") == {}
    house.clock.moved = timedelta(days=90)
    assert offered(house) == []


def test_a_line_found_wrong_is_offered_to_nobody(house: House) -> None:
    """Whatever its source; until somebody hears it right again."""
    house.clock.moved = timedelta(hours=3)  # it answers from two in the afternoon
    assert "0800890890" in offered(house, "befriending")
    assert say(house, "0800890890", "wrong") == 303
    assert "0800890890" not in offered(house, "befriending")
    assert "Found wrong by" in text_of(house.as_role("admin").get("/helplines?country=CH"))
    assert say(house, "0800890890", "right") == 303
    assert "0800890890" in offered(house, "befriending")


@pytest.mark.parametrize(
    ("country", "dial", "heard", "status"),
    [("CH", "999", "right", 404), ("XX", "143", "right", 404), ("CH", "143", "maybe", 422)],
)
def test_what_is_no_line_is_not_there(
    house: House, country: str, dial: str, heard: str, status: int
) -> None:
    """A number that is in no table of ours is not made one by saying so."""
    assert say(house, dial, heard, country) == status
    with house.store.of(OURS).read() as tenancy:
        assert dialled(tenancy, "CH") == {}


def test_practice_names_the_lines_of_the_house(house: House) -> None:
    """What was found wrong is no line there either."""
    form = {"language": "en", "caller": "putting-things-in-order", "act": "card"}
    assert "Samaritans" in text_of(house.as_role("agent").post("/practice", form))
    assert say(house, "116123", "wrong", "GB") == 303
    told = text_of(house.as_role("agent").post("/practice", form))
    assert "Samaritans" not in told
    assert "999" in told
