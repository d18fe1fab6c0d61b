"""One piece of evidence for a label, with its place."""

from typing import NamedTuple


class Finding(NamedTuple):
    """
    Why a label was given.

    A finding in the words has a `turn` and a half-open span of Unicode code points in that turn's
    original text, with the `quote` found there. A finding in the structure (minutes after
    settlement, failed closings) has a `value` and no quote. `weight` is what it adds to the
    log-odds of the label. `confidence` is how sure a recogniser was of the words quoted, 0..1;
    None where they were typed, or the recogniser does not say.

    A tuple and not a class that checks itself, as some fifty are made a conversation. That each
    quote is what stands in its span is held by tests/property/test_analysis.py.
    """

    signal: str
    weight: float
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    value: float | None = None
    confidence: float | None = None
