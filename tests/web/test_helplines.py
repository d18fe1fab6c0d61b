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


OWN = {
    "country": "BE",
    "dial": "+32 2 555 01 23",
    "name": "Buddy line of the house",
    "whom": "customers over seventy",
    "needs": ["befriending"],
    "languages": "nl, fr",
    "hours": "mon-fri 09:00-17:00",
    "url": "https://example.org/buddy",
}


def befriending(house: House, language: str = "nl") -> list[str]:
    """Return whom a desk of the house would offer in Belgium now."""
    with house.store.read() as tenancy:
        lines = lines_of(tenancy, "BE")
    at = house.clock().replace(year=2026, month=11, day=24, hour=10)
    told = help_for("BE", language, "befriending", at, lines=lines)
    return [one.line.name for one in told.offers]


def test_a_line_of_the_house_is_offered_once_somebody_dialled_it(house: House) -> None:
    """Added, dialled, offered in its languages; changed, it is to be dialled again; gone."""
    admin = house.as_role("admin")
    assert admin.post("/helplines/own", dict(OWN)).status_code == 303
    assert "Buddy line of the house" in text_of(admin.get("/helplines?country=BE"))
    assert "Buddy line of the house" not in befriending(house)
    assert say(house, "+3225550123", "right", "BE") == 303
    assert befriending(house)[0] == "Buddy line of the house"
    assert "Buddy line of the house" not in befriending(house, "de")
    assert admin.post("/helplines/own", {**OWN, "whom": "all"}).status_code == 303
    assert "Buddy line of the house" not in befriending(house)
    drop = {"country": "BE", "dial": "+3225550123"}
    assert admin.post("/helplines/own/drop", drop).status_code == 303
    assert "Buddy line of the house" not in text_of(admin.get("/helplines?country=BE"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dial", "call us"),
        ("dial", "12"),
        ("hours", "always"),
        ("hours", "mon-fri 19:00-09:00"),
        ("needs", []),
        ("languages", "Dutch"),
        ("url", "javascript:alert(1)"),
        ("country", "XX"),
        ("name", " "),
    ],
)
def test_a_line_that_nobody_could_call_is_refused(
    house: House, field: str, value: str | list[str]
) -> None:
    """The page says what is wrong; nothing is kept."""
    answer = house.as_role("admin").post("/helplines/own", {**OWN, field: value})
    assert answer.status_code == 422
    with house.store.read() as tenancy:
        assert tenancy.connection.exec_driver_sql("SELECT * FROM house_lines").all() == []


def test_lines_to_dial_are_a_task_of_the_administrator(house: House) -> None:
    """Status counts them, where callers are; a year on all of them."""
    admin = house.as_role("admin")
    before = text_of(admin.get("/status"))
    assert "Somebody has to dial" in before
    house.clock.moved = timedelta(days=365)
    assert text_of(admin.get("/status")) != before
