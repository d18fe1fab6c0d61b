"""Who spoke when: each party's turns as parts of the whole, none where nobody told times."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.web.transcript import Line, Transcript

TURNS = st.lists(
    st.tuples(st.sampled_from(["agent", "customer"]), st.integers(0, 10**6), st.integers(1, 10**5))
)


def told(turns: list[tuple[str, int, int]]) -> Transcript:
    """Return a transcript with these turns: party, start, length."""
    lines = tuple(
        Line(number=n, party=party, start_ms=start, end_ms=start + length, pieces=())
        for n, (party, start, length) in enumerate(turns)
    )
    return Transcript(lines=lines, whys=(), course=(), blots={})


@given(TURNS)
def test_every_turn_is_drawn_within_the_whole(turns: list[tuple[str, int, int]]) -> None:
    """As long as it was, and the last one ends at the end."""
    talk = told(turns).talk
    spans = [(party, *span) for party, some in talk for span in some]
    assert len(spans) == len(turns)
    if turns:
        whole = max(start + length for _, start, length in turns)
        assert sum(length for _, _, length in spans) == pytest.approx(
            100 * sum(length for _, _, length in turns) / whole
        )
        assert max(start + length for _, start, length in spans) == pytest.approx(100)


def test_without_times_nothing_is_drawn() -> None:
    """A chat whose export tells none."""
    line = Line(number=0, party="agent", start_ms=None, end_ms=None, pieces=())
    assert Transcript(lines=(line,), whys=(), course=(), blots={}).talk == ()
