"""
What words mean, learnt once for all languages and folded into the weights of every word.

Every known word has a vector: English words are read by an English sentence encoder, words of other
languages by their English gloss (training/glosses). A turn means the sum of its words, the rare
ones counting most. One linear model per label reads that sum, fitted to the turns of all languages
together; being linear, it comes apart into one weight per word, which is all that ships: nothing
of the encoder is needed at run time, and it costs no time there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
import re
import warnings

import numpy as np
import numpy.typing as npt
from scipy import sparse
import simplemma
from sklearn.linear_model import LogisticRegression

from kindline.text.encoder import N_BUCKETS, WORDS, encode
from kindline.text.fold import fold, fold_batch
from kindline.text.heads import Party
from kindline.text.pretrained import SentenceEncoder, Vectors
from kindline.text.sentences import split
from kindline.training.corpus import LABELS, Example

FREQUENT = 2e-3  # a word this frequent counts half (Arora et al. 2017: smooth inverse frequency)
_STRENGTH = 0.02  # of .003 to 3 the best on fresh lines; docs/measured.md
_LEAST_SEEN = 2  # a word of English; misspellings have no meaning of their own
_LONGEST_ENDING = 7  # letters that a star may stand for
_SCALE = 4.0  # spread of the features, so that one penalty serves every label
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
Floats = npt.NDArray[np.float64]
Buckets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one language: their buckets, ascending, and one weighted vector each."""

    buckets: Buckets
    vectors: Floats

    def features(self, words: sparse.csr_matrix, length: Floats) -> Floats:
        """Return the meaning of every text: counts of words and pairs, length of its n-grams."""
        return np.asarray(words[:, self.buckets] @ self.vectors / length[:, None])


def lexicon(
    language: str, texts: Sequence[str], glosses: Path, encoder: SentenceEncoder
) -> Lexicon:
    """Return the lexicon of a language, its words counted in `texts`."""
    seen = Counter(word for text in texts for word in _WORD.findall(fold(text)))
    if language == "en":
        forms = sorted(word for word, n in seen.items() if n >= _LEAST_SEEN)
        vectors = encoder.encode(forms)
    else:
        known = _glossed(language, seen, (glosses / f"{language}.txt").read_text("utf-8"))
        forms = sorted(known)
        vectors = _of_glosses([known[form] for form in forms], encoder)
    n_words = max(1, sum(seen.values()))
    share = np.array([seen[form] / n_words for form in forms])
    weight = FREQUENT / (FREQUENT + share)
    middle = np.average(vectors, axis=0, weights=np.maximum(weight * share, 1e-12))
    return _by_bucket(forms, (vectors - middle) * weight[:, None])


def fit(
    party: Party, examples: Mapping[str, Sequence[Example]], lexica: Mapping[str, Lexicon]
) -> Floats:
    """Return one column of weights per label over the vectors, from the turns of all languages."""
    read = [_read(examples[language], lexica[language]) for language in sorted(examples)]
    rows = np.vstack(read)
    rows *= _SCALE / np.sqrt((rows**2).sum(axis=1).mean())
    told = [example for language in sorted(examples) for example in examples[language]]
    columns = [_fit_label(rows, told, label) for label in LABELS[party]]
    return np.array(columns).T


def words_of(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return one row of counts per text: its words and its pairs of words, by bucket."""
    cut = split(texts)
    blocks = encode(fold_batch(cut.said)).blocks[WORDS]
    rows = cut.owners[np.concatenate([block.rows for block in blocks])]
    buckets = np.concatenate([block.buckets for block in blocks])
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, buckets)), shape=(len(texts), N_BUCKETS))


def _read(examples: Sequence[Example], known: Lexicon) -> Floats:
    words = words_of([example.text for example in examples])
    length = np.sqrt(np.maximum(1, np.asarray(words.sum(axis=1)).ravel()))
    return known.features(words, length)


def _fit_label(rows: Floats, examples: Sequence[Example], label: str) -> Floats:
    known = [number for number, example in enumerate(examples) if label in example.labels]
    is_label = np.array([examples[number].labels[label] for number in known])
    if is_label.all() or not is_label.any():
        return np.zeros(rows.shape[1])
    weight = np.array([examples[number].weight for number in known])
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(rows[known], is_label, sample_weight=weight)
    return np.asarray(model.coef_[0], dtype=np.float64)


def _glossed(language: str, seen: Iterable[str], written: str) -> dict[str, list[str]]:
    """Return the glosses of every form: as written, by its stem, or by its lemma."""
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    for gloss, form in _entries(written):
        target = stems if form.endswith("*") else exact
        target.setdefault(fold(form).rstrip("*"), []).append(gloss)
    lemmas: dict[str, list[str]] = {}
    for form, glosses in exact.items():
        lemmas.setdefault(_lemma(form, language), []).extend(glosses)
    known = {form.replace("_", " "): glosses for form, glosses in exact.items()}
    for word in seen:
        by_lemma = lemmas.get(_lemma(word, language))
        if found := exact.get(word) or _by_stem(word, stems) or by_lemma:
            known[word] = found
    return known | {stem: glosses for stem, glosses in stems.items() if stem not in known}


def _entries(written: str) -> Iterator[tuple[str, str]]:
    for line in written.splitlines():
        if line and not line.startswith("#"):
            gloss, _, forms = line.partition(" = ")
            for form in forms.split():
                yield gloss, form


def _by_stem(word: str, stems: Mapping[str, list[str]]) -> list[str] | None:
    """Return the glosses of the longest stem that the word begins with."""
    for end in range(len(word), max(1, len(word) - _LONGEST_ENDING), -1):
        if word[:end] in stems:
            return stems[word[:end]]
    return None


def _lemma(word: str, language: str) -> str:
    return fold(simplemma.lemmatize(word, lang=language))


def _of_glosses(glosses: Sequence[Sequence[str]], encoder: SentenceEncoder) -> Vectors:
    """Return one vector per form, the mean of its glosses."""
    every = sorted({gloss for several in glosses for gloss in several})
    vectors = dict(zip(every, encoder.encode(every), strict=True))
    rows = np.array([np.mean([vectors[gloss] for gloss in several], axis=0) for several in glosses])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _by_bucket(forms: Sequence[str], vectors: Floats) -> Lexicon:
    """Return the lexicon of forms that are one word or a pair; the first of a bucket is kept."""
    pairs = np.array([" " in form for form in forms])
    single, double = encode(fold_batch(forms)).blocks[WORDS]
    buckets: dict[int, int] = {}
    for block, wanted in ((single, ~pairs), (double, pairs)):
        for bucket, row in zip(block.buckets.tolist(), block.rows.tolist(), strict=True):
            if wanted[row]:
                buckets.setdefault(bucket, row)
    order = sorted(buckets)
    return Lexicon(
        buckets=np.array(order, dtype=np.int64),
        vectors=vectors[[buckets[bucket] for bucket in order]],
    )
