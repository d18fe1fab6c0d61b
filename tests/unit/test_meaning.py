"""What words mean: glosses reach their forms, and the weights that ship say what was fitted."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kindline.languages import codes
from kindline.text.encoder import encode
from kindline.text.fold import fold_batch
from kindline.text.heads import assembled, heads, weight_of_length
from kindline.text.pretrained import Vectors
from kindline.text.sentences import split
from kindline.training import meaning
from kindline.training.corpus import LABELS, Example
from kindline.training.turns import N_FOLDS, Meant, fit_heads, held_out, stored

GLOSSES = Path(__file__).parents[2] / "training" / "glosses"


class Letters:
    """An encoder that counts letters: enough to tell words apart."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 per text."""
        rows = [
            [text.count(letter) + 0.1 for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts
        ]
        table = np.array(rows, dtype=np.float32)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True))


def test_a_form_is_known_by_its_stem_its_lemma_or_two_words(tmp_path: Path) -> None:
    """A star stands for an ending and a low line for a blank."""
    (tmp_path / "nl.txt").write_text(
        "lonely = eenza*\nto walk = wandelen\nnobody = geen_mens\n", "utf-8"
    )
    texts = ["eenzaamheid", "ik wandelde", "geen mens", "fiets"]
    found = meaning.lexicon("nl", texts, tmp_path, Letters())
    counts = meaning.words_of(texts)[:, found.buckets].sum(axis=1)
    assert np.asarray(counts).ravel().tolist() == [1, 1, 1, 0]


def test_meaning_carries_from_one_language_to_another(tmp_path: Path) -> None:
    """What is learnt from English turns is found in Dutch words with the same gloss."""
    (tmp_path / "nl.txt").write_text("lonely = eenzaam\nbill = rekening\n", "utf-8")
    english = ["lonely lonely", "bill bill"] * 8
    lexica = {
        "en": meaning.lexicon("en", english, tmp_path, Letters()),
        "nl": meaning.lexicon("nl", ["eenzaam rekening"], tmp_path, Letters()),
    }
    examples = {
        "en": [
            Example(text=text, labels={"company_disclosure": "lonely" in text}, story=str(number))
            for number, text in enumerate(english)
        ],
        "nl": [],
    }
    weights = meaning.fit("customer", {"en": examples["en"]}, {"en": lexica["en"]})
    column = LABELS["customer"].index("company_disclosure")
    words = meaning.words_of(["eenzaam", "rekening"])
    lonely, bill = lexica["nl"].features(words, np.ones(2)) @ weights[:, column]
    assert lonely > bill


@pytest.mark.parametrize("language", codes())
def test_glosses_are_well_formed(language: str) -> None:
    """Every line of a glossary is an English gloss and the forms that mean it."""
    path = GLOSSES / f"{language}.txt"
    if language == "en":
        assert not path.exists()
        return
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            gloss, sign, forms = line.partition(" = ")
            assert gloss.isascii(), line
            assert sign, line
            assert forms.split(), line


def test_what_is_loaded_adds_up_as_it_was_fitted() -> None:
    """Training and run time give a text the same log-odds, spelling and meaning together."""
    texts = [f"nobody rings me on day {n}" for n in range(10)]
    texts += [f"the bill of {n} is wrong" for n in range(10)]
    labels = LABELS["customer"]
    told = tuple(
        Example(text=text, labels=dict.fromkeys(labels, "rings" in text), story=text)
        for text in texts
    )
    known = meaning.lexicon("en", texts, GLOSSES, Letters())
    weights = meaning.fit("customer", {"en": told}, {"en": known})
    meant = Meant(lexicon=known, whole=weights, held=[weights] * N_FOLDS)
    model = fit_heads(told, "customer", known, weights, n_least=1)
    apart = held_out(told, "en", "customer", meant)
    loaded = assembled(stored(model, apart, "customer"), "customer")
    shown = ["nobody ever rings me", "the bill is wrong again today"]
    sums = loaded.sums(encode(fold_batch(shown)))
    fitted = (model.log_odds(shown) - apart.centre) / apart.spread
    weight = weight_of_length(sums.n_words)[:, None]
    np.testing.assert_allclose(loaded.log_odds(sums), fitted * weight, atol=0.05)


@pytest.mark.parametrize("language", codes())
def test_words_of_the_lexicon_have_rows_of_their_own(language: str) -> None:
    """A glossed word weighs as a word, not where its bucket is an n-gram."""
    model = heads(language, "customer")
    differ = model.rank != model.word_rank
    assert differ.sum() > 1000
    cut = split(["a b"])
    sums = model.sums(encode(fold_batch(cut.said)))
    assert sums.weights.shape == (1, len(model.labels))
