"""
Callers to practise with: what they say hangs on what the agent was heard to do.

`languages/<code>/callers.toml` holds them. A caller talks on until something in the agent's words
answers them; who is sent away before they were heard and told why comes back once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
import tomllib
from typing import Any, Literal, get_args

from kindline.errors import UnknownNameError
from kindline.languages import codes
from kindline.languages.phrases import AbuseStep, Form, Rung

CallerKind = Literal["company", "service", "risk", "abuse", "third_party"]
Move = Rung | AbuseStep | Literal["question_open", "other"]
CALLER_KINDS: tuple[CallerKind, ...] = get_args(CallerKind)
_ANSWERED: tuple[Move, ...] = (
    "abuse_end",
    "farewell",
    "firm_repeat",
    "abuse_warn",
    "abuse_name",
    "signpost",
    "boundary",
    "bounded_check",
    "question_open",
    "give_back",
    "acknowledge",
    "close_the_loop",
)  # of several heard in one turn the first is answered
_TOLD_WHY = frozenset[Move]({"boundary", "signpost", "abuse_warn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller. `matter` and `heard` fill slots of phrases; `replies` answer a move, in turn."""

    language: str
    id: str
    kind: CallerKind
    name: str
    country: str
    form: Form
    matter: str
    heard: str
    talk: tuple[str, ...]
    replies: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Talk:
    """A caller in the middle of a call: what they said so far, and whether they hung up."""

    caller: Caller
    n_talked: int = 0
    n_replied: dict[str, int] = field(default_factory=dict[str, int])
    moves: set[Move] = field(default_factory=set[Move])
    has_hung_up: bool = False

    def opening(self) -> str:
        """Return what the caller says first."""
        return self._on()

    def answer(self, moves: set[Move]) -> str | None:
        """Return what the caller says to what the agent did; None when there is no answer to it."""
        was_told_why = bool(self.moves & _TOLD_WHY)
        self.moves |= moves
        move = next((one for one in _ANSWERED if one in moves), "other")
        if move == "abuse_end":
            self.has_hung_up = True
            return None
        if move in ("farewell", "firm_repeat"):
            return self._goodbye(was_told_why=was_told_why)
        return self._reply(move) or self._on()

    def _goodbye(self, *, was_told_why: bool) -> str:
        is_ready = self.caller.kind == "service" or was_told_why
        if not is_ready and not self.n_replied.get("reopen"):
            return self._reply("reopen") or self._on()
        self.has_hung_up = True
        return self.caller.replies["farewell"][0]

    def _reply(self, move: str) -> str | None:
        """Return the next answer to a move, None where there is none or all were given."""
        some, n = self.caller.replies.get(move, ()), self.n_replied.get(move, 0)
        self.n_replied[move] = n + 1
        return some[n] if n < len(some) else None

    def _on(self) -> str:
        """Return what the caller says of themselves; at the end they say the last thing again."""
        said = self.caller.talk[min(self.n_talked, len(self.caller.talk) - 1)]
        self.n_talked += 1
        return said


@cache
def callers(language: str) -> Mapping[str, Caller]:
    """Return the callers of a language by id."""
    if language not in codes():
        raise UnknownNameError("language", language, codes())
    path = files("kindline.languages").joinpath(language, "callers.toml")
    told = tomllib.loads(path.read_text("utf-8"))["callers"]
    return {one["id"]: _caller(language, one) for one in told}


_OWN = ("id", "kind", "name", "country", "form", "matter", "heard")


def _caller(language: str, told: Mapping[str, Any]) -> Caller:
    replies = {name: tuple(some) for name, some in told.items() if name not in (*_OWN, "talk")}
    own = {name: told[name] for name in _OWN}
    return Caller(language=language, talk=tuple(told["talk"]), replies=replies, **own)
