"""Encoders of others: a folder is read or refused, and a text means the same in any batch."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kindline.errors import ModelError
from kindline.text.pretrained import ONNX, TOKENIZER, load

WORDS = ("[PAD]", "[UNK]", "the", "clock", "and", "i", "have", "nowhere", "to", "be")
WIDTH = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an encoder that looks words up in a table."""
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / TOKENIZER))
    table = np.random.default_rng(7).normal(size=(len(WORDS), WIDTH)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["hidden"])],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["texts", "tokens", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(tmp_path / ONNX))
    return tmp_path


def test_rows_have_length_one_and_do_not_depend_on_the_batch(folder: Path) -> None:
    """Padding to a longer neighbour changes nothing."""
    encoder = load(folder)
    alone = encoder.encode(["the clock"])
    beside = encoder.encode(["the clock", "the clock and i have nowhere to be"])
    assert alone.shape == (1, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(beside, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(alone[0], beside[0], atol=1e-6)
    assert encoder.name == folder.name


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names the folder and what belongs in it."""
    with pytest.raises(ModelError, match="expected a folder with a sentence encoder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("broken", [ONNX, TOKENIZER])
def test_a_damaged_encoder_is_refused(folder: Path, broken: str) -> None:
    """A file cut short is an error of ours, not a traceback of somebody's library."""
    (folder / broken).write_text(json.dumps({}), "utf-8")
    with pytest.raises(ModelError, match="that can be read"):
        load(folder)
