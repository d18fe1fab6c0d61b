"""E-mail addresses, written, or said with a word for the sign."""

from collections.abc import Iterator
import re

from kindline.redaction.spoken import Said, Span

KIND = "email"
_WRITTEN = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_AT = r"(?:at|apenstaartje|apestaartje|apestaart|arobase|arobas|chez|kukac)"
_SIGN_SAID = re.compile(rf"\s{_AT}\s")
_DOT = r"(?:dot|punt|point|pont)"
_SAID = re.compile(
    rf"[\w.+-]+(?:\s+{_DOT}\s+[\w-]+){{0,3}}\s+{_AT}\s+[\w-]+(?:\s+{_DOT}\s+[\w-]+){{1,3}}"
)
_HALF_SAID = re.compile(rf"[\w.+-]+(?:\s+{_DOT}\s+[\w-]+){{0,3}}\s+{_AT}\s+[\w-]+(?:\.[\w-]+)+")


def spans(one: Said) -> Iterator[Span]:
    """Return where an address stands."""
    shapes = (_WRITTEN,) if "@" in one.folded else ()
    if _SIGN_SAID.search(one.folded):  # the shapes look at every word, this at few
        shapes = (*shapes, _SAID, _HALF_SAID)
    for shape in shapes:
        for found in shape.finditer(one.folded):
            yield Span(*found.span())
