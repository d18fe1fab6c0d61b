"""The British National Insurance number: two letters, six digits, one letter A to D."""

from collections.abc import Iterator
import re

from kindline.redaction.spoken import Said, Span, candidates

KIND = "nino"
# HMRC, NIM39110: no D, F, I, Q, U, V in front, no O second; seven pairs are not used.
_SHAPE = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")


def spans(one: Said) -> Iterator[Span]:
    """Return where a National Insurance number stands."""
    for run in one.runs:
        for chars, span in candidates(run, range(9, 10), letters=True):
            if _SHAPE.fullmatch(chars):
                yield span
