"""Which language a conversation is in: what it says of itself, else what its words say."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from kindline.model.conversation import Conversation

_SHORTEST_TEXT = 20  # characters; shorter turns name a language by chance (our tries, 2026-11)
_LEAST_SHARE = 0.7  # of the characters must be in one language, else it is mixed; our choice
_LEAST_PROBABILITY = 0.9


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def language_of(conversation: Conversation) -> str | None:
    """Return the BCP 47 tag given, else the language found, else None: unknown or mixed."""
    if conversation.language:
        return conversation.language
    return identified(turn.text for turn in conversation.turns if turn.role != "system")


def identified(texts: Iterable[str]) -> str | None:
    """Return the language most of the words are in, or None when no language has enough."""
    every = [text for text in texts if text.strip()]
    characters: Counter[str] = Counter()
    for text in every:
        if len(text) >= _SHORTEST_TEXT:
            characters[_identifier().classify(text)[0]] += len(text)
    if not characters:
        return _of_short(" ".join(every))
    language, n_characters = characters.most_common(1)[0]
    return language if n_characters >= _LEAST_SHARE * characters.total() else None


def _of_short(text: str) -> str | None:
    if not text:
        return None
    language, probability = _identifier().classify(text)
    return language if probability >= _LEAST_PROBABILITY else None


@cache
def _identifier() -> _Identifier:
    make: Any = LanguageIdentifier.from_model_file  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    identifier: _Identifier = make(MODEL_FILE, norm_probs=True)
    return identifier
