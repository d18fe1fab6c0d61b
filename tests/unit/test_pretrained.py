"""Encoders of others: a folder is read or refused, and a text means the same in any batch."""

import json
from pathlib import Path

import numpy as np
import pytest

from kindline.errors import ModelError
from kindline.text.pretrained import ONNX, TOKENIZER, load


def test_rows_have_length_one_and_do_not_depend_on_the_batch(encoder_folder: Path) -> None:
    """Padding to a longer neighbour changes nothing."""
    encoder = load(encoder_folder)
    alone = encoder.encode(["the clock"])
    beside = encoder.encode(["the clock", "the clock and i have nowhere to be"])
    assert alone.shape[0] == 1
    np.testing.assert_allclose(np.linalg.norm(beside, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(alone[0], beside[0], atol=1e-6)
    assert encoder.name == encoder_folder.name


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names the folder and what belongs in it."""
    with pytest.raises(ModelError, match="expected a folder with a sentence encoder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("broken", [ONNX, TOKENIZER])
def test_a_damaged_encoder_is_refused(encoder_folder: Path, broken: str) -> None:
    """A file cut short is an error of ours, not a traceback of somebody's library."""
    (encoder_folder / broken).write_text(json.dumps({}), "utf-8")
    with pytest.raises(ModelError, match="that can be read"):
        load(encoder_folder)
