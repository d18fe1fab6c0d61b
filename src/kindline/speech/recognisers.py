"""
The seam between a track and what writes down the words on it.

A recogniser takes one utterance or a run of them and gives words with times from its start. Each is
held to the languages it knows: an English one writes fluent English for Dutch, and nobody would
see. Engines stand in files of their own; `recogniser` finds the one for a folder.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kindline.errors import ModelError
from kindline.speech import moonshine, whisper
from kindline.speech.decode import Samples
from kindline.words import Word


class Recogniser(Protocol):
    """What an engine offers. It may be asked from several threads."""

    @property
    def name(self) -> str:
        """Return engine, model and version, as results are stamped with."""
        ...

    @property
    def languages(self) -> Collection[str] | None:
        """Return the languages it knows, None where it knows any."""
        ...

    @property
    def longest_ms(self) -> int:
        """Return the longest run of speech it takes at once."""
        ...

    @property
    def times_words(self) -> bool:
        """Return whether its words have times of their own, so that a run can be cut again."""
        ...

    def words(self, samples: Samples, language: str, *, is_final: bool = True) -> Sequence[Word]:
        """
        Return what was said; times in milliseconds from the start of the samples.

        What is not final is shown and forgotten: it may come without confidences, and sooner.
        """
        ...

    def language_of(self, samples: Samples) -> str | None:
        """Return the language spoken, None where the engine cannot tell or is not sure."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose: a model folder, None for the one that comes along; where it runs."""

    folder: Path | None = None
    device: str = "auto"


def recogniser(choice: Choice) -> Recogniser:
    """Return the recogniser of a folder; without one, the English one that comes along."""
    if choice.folder is None:
        return moonshine.Moonshine(None)
    for engine in (whisper.Whisper, moonshine.Moonshine):
        if engine.fits(choice.folder):
            return (
                whisper.Whisper(choice.folder, choice.device)
                if engine is whisper.Whisper
                else moonshine.Moonshine(choice.folder)
            )
    expected = "a folder with model.bin (faster-whisper) or encoder_model.ort (Moonshine)"
    raise ModelError(choice.folder.name, found="neither", expected=expected)
