"""
Payment cards: 13 to 19 digits whose check digit is right (Luhn, ISO/IEC 7812-1).

A number of fourteen digits or more that was said in words goes without a check: who says `soixante
dix` may mean one number or two, and it is a card, an account or somebody's number anyway.
"""

from collections.abc import Iterator

from stdnum import luhn

from kindline.redaction.spoken import Said, Span, candidates

KIND = "card"
_LENGTHS = range(13, 20)
_LONG = 14


def spans(one: Said) -> Iterator[Span]:
    """Return where a card number stands."""
    for run in one.runs:
        for chars, span in candidates(run, _LENGTHS):
            if chars[0] in "23456" and luhn.is_valid(chars):
                yield span
        digits = [symbol for symbol in run if symbol.char.isdigit()]
        if len(digits) >= _LONG and any(symbol.end - symbol.start > 1 for symbol in digits):
            yield Span(run[0].start, run[-1].end)
