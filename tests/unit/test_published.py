"""Figures of others: each with who, where and what kind; predictions apart."""

import pytest

from kindline.metrics.published import BESIDE, KINDS, Published, published


@pytest.mark.parametrize("one", published(), ids=lambda one: one.id)
def test_every_figure_says_what_it_is_worth(one: Published) -> None:
    """Who, which country, which kind, in four languages; a share between nothing and all."""
    assert one.kind in KINDS
    assert one.value is None or 0 < one.value < 1
    assert one.who
    assert one.country
    assert set(one.what) == {"en", "nl", "fr", "hu"}
    assert one.beside is None or one.beside in BESIDE


def test_predictions_come_last() -> None:
    """Nobody meets the prediction before a measurement."""
    kinds = [one.kind == "prediction" for one in published()]
    assert kinds == sorted(kinds)
    assert any(kinds)


def test_ids_are_those_of_facts() -> None:
    """One id, one figure."""
    ids = [one.id for one in published()]
    assert len(ids) == len(set(ids))
