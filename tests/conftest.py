"""What several tests need: the corpus, the shared material, a point in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
import os
from pathlib import Path
from uuid import uuid4

from hypothesis import HealthCheck, settings
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import psycopg
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kindline.store.database import Store, opened
from kindline.text.pretrained import ONNX, TOKENIZER
from tests.bucket import serving

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


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store: the same tests hold for SQLite and for PostgreSQL."""
    if request.param == "sqlite":
        made = opened(tmp_path / "kindline.db")
        yield made
        made.close()
        return
    with schema() as url:
        made = opened(url, key_file=tmp_path / "kindline.key")
        yield made
        made.close()


@contextmanager
def schema() -> Iterator[str]:
    """Return the address of a PostgreSQL schema of its own, dropped afterwards."""
    url = os.environ.get("KINDLINE_TEST_DATABASE_URL")
    if url is None:
        if os.environ.get("CI"):
            pytest.fail("CI has a PostgreSQL: set KINDLINE_TEST_DATABASE_URL")
        pytest.skip("no PostgreSQL: set KINDLINE_TEST_DATABASE_URL")
    name = f"kindline_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
        try:
            yield f"{url}?options=-csearch_path%3D{name}"
        finally:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, store: Store) -> Iterator[Store]:
    """Return an empty database on another place, with the keys of the first one."""
    key_file = Path(store.keyring.where)
    if request.param == "sqlite":
        made = opened(tmp_path / "other" / "k.db", key_file=key_file, is_migrated=False)
        yield made
        made.close()
        return
    with schema() as url:
        made = opened(url, key_file=key_file, is_migrated=False)
        yield made
        made.close()


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """Return the settings of an S3-compatible server that holds nothing yet."""
    with serving() as settings:
        yield settings
