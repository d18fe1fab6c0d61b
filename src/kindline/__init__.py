"""
Conversation intelligence for contact centres, as a library:

    from datetime import UTC, datetime
    import kindline

    for found in kindline.read_file("calls.jsonl"):
        if isinstance(found, kindline.Conversation):
            told = kindline.analyse(found, kindline.profile(), now=datetime.now(UTC))
            print(found.id, told.companionship.state)

Names are imported when they are first used, so that `kindline --help` is quick (bench/start.py).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kindline.analysis import analyse, analyse_all
    from kindline.contract import as_json
    from kindline.errors import InputError, KindlineError, UnavailableError
    from kindline.ingest import read_bytes, read_file
    from kindline.model.analysis import Analysis
    from kindline.model.conversation import Conversation, Turn
    from kindline.policy import Policy, profile
    from kindline.version import VERSION

__all__ = [
    "VERSION",
    "Analysis",
    "Conversation",
    "InputError",
    "KindlineError",
    "Policy",
    "Turn",
    "UnavailableError",
    "analyse",
    "analyse_all",
    "as_json",
    "profile",
    "read_bytes",
    "read_file",
]

_HOMES = {
    "kindline.analysis": ("analyse", "analyse_all"),
    "kindline.contract": ("as_json",),
    "kindline.errors": ("InputError", "KindlineError", "UnavailableError"),
    "kindline.ingest": ("read_bytes", "read_file"),
    "kindline.model.analysis": ("Analysis",),
    "kindline.model.conversation": ("Conversation", "Turn"),
    "kindline.policy": ("Policy", "profile"),
    "kindline.version": ("VERSION",),
}


def __getattr__(name: str) -> Any:
    """Return a public name, imported from where it lives."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'kindline' has no attribute {name!r}")
