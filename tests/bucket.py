"""An S3-compatible server for tests, and objects put there as a telephone platform would."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import socket
import subprocess
import sys
import time

_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def serving() -> Iterator[dict[str, str]]:
    """Return the settings of a server that is there while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    settings = _ACCOUNT | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        for _ in range(100):
            with socket.socket() as knocking:
                if knocking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield settings
        server.kill()


def put(settings: dict[str, str], name: str, file: Path) -> None:
    """Put a file in the bucket `calls`."""
    script = (
        "import fsspec, sys\nfs = fsspec.filesystem('s3')\n"
        "fs.makedirs('calls', exist_ok=True)\nfs.put_file(sys.argv[1], sys.argv[2])\n"
    )
    command = [sys.executable, "-c", script, str(file), f"calls/{name}"]
    subprocess.run(command, env=os.environ | settings, check=True, capture_output=True)
