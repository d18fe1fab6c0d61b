"""
Moonshine: English offline, its smallest model within the package (moonshine-voice 0.1.0, MIT).

Later packages fetch their models, so that version is the one we ask for; a folder with a newer
model is read too. It gives lines without word times or confidences, so it listens twice, the second
time five per cent slower: what it hears both times is right far more often (docs/measured.md).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from importlib.metadata import version
from pathlib import Path
import re
from threading import Lock
from typing import Any

import numpy as np

from kindline.errors import ModelError
from kindline.extras import library
from kindline.speech.decode import PER_MS, RATE, Samples
from kindline.words import Word

_ENCODERS = ("encoder_model.ort", "encoder.ort")
_INCLUDED = "tiny-en"
# Its own voice activity remembers the call before, makes up words from it, and cuts what we cut
# already; without, the same sound gives the same words, and a third fewer are wrong.
_OPTIONS = {"vad_threshold": 0.0}
_STRETCHED = 1.05
_TWICE, _ONCE = 0.93, 0.42  # how often such words are right on a noisy line: bench/speech.py
_MARKS = re.compile(r"[^\w]+")
_NAME = re.compile(r"(tiny|base|small|medium)(-streaming)?-([a-z]{2})$")


class Moonshine:
    """A Moonshine model, loaded once; the folder's name says its size and language."""

    longest_ms = 28_000
    times_words = False

    def __init__(self, folder: Path | None) -> None:
        module = library("moonshine_voice", "speech")
        folder = folder or Path(module.get_model_path(_INCLUDED))
        found = _NAME.search(folder.name)
        if not self.fits(folder) or found is None:
            expected = "encoder and tokenizer, in a folder named like tiny-en or base-streaming-en"
            raise ModelError(folder.name, found="no such model", expected=expected)
        size, streaming, self._language = found.groups()
        kind = module.string_to_model_arch(f"{size}{streaming or ''}")
        engine = library("moonshine_voice.transcriber", "speech")
        try:
            self._engine = engine.Transcriber(str(folder), kind, options=_OPTIONS)
        except module.MoonshineError as error:
            raise ModelError(folder.name, found=type(error).__name__, expected="a model") from None
        self._one_at_a_time = Lock()  # two at once write nonsense
        self.name = f"moonshine {folder.name} {version('moonshine-voice')}"

    @staticmethod
    def fits(folder: Path) -> bool:
        """Return whether a folder holds such a model."""
        has_encoder = any((folder / name).is_file() for name in _ENCODERS)
        return has_encoder and (folder / "tokenizer.bin").is_file()

    @property
    def languages(self) -> Collection[str]:
        """Return its one language."""
        return (self._language,)

    def words(
        self,
        samples: Samples,
        language: str,  # noqa: ARG002 -- it has one, and is asked for no other
        *,
        is_final: bool = True,
    ) -> Sequence[Word]:
        """Return the words, each with the times of its line; sure of those it hears twice."""
        length_ms = len(samples) // PER_MS
        words = [
            Word(
                text=word,
                start_ms=min(round(line.start_time * 1000), length_ms),
                end_ms=min(round((line.start_time + line.duration) * 1000), length_ms),
            )
            for line in self._lines(samples)
            for word in line.text.split()
        ]
        if not is_final:
            return words
        again = [word for line in self._lines(_slower(samples)) for word in line.text.split()]
        sure = _heard_twice([word.text for word in words], again)
        return [
            replace(word, confidence=_TWICE if is_sure else _ONCE)
            for word, is_sure in zip(words, sure, strict=True)
        ]

    def _lines(self, samples: Samples) -> Sequence[Any]:
        with self._one_at_a_time:
            told = self._engine.transcribe_without_streaming(_floats(samples), RATE)
        lines: Sequence[Any] = told.lines
        return lines

    def language_of(self, samples: Samples) -> str | None:  # noqa: ARG002
        """Return None: whatever it hears, it writes its own language."""
        return None


def _slower(samples: Samples) -> Samples:
    """Return the samples stretched, and lower in pitch with it."""
    places = np.linspace(0, len(samples) - 1, round(len(samples) * _STRETCHED))
    slower = np.interp(places, np.arange(len(samples)), samples)
    return slower.astype(np.int16)


def _heard_twice(words: Sequence[str], again: Sequence[str]) -> list[bool]:
    """Return which words stand, but for case and marks, in the same order in a second hearing."""
    plain, others = ([_MARKS.sub("", word.lower()) for word in one] for one in (words, again))
    found = [False] * len(words)
    for place, _, n in SequenceMatcher(None, plain, others, autojunk=False).get_matching_blocks():
        found[place : place + n] = [True] * n
    return found


def _floats(samples: Samples) -> list[float]:
    floats: list[float] = (samples / np.float32(32768)).tolist()
    return floats
