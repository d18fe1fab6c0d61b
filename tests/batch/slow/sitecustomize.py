"""A store that takes its time and does not answer every time, as `slow://` addresses."""

import os
from pathlib import Path
import time
from typing import Any

from fsspec import register_implementation
from fsspec.implementations.local import LocalFileSystem

_TROUBLE = Path(os.environ.get("SLOW_TROUBLE", "/nowhere"))


class Slow(LocalFileSystem):
    """A folder that is slow, and that refuses to write while a file of trouble is there."""

    protocol = "slow"

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **more: Any) -> None:
        """Write a file, after a while, or not at all."""
        time.sleep(0.05)
        if _TROUBLE.exists() and path.endswith(".parquet"):
            raise TimeoutError("no answer")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        super().pipe_file(path, value, mode, **more)


register_implementation("slow", Slow)
