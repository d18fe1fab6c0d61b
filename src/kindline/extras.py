"""Libraries of the extras: imported when they are needed, or an error that says what to install."""

import importlib
from typing import Any

from kindline.errors import ModelError


def library(name: str, extra: str) -> Any:
    """Return the library; raises ModelError where `kindline[extra]` is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        expected = f"the extra kindline[{extra}] to be installed"
        raise ModelError(name, expected=expected, found="not installed") from error
