"""Laws of folding, encoding, finding cues and reading: batches are only a way to be fast."""

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from kindline.languages import codes
from kindline.text.cues import matcher
from kindline.text.encoder import encode
from kindline.text.fold import fold, fold_batch
from kindline.text.scoring import score
from kindline.text.sentences import sentences
from tests.strategies import sentences as talk
from tests.strategies import texts

many = st.lists(texts, min_size=1, max_size=6)


@given(texts)
def test_fold_keeps_every_offset(text: str) -> None:
    """A folded text is as long as the text, so an offset in one is an offset in the other."""
    assert len(fold(text)) == len(text)


@given(many)
def test_fold_batch_equals_single(some: list[str]) -> None:
    """Each text of a batch folds as it folds alone."""
    batch = fold_batch(some)
    whole = batch.as_text()
    ends = zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)
    assert [whole[start:end] for start, end in ends] == [fold(text) for text in some]


@given(many)
def test_encode_batch_equals_single(some: list[str]) -> None:
    """The features of a text do not depend on its neighbours."""
    together = encode(fold_batch(some))
    for number, text in enumerate(some):
        alone = encode(fold_batch([text]))
        for block, single in zip(together.blocks, alone.blocks, strict=True):
            assert block.buckets[block.rows == number].tolist() == single.buckets.tolist()


@pytest.mark.parametrize("code", codes())
@settings(max_examples=40)
@given(some=st.lists(talk, min_size=1, max_size=5))
def test_score_batch_equals_single(code: str, some: list[str]) -> None:
    """A turn gets the same probabilities in any batch, up to the last bits of a float."""
    together = score(some, code, "customer").probability
    alone = np.concatenate([score([text], code, "customer").probability for text in some])
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("code", codes())
@settings(max_examples=40)
@given(some=st.lists(texts | talk, min_size=1, max_size=5))
def test_hits_lie_inside_their_text(code: str, some: list[str]) -> None:
    """A hit never reaches across a text, and is never empty."""
    for hit in matcher(code).hits(fold_batch(some)):
        assert 0 <= hit.start < hit.end <= len(some[hit.row])


@given(texts)
def test_sentences_are_spans_of_the_text(text: str) -> None:
    """Sentences are in order, inside the text, not empty, and not padded with blanks."""
    spans = sentences(text)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
    assert spans == sorted(spans)
