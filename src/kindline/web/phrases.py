"""The interface in the language of who reads it: gettext catalogues, read as they are written."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po


def phrases(language: str) -> Callable[[str], str]:
    """Return what says a phrase in a language; one that nobody translated stays English."""
    said = catalogue(language)
    return lambda text: said.get(text) or text


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the phrases of a language by their English."""
    path = files("kindline.web").joinpath("locale", f"{language}.po")
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}
