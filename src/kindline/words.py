"""
Words with times, as recognisers give them, put together to turns.

Recognisers cut by pause, and a piece may hold two people: the speaker of each word decides. Two
channels are put in order by the start of each stretch, so that talking at once tears no sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from kindline.model.conversation import HeardWord, Role, Turn
from kindline.model.interval import Interval

PAUSE_MS = 1500  # a longer silence of a speaker ends a stretch; by listening to our own calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or a mark. `joins`: it is written onto the word before, as a comma is."""

    text: str
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None
    joins: bool = False


def turns(words: Iterable[Word], role: Role = "unknown") -> tuple[Turn, ...]:
    """Return the turns that words make; channels are given one after the other, each in order."""
    joined: list[list[Word]] = []
    for stretch in _in_order(_stretches(words)):
        if joined and joined[-1][0].speaker == stretch[0].speaker:
            joined[-1].extend(stretch)
        else:
            joined.append(stretch)
    return tuple(turn for turn in (_turn(stretch, role) for stretch in joined) if turn.text)


def _stretches(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Return the words, parted where the speaker changes or pauses."""
    stretch: list[Word] = []
    for word in words:
        if stretch and _is_apart(stretch[-1], word):
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch


def _is_apart(before: Word, word: Word) -> bool:
    if before.speaker != word.speaker:
        return True
    if before.end_ms is None or word.start_ms is None:
        return False
    return word.start_ms - before.end_ms > PAUSE_MS


def _in_order(stretches: Iterable[list[Word]]) -> list[list[Word]]:
    """Return the stretches by their start; one without a time stays behind the one before it."""
    placed: list[tuple[int, list[Word]]] = []
    start = 0
    for stretch in stretches:
        start = next((word.start_ms for word in stretch if word.start_ms is not None), start)
        placed.append((start, stretch))
    return [stretch for _, stretch in sorted(placed, key=lambda pair: pair[0])]


def _turn(stretch: Sequence[Word], role: Role) -> Turn:
    text, heard = _written(stretch)
    sure = [word.confidence for word in stretch if word.confidence is not None and not word.joins]
    return Turn(
        role=role,
        text=text,
        interval=_interval(stretch),
        confidence=round(fmean(sure), 4) if sure else None,
        speaker=stretch[0].speaker,
        words=tuple(heard),
    )


def _written(stretch: Sequence[Word]) -> tuple[str, list[HeardWord]]:
    """Return the text of the words, and the place of each in it."""
    text, heard = "", list[HeardWord]()
    for word in stretch:
        written = word.text.strip()
        if text and not word.joins:
            text += " "
        start, text = len(text), text + written
        if written:
            heard.append(
                HeardWord(
                    start=start,
                    end=len(text),
                    interval=_interval((word,)),
                    confidence=word.confidence,
                )
            )
    return text, heard


def _interval(stretch: Sequence[Word]) -> Interval | None:
    starts = [word.start_ms for word in stretch if word.start_ms is not None]
    ends = [word.end_ms for word in stretch if word.end_ms is not None]
    if not starts or not ends:
        return None
    return Interval(start_ms=min(starts), end_ms=max(min(starts), *ends))
