"""
The Hungarian social security number (TAJ): nine digits.

The ninth is the sum of the first eight, by turns times 3 and 7, modulo 10 (1996. evi XX. torveny).
"""

from collections.abc import Iterator

from kindline.redaction.spoken import Said, Span, candidates

KIND = "taj"


def spans(one: Said) -> Iterator[Span]:
    """Return where a TAJ stands, in Hungarian or in Hungary."""
    if one.language != "hu" and one.country != "HU":
        return
    for run in one.runs:
        for chars, span in candidates(run, range(9, 10)):
            if is_valid(chars):
                yield span


def is_valid(chars: str) -> bool:
    """Return whether nine digits are a TAJ."""
    return len(chars) == 9 and check_digit(chars[:8]) == chars[8]  # noqa: PLR2004 -- its length


def check_digit(first: str) -> str:
    """Return the ninth digit for the first eight."""
    total = sum((3, 7)[place % 2] * int(digit) for place, digit in enumerate(first))
    return str(total % 10)
