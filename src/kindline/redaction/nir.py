"""The French social security number (NIR): thirteen characters and a key modulo 97."""

from collections.abc import Iterator

from stdnum.fr import nir

from kindline.redaction.spoken import Said, Span, candidates

KIND = "nir"


def spans(one: Said) -> Iterator[Span]:
    """Return where a NIR stands with its key, Corsica's letters as well."""
    for run in one.runs:
        for chars, span in candidates(run, range(15, 16), letters=True):
            if chars[0] in "12378" and nir.is_valid(chars):
                yield span
