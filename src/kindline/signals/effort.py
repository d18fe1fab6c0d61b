"""What the customer had tried before this contact."""

from collections.abc import Sequence

from kindline.model.analysis import Effort
from kindline.text.reading import Feature, Reading
from kindline.text.verdicts import finding

NAME = "effort"
_KINDS = ("tried_self_service", "other_channels", "repeat_contact")


def detect(readings: Sequence[Reading]) -> list[Effort]:
    """Return which efforts each customer told of."""
    return list(map(_effort, readings))


def _effort(reading: Reading) -> Effort:
    shown = {name: reading.shown(name, "customer") for name in _KINDS}
    found = (
        finding(f"{NAME}.{name}", seen.probability, reading, Feature(seen.probability, seen))
        for name, turns in shown.items()
        for seen in turns
    )
    return Effort(
        state="assessed",
        tried_self_service=bool(shown["tried_self_service"]),
        other_channels=bool(shown["other_channels"]),
        repeat_contact=bool(shown["repeat_contact"]),
        findings=tuple(found),
    )
