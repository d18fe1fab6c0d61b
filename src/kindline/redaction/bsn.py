"""The Dutch citizen service number: nine digits, the 11-test."""

from collections.abc import Iterator

from stdnum.nl import bsn

from kindline.redaction.spoken import Said, Span, candidates

KIND = "bsn"


def spans(one: Said) -> Iterator[Span]:
    """Return where a BSN stands, in Dutch or in the Netherlands."""
    if one.language != "nl" and one.country != "NL":
        return
    for run in one.runs:
        for chars, span in candidates(run, range(9, 10)):
            if bsn.is_valid(chars):
                yield span
