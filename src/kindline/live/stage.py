"""Where a call is, from what was said and what it holds alone: a restart changes nothing."""

from collections.abc import Sequence
from typing import Literal

from kindline.live.judging import Judged
from kindline.model.conversation import Turn

Stage = Literal["opening", "need", "work", "settled", "closing", "reopened", "ended"]
_MERE_GREETING = 3  # words; a customer who says less has named nothing yet; our choice
_MERE_GOODBYE = 6  # words; who says more after a closing goes on; our choice, no origin yet


def stage_of(turns: Sequence[Turn], judged: Judged, *, is_ended: bool = False) -> Stage:
    """Return where a call is."""
    if is_ended:
        return "ended"
    named = next((n for n, turn in enumerate(turns) if _tells(turn, _MERE_GREETING)), None)
    if named is None:
        return "opening"
    closed = _last_closing(judged, after=named)
    if closed is not None and judged.is_matter_closed:
        return "reopened" if _goes_on(turns, judged, closed) else "closing"
    if judged.is_matter_closed:
        return "settled"
    has_answer = any(turn.role == "agent" for turn in turns[named + 1 :])
    return "work" if has_answer else "need"


def _last_closing(judged: Judged, after: int) -> int | None:
    closings = {*judged.closings, *judged.agent.turns.get("warm_close", ())}
    return max((turn for turn in closings if turn > after), default=None)


def _goes_on(turns: Sequence[Turn], judged: Judged, closed: int) -> bool:
    return any(
        _tells(turn, _MERE_GOODBYE) and number not in judged.goodbyes
        for number, turn in enumerate(turns)
        if number > closed
    )


def _tells(turn: Turn, more_than: int) -> bool:
    return turn.role == "customer" and len(turn.text.split()) > more_than
