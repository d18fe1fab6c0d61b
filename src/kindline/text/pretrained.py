"""
Sentence encoders that others have trained, behind one seam: texts in, one vector a text out.

An encoder is a folder: an ONNX model with its `tokenizer.json`, or whatever sentence-transformers
reads. Both take the extra `kindline[encoder]`; nothing here reaches for a network.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kindline.errors import ModelError
from kindline.extras import library

Vectors = npt.NDArray[np.float32]
ONNX = "model.onnx"
TOKENIZER = "tokenizer.json"
_BATCH = 64
_MOST_TOKENS = 256


class SentenceEncoder(Protocol):
    """Anything that turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """Return what results are stamped with."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 per text."""
        ...


def load(folder: Path) -> SentenceEncoder:
    """
    Return the encoder in a folder.

    Raises ModelError where the folder holds none, or the extra is not installed.
    """
    if not folder.is_dir():
        raise ModelError(str(folder), expected="a folder with a sentence encoder", found="none")
    if (folder / ONNX).is_file():
        return OnnxEncoder(folder)
    return TransformersEncoder(folder)


class OnnxEncoder:
    """An ONNX model: its first output, averaged over the tokens."""

    def __init__(self, folder: Path) -> None:
        runtime, tokenizers = library("onnxruntime", "encoder"), library("tokenizers", "encoder")
        self.name = folder.name
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
            self._session = runtime.InferenceSession(
                str(folder / ONNX), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both raise plain Exception
            raise ModelError(
                str(folder), expected=f"{ONNX} and {TOKENIZER} that can be read", found="neither"
            ) from error
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {wanted.name for wanted in self._session.get_inputs()}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 per text."""
        parts = [self._encoded(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        tokens = self._tokenizer.encode_batch(list(texts))
        ids = np.array([token.ids for token in tokens], dtype=np.int64)
        mask = np.array([token.attention_mask for token in tokens], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {name: values for name, values in given.items() if name in self._inputs}
        hidden = np.asarray(self._session.run(None, wanted)[0], dtype=np.float32)
        if hidden.shape[:-1] == (len(texts),):  # the model averages by itself
            return of_length_one(hidden)
        seen = mask[:, :, None].astype(np.float32)
        return of_length_one((hidden * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1))


class TransformersEncoder:
    """A folder that sentence-transformers reads."""

    def __init__(self, folder: Path) -> None:
        sentences = library("sentence_transformers", "encoder")
        self.name = folder.name
        try:
            self._model: Any = sentences.SentenceTransformer(
                str(folder), device="cpu", local_files_only=True
            )
        except Exception as error:  # it raises whatever its parts raise
            raise ModelError(
                str(folder),
                expected=f"{ONNX} with {TOKENIZER}, or a model of sentence-transformers",
                found="neither",
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 per text."""
        rows = self._model.encode(list(texts), batch_size=_BATCH, show_progress_bar=False)
        return of_length_one(np.asarray(rows, dtype=np.float32))


def of_length_one(rows: Vectors) -> Vectors:
    """Return every row divided by its length."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
