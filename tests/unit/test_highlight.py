"""Evidence in a turn: cut where it begins and ends, nothing lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.report.highlight import pieces

spans = st.tuples(st.integers(0, 30), st.integers(1, 10), st.floats(0.1, 3))


def evidence(label: str, start: int, end: int, text: str, weight: float) -> tuple[str, Any]:
    """Return a finding as the contract writes it."""
    found = {"signal": label, "start": start, "end": end, "weight": weight}
    return label, {**found, "quote": text[start:end]}


@given(st.text(max_size=40), st.lists(spans, max_size=4))
def test_pieces_join_to_the_turn(text: str, some: list[tuple[int, int, float]]) -> None:
    """Whatever overlaps what, the words come out whole and in order."""
    inside = [(start, start + n, w) for start, n, w in some if start + n <= len(text)]
    found = [evidence(f"label{i}", a, b, text, w) for i, (a, b, w) in enumerate(inside)]
    assert "".join(piece.text for piece in pieces(text, found)) == text


def test_overlapping_evidence_shows_both_labels_strongest_first() -> None:
    """Where two labels stand on the same words, the stronger one is named first."""
    text = "nobody calls any more"
    found = [evidence("support", 0, 12, text, 0.4), evidence("company", 7, 21, text, 1.2)]
    shown = [(piece.text, piece.labels) for piece in pieces(text, found)]
    assert shown == [
        ("nobody ", ("support",)),
        ("calls", ("company", "support")),
        (" any more", ("company",)),
    ]


@pytest.mark.parametrize(("confidence", "is_shaky"), [(None, False), (0.93, False), (0.3, True)])
def test_words_a_recogniser_was_not_sure_of_are_marked(
    confidence: float | None, is_shaky: bool
) -> None:
    """A reader sees where to listen; typed words and clear ones are not marked."""
    found = {
        "signal": "crisis.active",
        "weight": 2.0,
        "turn": 0,
        "start": 0,
        "end": 4,
        "quote": "Well",
        "value": None,
        "confidence": confidence,
    }
    first, rest = pieces("Well then.", [("crisis", found)])
    assert (first.is_shaky, rest.is_shaky) == (is_shaky, False)
