"""The page of what if: what was measured, what was predicted, and that they stand apart."""

from tests.store.kept import conversation, keep
from tests.web.conftest import House, text_of


def test_scenarios_and_the_prediction_stand_apart(house: House) -> None:
    """Ours with n among the measured ones; the predicted share under a heading of its own."""
    for n in range(12):
        text = "You are the only voice I hear all week." if n % 4 == 0 else "My invoice is wrong."
        keep(house.store, conversation(text, id=f"s{n}"), house.clock(), policy="eu-consented")
    shown = text_of(house.as_role("planner").get("/staffing?calls=120&handle=5&company=15"))
    measured, _, predicted = shown.partition("If the prediction came true")
    assert "(ours, raw)" in measured
    assert "75 %" in predicted
    assert "75 %" not in measured.partition("What it takes")[2]


def test_what_cannot_be_is_refused(house: House) -> None:
    """No calls, more than all time on breaks, words for numbers: nothing is played through."""
    planner = house.as_role("planner")
    for asked in ("calls=0", "breaks=90", "calls=many", "handle=-1"):
        assert planner.get(f"/staffing?{asked}").status_code == 422
