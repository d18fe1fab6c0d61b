"""Where the customer's matter was settled, and how much was said after that."""

from collections.abc import Sequence

from kindline.model.analysis import Label, Resolution
from kindline.text.reading import Evidence, Feature, Reading
from kindline.text.scoring import threshold
from kindline.text.verdicts import finding

NAME = "resolution"
_NEARLY = (
    0.15  # a turn that settles it this probably leaves it neither open nor settled; our choice
)


def detect(readings: Sequence[Reading], service: Sequence[Label]) -> list[Resolution]:
    """Return whether there was a matter (`service`) and, if so, where it was settled."""
    return list(map(_resolution, readings, service))


def _resolution(reading: Reading, service: Label) -> Resolution:
    matter = finding(f"{NAME}.matter", 0.0, reading, Feature(service.probability or 0.0))
    if service.state == "absent":
        return Resolution(state="nothing_to_settle", findings=(matter,))
    settled = _settlement(reading)
    if settled is None:
        is_open = service.state == "present" and reading.best("settles") < _NEARLY
        return Resolution(state="open" if is_open else "unsure", findings=(matter,))
    return Resolution(
        state="settled",
        resolved_turn=settled.turn,
        share_after=round(share_after(reading, settled.turn), 4),
        ms_after=_ms_after(reading, settled.turn),
        findings=(
            finding(NAME, settled.probability, reading, Feature(settled.probability, settled)),
        ),
    )


def turn_of_settlement(reading: Reading) -> int | None:
    """Return the turn in which a matter was settled, or None."""
    settled = _settlement(reading)
    return None if settled is None else settled.turn


def share_after(reading: Reading, turn: int) -> float:
    """Return the share 0..1 of the customer's words that came after a turn."""
    total = sum(reading.n_words[number] for number in reading.customer_turns)
    after = sum(reading.n_words[number] for number in reading.customer_turns if number > turn)
    return after / total if total else 0.0


def _settlement(reading: Reading) -> Evidence | None:
    best = reading.ranked("settles")
    least = threshold("agent", "settles")
    return best[0] if best and best[0].probability >= least else None


def _ms_after(reading: Reading, turn: int) -> int | None:
    turns = reading.conversation.turns
    settled, last = turns[turn].interval, turns[-1].interval
    if settled is None or last is None:
        return None
    return max(0, last.end_ms - settled.end_ms)
