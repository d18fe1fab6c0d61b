"""
What no drill may hold: a right reply that must never be said, a story told twice, a number.

Right replies and ladders are held to what the desk's own sentences are held to (`live.lint`).
Stories and reasons may hold anything callers say, but no digits that could be dialled.
"""

from collections.abc import Iterable, Iterator
import re

from kindline.coaching.drills import Drill
from kindline.languages.phrases import Phrase, phrases
from kindline.live.lint import problems
from kindline.text.fold import fold

_DIALLED = re.compile(r"\d[\d\s.-]{5,}")
_LONGEST = 420
_CLAIMS = ("queue_waits", "line_is_always_open")  # true in the story, or not said there


def problems_of(every: Iterable[Drill]) -> dict[str, list[str]]:
    """Return the problems by id of a drill; empty where all may be shown."""
    found: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for one in every:
        wrong = sorted({*_wrong(one)})
        told = fold(one.says or one.options[0].text or "")
        if seen.setdefault(told, one.id) != one.id:
            wrong.append("twice")
        if wrong:
            found[one.id] = wrong
    return found


def _wrong(one: Drill) -> Iterator[str]:
    lint = phrases(one.language).lint
    for text in _right_words(one):
        said = Phrase(text=text, form="formal")
        yield from (why for why in problems(said, lint) if why not in _CLAIMS)
    for text in (one.says, one.why, *(option.text or "" for option in one.options)):
        if _DIALLED.search(text):
            yield "number"
        if len(text) > _LONGEST:
            yield "length"
    if one.kind != "ladder" and not one.why.strip():
        yield "no reason"
    if one.kind == "reply" and not all(option.why for option in one.options):
        yield "no reason"


def _right_words(one: Drill) -> list[str]:
    if one.kind == "reply":
        return [one.options[one.right[0]].text or ""]
    return [option.text or "" for option in one.options] if one.kind == "ladder" else []
