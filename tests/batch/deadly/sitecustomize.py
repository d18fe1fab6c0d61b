"""Stands for a parser that crashes on one record, and its process with it, or never ends."""

import json
import os
from pathlib import Path
import re
import signal
from typing import Any

_loads = json.loads
_ONCE = Path(os.environ.get("DEADLY_ONCE", "/nowhere"))


def _deadly(raw: Any, *arguments: Any, **more: Any) -> Any:
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    if "deadly-once" in text and _ONCE.exists():
        _ONCE.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if "deadly-record" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hanging-record" in text:
        re.match("(a+)+$", "a" * 64 + "b")  # holds the interpreter for longer than anybody waits
    return _loads(raw, *arguments, **more)


json.loads = _deadly
