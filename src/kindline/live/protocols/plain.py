"""
Plain turns: JSON text frames of ours, for chats and for platforms that recognise speech themselves.

    {"event": "start", "seq": 1, "call_id": "c1", "language": "nl", "country": "NL", "queue": "q"}
    {"event": "speaking", "seq": 2, "party": "customer", "is_speaking": true}
    {"event": "turn", "seq": 3, "party": "customer", "text": "...", "start_ms": 0, "end_ms": 2300}
    {"event": "stop", "seq": 4}

Each frame is answered by `{"seq": n}`, the last that was taken. After a break the client sends what
was not answered once more: what was taken before is taken once.
"""

import json

from kindline.errors import ProtocolError
from kindline.live.protocols.frames import (
    Begun,
    Happened,
    Over,
    Speaking,
    Words,
    message,
    number,
    text,
)
from kindline.model.conversation import Role

_PARTIES: tuple[Role, ...] = ("agent", "customer", "bot", "supervisor", "system")
_TOLD = ("country", "queue", "channel", "agent_id", "customer_id", "lawful_basis")


class PlainTurns:
    """One connection. `last_seq` is what an earlier one of the same call had taken."""

    def __init__(self, last_seq: int = 0) -> None:
        self.last_seq = last_seq
        self.has_begun = False

    def receive(self, raw: str | bytes) -> tuple[list[Happened], list[str]]:
        """Return what happened and what to answer; raises ProtocolError."""
        told = message(raw)
        seq = number(told, "seq")
        event = text(told, "event")
        if not self.has_begun and event != "start":
            raise ProtocolError("a call begins with start")
        if event == "start":
            happened = self._start(told)
        elif seq <= self.last_seq:
            return [], [self._answer()]  # sent again after a break
        elif seq != self.last_seq + 1:
            raise ProtocolError("seq: a frame is missing before this one")
        else:
            happened = [_happened(event, told)]
        self.last_seq = max(self.last_seq, seq)
        return happened, [self._answer()]

    def resumed(self, last_seq: int) -> str:
        """Go on after what an earlier connection of the call had taken; return the answer."""
        self.last_seq = max(self.last_seq, last_seq)
        return self._answer()

    def _start(self, told: dict[str, object]) -> list[Happened]:
        if self.has_begun:
            raise ProtocolError("start: the call has begun")
        self.has_begun = True
        language = told.get("language")
        kept = {name: value for name in _TOLD if isinstance(value := told.get(name), str)}
        begun = Begun(
            call_id=text(told, "call_id"),
            language=language if isinstance(language, str) else None,
            told=kept,
        )
        return [begun]

    def _answer(self) -> str:
        return json.dumps({"seq": self.last_seq})


def _happened(event: str, told: dict[str, object]) -> Happened:
    if event == "turn":
        is_timed = told.get("start_ms") is not None and told.get("end_ms") is not None
        start, end = (
            (number(told, "start_ms"), number(told, "end_ms")) if is_timed else (None, None)
        )
        if start is not None and end is not None and end < start:
            raise ProtocolError("end_ms: before start_ms")
        return Words(role=_party(told), text=text(told, "text"), start_ms=start, end_ms=end)
    if event == "speaking":
        return Speaking(role=_party(told), is_speaking=told.get("is_speaking") is True)
    if event == "stop":
        return Over(reason="stop")
    raise ProtocolError("event: start, turn, speaking or stop is expected")


def _party(told: dict[str, object]) -> Role:
    for party in _PARTIES:
        if party == told.get("party"):
            return party
    raise ProtocolError(f"party: one of {', '.join(_PARTIES)} is expected")
