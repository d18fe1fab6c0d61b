"""What several tests need: the corpus, the shared material, a point in time."""

from datetime import UTC, datetime
import os
from pathlib import Path

from hypothesis import HealthCheck, settings
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kindline.text.pretrained import ONNX, TOKENIZER

ROOT = Path(__file__).resolve().parents[1]

_WORDS = ("[PAD]", "[UNK]", "the", "clock", "and", "i", "have", "nowhere", "to", "be")
_WIDTH = 4

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return the clock of the tests."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of our own corpus."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the public material, or skip where there is none; CI has it and must not skip."""
    folder = Path(os.environ.get("KINDLINE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI has no shared material: set KINDLINE_SHARED")
        pytest.skip("no shared material: set KINDLINE_SHARED")
    return folder


@pytest.fixture
def encoder_folder(tmp_path: Path) -> Path:
    """Return a folder with an encoder that looks words up in a table."""
    folder = tmp_path / "words"
    folder.mkdir()
    vocabulary = {word: number for number, word in enumerate(_WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / TOKENIZER))
    table = np.random.default_rng(7).normal(size=(len(_WORDS), _WIDTH)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["hidden"])],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["texts", "tokens", _WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / ONNX))
    return folder
