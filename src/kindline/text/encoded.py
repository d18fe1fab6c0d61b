"""
Heads on a sentence encoder of others, beside ours: `kindline train` writes them, a folder each.

A turn is read twice, by its n-grams and by the encoder. Both give log-odds, and their mean decides.
Cues, evidence and everything after stay as they are, so an analysis differs in its numbers alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.errors import ModelError
from kindline.text import scoring
from kindline.text.encoder import VERSION
from kindline.text.heads import Party, heads, weight_of_length
from kindline.text.pretrained import SentenceEncoder, load
from kindline.text.scoring import Probabilities, Scored, TurnModel

FILE = "heads.json"
PARTIES: tuple[Party, ...] = ("customer", "agent")
_SURE = 1e-6  # keeps a probability of 0 or 1 from deciding alone
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedHeads:
    """The heads of one party in one language; `calibration` says how head and cues add up."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    calibration: Mapping[str, Mapping[str, float]]

    def log_odds(
        self, vectors: npt.NDArray[np.float32], scored: Scored, n_words: npt.NDArray[np.int64]
    ) -> Floats:
        """Return one row per text and one column per label, cues included."""
        strong, weak = scoring.marks(scored.hits, self.labels, len(vectors))
        head = (vectors @ self.weights + self.bias) * weight_of_length(n_words)[:, None]
        part = [self.calibration[label] for label in self.labels]
        by_name = {name: np.array([label[name] for label in part]) for name in part[0]}
        cues = strong * by_name["strong"] + weak * by_name["weak"]
        return np.asarray(head * by_name["head"] + cues + by_name["bias"])


class EncodedModel:
    """What `kindline train` wrote: an encoder, and heads for some languages."""

    def __init__(self, encoder: SentenceEncoder, heads: Mapping[str, EncodedHeads]) -> None:
        self._encoder = encoder
        self._heads = heads

    def score(self, texts: Sequence[str], language: str, party: Party) -> Scored:
        """Return what ours returns, read by the encoder as well where it knows the language."""
        ours = scoring.score(texts, language, party)
        model = self._heads.get(f"{language} {party}")
        if model is None or not texts:
            return ours
        vectors = self._encoder.encode(texts)
        theirs = model.log_odds(vectors, ours, scoring.word_counts(texts))
        mixed = 1 / (1 + np.exp(-(_log_odds(ours.probability) + theirs) / 2))
        strong, _ = scoring.marks(ours.hits, ours.labels, len(texts))
        heeded = scoring.heeding_plain_crisis(mixed, strong, ours.labels)
        return replace(ours, probability=heeded.astype(np.float32))


def turn_model(folder: Path) -> TurnModel:
    """
    Return the model that `kindline train` wrote to a folder.

    Raises ModelError where the folder holds none, or none of this program, or its encoder is gone.
    """
    try:
        raw = (folder / FILE).read_bytes()
        told: Mapping[str, Any] = json.loads(raw)
        learnt = {name: _heads(name, entry) for name, entry in told["heads"].items()}
        name, where = str(told["encoder"]), Path(told["folder"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            (folder / FILE).as_posix(),
            found=type(error).__name__,
            expected="what `kindline train` writes",
        ) from error
    model = EncodedModel(load(where), learnt)
    made_by = hashlib.blake2b(raw, digest_size=4).hexdigest()
    return TurnModel(name=f"{VERSION}+{name}@{made_by}", score=model.score)


def _heads(name: str, entry: Mapping[str, Any]) -> EncodedHeads:
    """Return the heads of a language and party; ValueError where ours have other labels."""
    language, party = name.split()
    ours = heads(language, "customer" if party == "customer" else "agent").labels
    if tuple(entry["labels"]) != ours:
        raise ValueError("learnt for other labels than ours")
    return EncodedHeads(
        labels=tuple(entry["labels"]),
        weights=np.array(entry["weights"], dtype=np.float64),
        bias=np.array(entry["bias"], dtype=np.float64),
        calibration=entry["calibration"],
    )


def _log_odds(probability: Probabilities) -> Floats:
    sure = np.clip(probability.astype(np.float64), _SURE, 1 - _SURE)
    return np.asarray(np.log(sure / (1 - sure)))
