"""Calls that go on, in a process that serves pages: the switchboard, the ears, who may feed."""

from base64 import b64decode
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
import os
import time

from kindline.calls.articles import Articles
from kindline.calls.bus import bus_of
from kindline.calls.hearing import Hearing
from kindline.calls.switchboard import Switchboard
from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.model.conversation import Role
from kindline.running import ears_of, house_of
from kindline.store.database import Store
from kindline.work.hiring import now

_NONCE_LASTS_S = 30
_SIDES: Mapping[str, Role] = {"customer": "customer", "agent": "agent"}


@dataclass(slots=True)
class Doors:
    """How many connections wait to begin, and which signed requests came lately."""

    most: int = 200
    n_waiting: int = 0
    _nonces: dict[str, float] = field(default_factory=dict[str, float])

    def is_first(self, nonce: str) -> bool:
        """Return whether a signed request was not seen before."""
        now = time.monotonic()
        for old in [one for one, at in self._nonces.items() if now - at > _NONCE_LASTS_S]:
            del self._nonces[old]
        if nonce in self._nonces:
            return False
        self._nonces[nonce] = now
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """
    What live calls need. `language` is what callers speak where nobody says.

    `twilio_token` and `audiohook_keys` let platforms in that sign with them, nobody without.
    """

    switchboard: Switchboard
    hearing: Hearing
    articles: Articles
    language: str | None = None
    twilio_token: str | None = None
    audiohook_keys: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    audiosocket: Mapping[Role, tuple[str, int]] = field(default_factory=dict[Role, tuple[str, int]])
    doors: Doors = field(default_factory=Doors)

    def close(self) -> None:
        """Hear no more, and store what came in."""
        self.hearing.close()
        self.switchboard.stop()


def live_of(settings: Settings, store: Store) -> Live:
    """Return what live calls need, as the settings say; its switchboard runs."""
    ears = ears_of(settings, None)
    token, keys = settings.twilio_token, settings.audiohook_keys
    made = Live(
        switchboard=Switchboard(store, house_of(settings, now), bus_of(store)),
        hearing=Hearing(ears.choice, n_threads=max(1, (os.cpu_count() or 2) // 2)),
        articles=Articles(settings.articles),
        language=settings.speech_language,
        twilio_token=token.get_secret_value() if token else None,
        audiohook_keys=keys_from(keys.get_secret_value() if keys else None),
        audiosocket=sides_from(settings.audiosocket),
    )
    made.switchboard.start()
    return made


def keys_from(stated: str | None) -> dict[str, bytes]:
    """Return client secrets by API key, out of `key:secret,key:secret` with secrets in base64."""
    found: dict[str, bytes] = {}
    for one in filter(None, (part.strip() for part in (stated or "").split(","))):
        key, _, secret = one.partition(":")
        try:
            found[key] = b64decode(secret, validate=True)
        except binascii.Error:
            raise UnknownNameError("AudioHook key", "given", ("key:secret in base64",)) from None
    return found


def sides_from(stated: str | None) -> dict[Role, tuple[str, int]]:
    """Return where each side's AudioSocket is listened for: `customer=127.0.0.1:9092`."""
    found: dict[Role, tuple[str, int]] = {}
    for one in filter(None, (part.strip() for part in (stated or "").split(","))):
        side, _, place = one.partition("=")
        host, _, port = place.rpartition(":")
        if side not in _SIDES or not host or not port.isdecimal():
            expected = ("customer=127.0.0.1:9092", "agent=127.0.0.1:9093")
            raise UnknownNameError("AudioSocket", "given", expected)
        found[_SIDES[side]] = host, int(port)
    return found
