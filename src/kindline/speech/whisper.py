"""
Whisper in CTranslate2 (faster-whisper): any language, on a processor or a graphics card.

One thread a worker in eight bits: two threads on one piece are slower than one (docs/measured.md).
Its own voice activity stays off; the pieces we hand it are speech already.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kindline.errors import ModelError
from kindline.extras import library
from kindline.speech.decode import Samples
from kindline.words import Word

_WORKERS = 2  # the two sides of a call
_MOST_SILENT = 0.6  # no_speech_prob; Whisper's own default
_MOST_REPEATED = 2.4  # compression_ratio; Whisper's own default for a failed decoding
_LEAST_SURE = 0.5  # of the language


class Whisper:
    """A Whisper model from a folder, loaded once."""

    longest_ms = 28_000  # its window is 30 s
    times_words = True
    languages: Collection[str] | None = None

    def __init__(self, folder: Path, device: str = "auto") -> None:
        module = library("faster_whisper", "speech")
        if device == "auto":
            n_cards = library("ctranslate2", "speech").get_cuda_device_count()
            device = "cuda" if n_cards else "cpu"
        try:
            self._engine: Any = module.WhisperModel(
                str(folder),
                device=device,
                compute_type="int8" if device == "cpu" else "default",
                cpu_threads=1,
                num_workers=_WORKERS,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            found = type(error).__name__
            raise ModelError(folder.name, found=found, expected="a faster-whisper model") from None
        if not self._engine.model.is_multilingual:
            self.languages = ("en",)
        self.name = f"whisper {folder.name} (faster-whisper {module.__version__})"

    @staticmethod
    def fits(folder: Path) -> bool:
        """Return whether a folder holds such a model."""
        return (folder / "model.bin").is_file() and (folder / "config.json").is_file()

    def words(
        self,
        samples: Samples,
        language: str,
        *,
        is_final: bool = True,  # noqa: ARG002 -- one hearing gives confidences already
    ) -> Sequence[Word]:
        """Return the words with times and confidences; text made up in silence is left out."""
        segments, _ = self._engine.transcribe(
            _floats(samples),
            language=language,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )
        return [
            Word(
                text=word.word.strip(),
                start_ms=round(word.start * 1000),
                end_ms=round(max(word.start, word.end) * 1000),
                confidence=min(1.0, max(0.0, float(word.probability))),
                joins=not word.word.startswith(" "),
            )
            for segment in segments
            if segment.no_speech_prob <= _MOST_SILENT
            and segment.compression_ratio <= _MOST_REPEATED
            for word in segment.words or ()
            if word.word.strip()
        ]

    def language_of(self, samples: Samples) -> str | None:
        """Return the language it hears, None where it is not sure."""
        if self.languages is not None:
            return None
        language, probability, _ = self._engine.detect_language(audio=_floats(samples))
        return str(language) if probability >= _LEAST_SURE else None


def _floats(samples: Samples) -> NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32(32768)
