"""Bank accounts: ISO 13616, length by country and check digits by mod 97."""

from collections.abc import Iterator

from stdnum import iban

from kindline.redaction.spoken import Said, Span, candidates

KIND = "iban"
_LENGTHS = range(15, 35)


def spans(one: Said) -> Iterator[Span]:
    """Return where an IBAN stands, written or spelled."""
    for run in one.runs:
        for chars, span in candidates(run, _LENGTHS, letters=True):
            if chars[:2].isalpha() and chars[2:4].isdigit() and iban.is_valid(chars):
                yield span
