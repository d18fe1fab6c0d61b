"""One piece of evidence for a label, with its place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    Why a label was given.

    A finding in the words has a `turn` and a half-open span of Unicode code points in that turn's
    original text, with the `quote` found there. A finding in the structure (minutes after
    settlement, failed closings) has a `value` and no quote. `weight` is what it adds to the
    log-odds of the label. `confidence` is how sure a recogniser was of the words quoted, 0..1;
    None where they were typed, or the recogniser does not say.
    """

    signal: str
    weight: float
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    value: float | None = None
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.quote is None:
            if self.value is None:
                raise ValueError(f"finding for {self.signal} with neither quote nor value")
        elif self.turn is None or self.start is None or self.end is None:
            raise ValueError(f"finding for {self.signal} quotes words without their place")
        elif self.end - self.start != len(self.quote) or not self.quote:
            raise ValueError(f"finding for {self.signal} whose quote does not fit its span")
