"""A hub of models on this machine, which answers as the real one does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from threading import Thread
from typing import Any


@contextmanager
def serving(repository: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Return the address of a hub with one repository; `changed/` files are not as listed."""
    listing = [_entry(path, content) for path, content in files.items()]
    pages = {
        f"/api/models/{repository}/tree/main?recursive=true": json.dumps(listing).encode(),
        **{
            f"/{repository}/resolve/main/{path}": content + b" " * path.startswith("changed/")
            for path, content in files.items()
        },
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
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _entry(path: str, content: bytes) -> dict[str, Any]:
    """Return a line of the listing: large binary files by SHA-256, others as a git blob."""
    if path.endswith((".onnx", ".bin")):
        return {"path": path, "oid": "0", "lfs": {"oid": hashlib.sha256(content).hexdigest()}}
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return {"path": path, "oid": blob.hexdigest()}
