"""What may leave of a conversation's words: all that is kept, or empty places in their stead."""

from collections.abc import Mapping, Sequence
from typing import Any

from kindline.records import as_list, as_object
from kindline.store.conversations import Stored

Turns = Sequence[Mapping[str, Any]]


def words_of(one: Stored, *, has_words: bool) -> tuple[Mapping[str, Any], Turns]:
    """
    Return the analysis and the turns, with their words or with empty places.

    Turns whose words are gone already, or of a denied conversation, are empty places of nobody.
    """
    gone = ({"party": "unknown", "text": ""},) * int(one.analysis["n_turns"])
    turns = gone if one.turns is None else one.turns
    if has_words:
        return one.analysis, turns
    return _unquoted(one.analysis), tuple({**turn, "text": ""} for turn in turns)


def _unquoted(value: Any) -> Any:
    """Return a contract object whose findings name their turn and quote nothing."""
    inner, items = as_object(value), as_list(value)
    if inner is not None:
        hidden = {"quote": None, "start": None, "end": None} if "quote" in inner else {}
        return {key: _unquoted(part) for key, part in inner.items()} | hidden
    return value if items is None else [_unquoted(item) for item in items]
