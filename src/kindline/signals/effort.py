"""What the customer had tried before this contact."""

from kindline.model.analysis import Effort
from kindline.text.decision import finding
from kindline.text.reading import Feature, Reading

NAME = "effort"
_KINDS = ("tried_self_service", "other_channels", "repeat_contact")


def detect(reading: Reading) -> Effort:
    """Return which efforts the customer told of."""
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
