"""Encoders kept at home: what a hub or a folder gives is kept whole, and known again."""

from collections.abc import Iterator
from dataclasses import replace
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from pathlib import Path
from threading import Thread

import pytest

from kindline import encoders
from kindline.errors import ModelError, UnavailableError, UnknownNameError
from kindline.text.pretrained import ONNX, TOKENIZER

OFFER = encoders.Offer(
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
    model = (encoder_folder / ONNX).read_bytes()
    words = (encoder_folder / TOKENIZER).read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(words) + words, usedforsecurity=False)
    listing = [
        {"path": f"onnx/{ONNX}", "oid": "0", "lfs": {"oid": hashlib.sha256(model).hexdigest()}},
        {"path": TOKENIZER, "oid": blob.hexdigest()},
        {"path": f"other/{TOKENIZER}", "oid": blob.hexdigest()},
    ]
    pages = {
        "/api/models/somebody/words/tree/main?recursive=true": json.dumps(listing).encode(),
        f"/somebody/words/resolve/main/onnx/{ONNX}": model,
        f"/somebody/words/resolve/main/{TOKENIZER}": words,
        f"/somebody/words/resolve/main/other/{TOKENIZER}": words + b" ",
    }

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_a_hub_sends_is_kept_and_found_by_name(hub: str, tmp_path: Path) -> None:
    """Every file has the hash listed, and the folder is an encoder."""
    manifest = encoders.get(OFFER, tmp_path, hub)
    assert set(manifest.files) == {ONNX, TOKENIZER}
    assert [one.name for one in encoders.kept(tmp_path)] == ["words"]
    assert encoders.problems("words", tmp_path) == []
    assert (encoders.folder_of("words", tmp_path) / ONNX).is_file()


@pytest.mark.parametrize(
    ("path", "said"), [(f"other/{TOKENIZER}", "another hash"), ("nowhere.json", "no nowhere")]
)
def test_a_file_that_is_not_as_listed_is_refused(
    hub: str, tmp_path: Path, path: str, said: str
) -> None:
    """Nothing is kept of an encoder one file of which is missing or has another hash."""
    with pytest.raises(ModelError, match=said):
        encoders.get(replace(OFFER, files={TOKENIZER: path}), tmp_path, hub)
    assert list(encoders.kept(tmp_path)) == []


def test_an_encoder_is_not_copied_onto_itself(tmp_path: Path, encoder_folder: Path) -> None:
    """Adding what is kept already would delete it first."""
    encoders.add(encoder_folder, tmp_path, name="mine", licence="CC0-1.0")
    kept = encoders.folder_of("mine", tmp_path)
    with pytest.raises(ModelError, match="a folder elsewhere"):
        encoders.add(kept, tmp_path, name="mine", licence="CC0-1.0")
    assert encoders.problems("mine", tmp_path) == []


def test_no_network_is_said_with_the_way_round_it(tmp_path: Path) -> None:
    """Who has no network is told to take a folder."""
    with pytest.raises(UnavailableError, match="kindline models add FOLDER"):
        encoders.get(OFFER, tmp_path, "http://127.0.0.1:9")
    with pytest.raises(UnavailableError, match="not a web address"):
        encoders.get(OFFER, tmp_path, "file:///etc")


def test_a_changed_or_missing_file_is_found(tmp_path: Path, encoder_folder: Path) -> None:
    """What was kept is checked byte by byte."""
    encoders.add(encoder_folder, tmp_path, name="mine", licence="CC0-1.0")
    kept = encoders.folder_of("mine", tmp_path)
    (kept / TOKENIZER).write_text("{}", "utf-8")
    (kept / ONNX).unlink()
    assert sorted(encoders.problems("mine", tmp_path)) == [
        f"{ONNX}: missing",
        f"{TOKENIZER}: changed since it was kept",
    ]
    with pytest.raises(UnknownNameError, match="known: mine"):
        encoders.problems("yours", tmp_path)


@pytest.mark.parametrize("name", ["../out", ".hidden", "a/b"])
def test_a_name_is_no_path(tmp_path: Path, encoder_folder: Path, name: str) -> None:
    """An encoder never lands outside the folder of models."""
    with pytest.raises(ModelError, match="a plain name"):
        encoders.add(encoder_folder, tmp_path, name=name, licence="CC0-1.0")
