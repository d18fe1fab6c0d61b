"""Telephone numbers, as the numbering plans of the language's countries allow them."""

from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from kindline.redaction.spoken import Said, Span, candidates

KIND = "phone"
_LENGTHS = range(8, 16)
_LOOKS = range(9, 13)
_REGIONS = {
    "nl": ("NL", "BE"),
    "hu": ("HU",),
    "fr": ("FR", "BE", "CH"),
    "en": ("GB", "IE", "US", "AU"),
}


def spans(one: Said) -> Iterator[Span]:
    """Return where a telephone number stands."""
    regions = _REGIONS.get(one.language, ("GB",))
    own = (one.country, *regions) if one.country else regions
    for run in one.runs:
        for chars, span in candidates(run, _LENGTHS):
            is_rest = span.end == run[-1].end  # a number is not cut short in a row of digits
            is_whole = one.text[: span.start].rstrip("( ").endswith("+") or chars.startswith("00")
            if _is_number(chars, own, is_whole=is_whole) or (is_rest and _looks_like(chars)):
                yield span


def _looks_like(chars: str) -> bool:
    """Return whether digits have the shape: better one blot too many than a number left."""
    return chars[0] == "0" and len(chars) in _LOOKS


@lru_cache(maxsize=4096)
def _is_number(chars: str, regions: tuple[str, ...], *, is_whole: bool) -> bool:
    stated = f"+{chars.removeprefix('00')}" if is_whole else chars
    for region in (None,) if is_whole else regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(stated, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
