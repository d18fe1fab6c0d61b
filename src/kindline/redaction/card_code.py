"""The code on a card: never to be kept after authorisation, not even sealed (PCI DSS 3.3.1)."""

from collections.abc import Iterator

from kindline.languages.spelling import spelling
from kindline.redaction.spoken import Said, Span, candidates

KIND = "card_code"
_LENGTHS = range(3, 5)
_NEAR = 60  # characters between what it is called and itself


def spans(one: Said) -> Iterator[Span]:
    """Return where three or four digits stand after a word for the code, or as the answer to it."""
    words = spelling(one.language).phrases.get("card_code", ())
    places = [one.folded.find(word) for word in words if word in one.folded]
    if "card_code" in one.asked:
        places.append(0)
    for place in places:
        for run in one.runs:
            if place <= run[0].start <= place + _NEAR:
                yield from (span for _, span in candidates(run, _LENGTHS))
