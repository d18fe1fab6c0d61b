"""A real faster-whisper model of random weights and a tokenizer of bytes, made in a moment."""

from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

_WIDTH, _INNER, _MELS, _HEARD, _WRITTEN = 32, 64, 80, 1500, 448
_LANGUAGES = ("en", "fr", "hu", "nl")
_N_TIMES = 1501  # a mark every 20 ms of 30 s
_SEED = 3  # with these weights it does not only repeat itself


def write(folder: Path) -> Path:
    """Write the model; what it hears is noise by construction, the code it runs through is not."""
    folder.mkdir(parents=True)
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    words = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    words += ["", "<|rest|>"]  # CTranslate2 knows a model of many languages by the empty one
    rng = np.random.default_rng(_SEED)
    spec = ctranslate2.specs.WhisperSpec(1, 2, 1, 2)
    _encoder(rng, spec.encoder)
    _decoder(rng, spec.decoder, len(words))
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.alignment_heads = [(0, 0)]
    spec.config.lang_ids = [words.index(f"<|{code}|>") for code in _LANGUAGES]
    spec.register_vocabulary(words)
    spec.validate()
    spec.save(str(folder))
    return folder


def _tokenizer() -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: n for n, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    marks = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _LANGUAGES)]
    marks += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    marks += ["<|nospeech|>", "<|notimestamps|>"]
    marks += [f"<|{n * 0.02:.2f}|>" for n in range(_N_TIMES)]
    tokenizer.add_special_tokens(marks)
    return tokenizer


def _encoder(rng: np.random.Generator, encoder: Any) -> None:
    for conv, width in ((encoder.conv1, _MELS), (encoder.conv2, _WIDTH)):
        conv.weight, conv.bias = _random(rng, _WIDTH, width, 3), _random(rng, _WIDTH)
    encoder.position_encodings.encodings = _random(rng, _HEARD, _WIDTH)
    _norm(encoder.layer_norm)
    for layer in encoder.layer:
        _attention(rng, layer.self_attention, (3 * _WIDTH, _WIDTH))
        _feed_forward(rng, layer.ffn)


def _decoder(rng: np.random.Generator, decoder: Any, n_words: int) -> None:
    decoder.embeddings.weight = _random(rng, n_words, _WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    decoder.position_encodings.encodings = _random(rng, _WRITTEN, _WIDTH)
    _norm(decoder.layer_norm)
    for layer in decoder.layer:
        _attention(rng, layer.self_attention, (3 * _WIDTH, _WIDTH))
        _attention(rng, layer.attention, (_WIDTH, 2 * _WIDTH, _WIDTH))
        _feed_forward(rng, layer.ffn)


def _attention(rng: np.random.Generator, attention: Any, widths: tuple[int, ...]) -> None:
    _norm(attention.layer_norm)
    for linear, width in zip(attention.linear, widths, strict=True):
        linear.weight, linear.bias = _random(rng, width, _WIDTH), _random(rng, width)


def _feed_forward(rng: np.random.Generator, ffn: Any) -> None:
    _norm(ffn.layer_norm)
    ffn.linear_0.weight, ffn.linear_0.bias = _random(rng, _INNER, _WIDTH), _random(rng, _INNER)
    ffn.linear_1.weight, ffn.linear_1.bias = _random(rng, _WIDTH, _INNER), _random(rng, _WIDTH)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(_WIDTH, np.float32), np.zeros(_WIDTH, np.float32)


def _random(rng: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return rng.normal(scale=0.6, size=shape).astype(np.float32)
