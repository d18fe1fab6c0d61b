"""Stands for a parser that crashes on one record: it takes its whole process down with it."""

import json
import os
import signal
from typing import Any

_loads = json.loads


def _deadly(raw: Any, *arguments: Any, **more: Any) -> Any:
    if "deadly-record" in (raw if isinstance(raw, str) else raw.decode("utf-8", "replace")):
        os.kill(os.getpid(), signal.SIGKILL)
    return _loads(raw, *arguments, **more)


json.loads = _deadly
