"""
Asterisk AudioSocket: a TCP stream of frames, a type, a length, and 16-bit samples of one side.

Source: SPEECH.md 4. Asterisk mixes or sends one side; whose it is, the dial plan decides and the
listener is told by its port. There is nothing to sign: listen on an address that only Asterisk
reaches.
"""

from uuid import UUID

from kindline.errors import ProtocolError
from kindline.live.protocols.companding import from_linear
from kindline.live.protocols.frames import PER_MS, Begun, Happened, Over, Sound
from kindline.model.conversation import Role

_HANG_UP, _ID, _DIGIT, _SOUND, _ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
_HEAD = 3  # bytes: type, length
_ID_BYTES = 16
_LARGEST = 16 * 1024


class AudioSocket:
    """One connection; bytes may come cut anywhere."""

    def __init__(self, *, role: Role = "customer") -> None:
        self._role: Role = role
        self._rest = b""
        self._heard = 0  # samples
        self._call_id: str | None = None
        self.is_over = False

    def receive(self, raw: bytes) -> list[Happened]:
        """Return what happened; raises ProtocolError."""
        self._rest += raw
        happened: list[Happened] = []
        while len(self._rest) >= _HEAD and not self.is_over:
            size = int.from_bytes(self._rest[1:_HEAD], "big")
            if size > _LARGEST:
                raise ProtocolError("a frame that is too long")
            if len(self._rest) < _HEAD + size:
                break
            kind, content = self._rest[0], self._rest[_HEAD : _HEAD + size]
            self._rest = self._rest[_HEAD + size :]
            happened += self._frame(kind, content)
        return happened

    def _frame(self, kind: int, content: bytes) -> list[Happened]:
        if kind == _ID:
            return [self._begin(content)]
        if kind in (_HANG_UP, _ERROR):
            self.is_over = True
            return [Over(reason="hang-up" if kind == _HANG_UP else "error")]
        if self._call_id is None:
            raise ProtocolError("a call begins with its id")
        if kind == _DIGIT:
            return []
        if kind != _SOUND:
            raise ProtocolError("a frame of a kind we do not know")
        pcm, at_ms = from_linear(content), self._heard // PER_MS
        self._heard += len(pcm)
        return [Sound(role=self._role, at_ms=at_ms, pcm=pcm)] if len(pcm) else []

    def _begin(self, content: bytes) -> Begun:
        if self._call_id is not None or len(content) != _ID_BYTES:
            raise ProtocolError("an id of sixteen bytes is expected, once")
        self._call_id = str(UUID(bytes=content))
        return Begun(call_id=self._call_id)
