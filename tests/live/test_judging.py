"""Read turn by turn, together with other calls, a call holds what it holds read all at once."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline.analysis import analyse_all
from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.live.judging import Growing, Judged, hear
from kindline.model.conversation import Conversation
from kindline.policy import profile
from kindline.training import corpus

ROOT = Path(__file__).resolve().parents[2] / "corpus"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
BLOCKS = ("service", "companionship", "support", "crisis", "abuse", "resolution", "agent")


def told(language: str) -> list[Conversation]:
    """Return the test split of a language."""
    return [
        conversation_from(
            {key: item[key] for key in ("id", "language", "channel", "turns", "lawful_basis")},
            source="corpus",
            record=item["id"],
        )
        for item in corpus.conversations(ROOT, language, split="test")
    ]


STORIES = {code: told(code) for code in codes()}


@pytest.mark.parametrize("code", codes())
def test_turn_by_turn_is_as_all_at_once(code: str) -> None:
    """Every call of the test split, all at the same time, a turn of each a step."""
    every = STORIES[code]
    growing = [Growing(conversation=one, language=code) for one in every]
    last: dict[int, Judged] = {}
    for step in range(max(len(one.turns) for one in every)):
        live = [n for n, one in enumerate(every) if step < len(one.turns)]
        said = [(growing[n], [every[n].turns[step]]) for n in live]
        last.update(zip(live, hear(said), strict=True))
    n_compared = 0
    for n, whole in enumerate(analyse_all(every, profile("eu-consented"), now=NOW)):
        if whole.roles.state == "unsure":  # words contradict the file: the batch reads no turn
            continue
        n_compared += 1
        for block in BLOCKS:
            assert getattr(last[n], block) == getattr(whole, block), (every[n].id, block)
    assert n_compared > len(every) * 0.9


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_however_turns_arrive_nothing_changes(data: st.DataObject) -> None:
    """In pieces of any size, beside any other calls in any language."""
    chosen = [
        data.draw(st.sampled_from(STORIES[code]), label=code)
        for code in data.draw(st.lists(st.sampled_from(codes()), min_size=1, max_size=4))
    ]
    growing = [Growing(conversation=one, language=str(one.language)) for one in chosen]
    left = [list(one.turns) for one in chosen]
    last: dict[int, Judged] = {}
    while any(left):
        n = data.draw(st.sampled_from([n for n, some in enumerate(left) if some]))
        size = data.draw(st.integers(min_value=1, max_value=len(left[n])))
        piece, left[n] = left[n][:size], left[n][size:]
        (last[n],) = hear([(growing[n], piece)])
    for n, one in enumerate(chosen):
        alone = Growing(conversation=one, language=str(one.language))
        (whole,) = hear([(alone, one.turns)])
        assert last[n] == whole
