"""Published figures beside ours: the nearest thing we count, or that there is none."""

import pytest

from kindline.insight.published import ours_beside
from kindline.insight.where import Scope
from kindline.store.facts import Facts
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, House, text_of

SWEARS = "What the fuck is wrong with my damn invoice, this is bullshit."
TRIED = "I already tried it on your website and in the app, it did not work. So I call."


def test_ours_stand_beside_what_was_published(house: House) -> None:
    """Each with n; a prediction under a heading of its own; people differ from words."""
    for n in range(12):
        text = SWEARS if n % 3 == 0 else TRIED if n % 3 == 1 else "My invoice is wrong."
        keep(house.store, conversation(text, id=f"p{n}"), house.clock(), policy="eu-consented")
    shown = text_of(house.as_role("analyst").get("/published"))
    assert "CM.com, 2022, NL, n = 1,012" in shown
    before, _, after = shown.partition("What was predicted")
    assert "Gartner, press release" in after
    assert "press release" not in before
    assert "prediction" in after


def test_a_share_is_of_what_was_judged(house: House) -> None:
    """Conversations with and without; what nobody could judge counts on neither side."""
    for n, text in enumerate((SWEARS, "My invoice is wrong.", "My parcel is late.")):
        keep(house.store, conversation(text, id=f"p{n}"), house.clock(), policy="eu-consented")
    facts = Facts(house.home / "other")
    with house.store.read() as tenancy:
        facts.refresh(tenancy)
    told = ours_beside(Scope(facts=facts, tenant=OURS))["swearing"]
    assert told.value is not None
    assert round(told.value * told.n) == 1
    assert told.n + told.n_unjudged == 7
    facts.close()


@pytest.mark.parametrize("role", ["planner", "dpo"])
def test_few_are_told_to_nobody_who_opens_no_conversation(house: House, role: str) -> None:
    """Of four conversations no share is shown to who sees numbers alone."""
    shown = text_of(house.as_role(role).get("/published"))  # type: ignore[arg-type]
    assert "too few to tell" in shown
    assert "· n" not in shown
