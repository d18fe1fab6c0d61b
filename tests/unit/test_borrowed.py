"""Models kept at home: what a hub or a folder gives is kept whole, and known again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kindline import borrowed
from kindline.errors import ModelError, UnavailableError, UnknownNameError
from kindline.text.pretrained import ONNX, TOKENIZER
from tests.hub import serving

OFFER = borrowed.Offer(
    name="words",
    repository="somebody/words",
    revision="main",
    licence="CC0-1.0",
    languages=("en",),
    files={ONNX: f"onnx/{ONNX}", TOKENIZER: TOKENIZER},
)


@pytest.fixture
def hub(encoder_folder: Path) -> Iterator[str]:
    """Return the address of a hub on this machine that offers one encoder."""
    words = (encoder_folder / TOKENIZER).read_bytes()
    files = {
        f"onnx/{ONNX}": (encoder_folder / ONNX).read_bytes(),
        TOKENIZER: words,
        f"changed/{TOKENIZER}": words,
    }
    with serving("somebody/words", files) as address:
        yield address


def test_what_a_hub_sends_is_kept_and_found_by_name(hub: str, tmp_path: Path) -> None:
    """Every file has the hash listed, and the folder is an encoder."""
    manifest = borrowed.get(OFFER, tmp_path, hub)
    assert set(manifest.files) == {ONNX, TOKENIZER}
    assert [one.name for one in borrowed.kept(tmp_path)] == ["words"]
    assert borrowed.problems("words", tmp_path) == []
    assert (borrowed.folder_of("words", tmp_path) / ONNX).is_file()


@pytest.mark.parametrize(
    ("path", "said"), [(f"changed/{TOKENIZER}", "another hash"), ("nowhere.json", "no nowhere")]
)
def test_a_file_that_is_not_as_listed_is_refused(
    hub: str, tmp_path: Path, path: str, said: str
) -> None:
    """Nothing is kept of an encoder one file of which is missing or has another hash."""
    with pytest.raises(ModelError, match=said):
        borrowed.get(replace(OFFER, files={TOKENIZER: path}), tmp_path, hub)
    assert list(borrowed.kept(tmp_path)) == []


def test_an_encoder_is_not_copied_onto_itself(tmp_path: Path, encoder_folder: Path) -> None:
    """Adding what is kept already would delete it first."""
    borrowed.add(encoder_folder, tmp_path, name="mine", licence="CC0-1.0")
    kept = borrowed.folder_of("mine", tmp_path)
    with pytest.raises(ModelError, match="a folder elsewhere"):
        borrowed.add(kept, tmp_path, name="mine", licence="CC0-1.0")
    assert borrowed.problems("mine", tmp_path) == []


def test_no_network_is_said_with_the_way_round_it(tmp_path: Path) -> None:
    """Who has no network is told to take a folder."""
    with pytest.raises(UnavailableError, match="kindline models add FOLDER"):
        borrowed.get(OFFER, tmp_path, "http://127.0.0.1:9")
    with pytest.raises(UnavailableError, match="not a web address"):
        borrowed.get(OFFER, tmp_path, "file:///etc")


def test_a_changed_or_missing_file_is_found(tmp_path: Path, encoder_folder: Path) -> None:
    """What was kept is checked byte by byte."""
    borrowed.add(encoder_folder, tmp_path, name="mine", licence="CC0-1.0")
    kept = borrowed.folder_of("mine", tmp_path)
    (kept / TOKENIZER).write_text("{}", "utf-8")
    (kept / ONNX).unlink()
    assert sorted(borrowed.problems("mine", tmp_path)) == [
        f"{ONNX}: missing",
        f"{TOKENIZER}: changed since it was kept",
    ]
    with pytest.raises(UnknownNameError, match="known: mine"):
        borrowed.problems("yours", tmp_path)


@pytest.mark.parametrize("name", ["../out", ".hidden", "a/b"])
def test_a_name_is_no_path(tmp_path: Path, encoder_folder: Path, name: str) -> None:
    """An encoder never lands outside the folder of models."""
    with pytest.raises(ModelError, match="a plain name"):
        borrowed.add(encoder_folder, tmp_path, name=name, licence="CC0-1.0")
