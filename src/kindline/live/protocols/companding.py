"""Telephone bytes to 16-bit samples: G.711 (ITU-T, tables 1 and 2), and samples as they are."""

import numpy as np

from kindline.errors import ProtocolError
from kindline.live.protocols.frames import Samples


def from_mulaw(payload: bytes) -> Samples:
    """Return the samples of G.711 mu-law bytes, as telephone platforms stream them."""
    return _MULAW[np.frombuffer(payload, np.uint8)]


def from_alaw(payload: bytes) -> Samples:
    """Return the samples of G.711 A-law bytes."""
    return _ALAW[np.frombuffer(payload, np.uint8)]


def from_linear(payload: bytes) -> Samples:
    """Return little-endian 16-bit samples; raises ProtocolError where half of one is left over."""
    if len(payload) % 2:
        raise ProtocolError("half a sample is left over")
    return np.frombuffer(payload, dtype="<i2").astype(np.int16)


def _mulaw_table() -> Samples:
    """Return the sample of each mu-law byte (ITU-T G.711, table 2)."""
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _alaw_table() -> Samples:
    """Return the sample of each A-law byte (ITU-T G.711, table 1)."""
    code = np.arange(256) ^ 0x55
    mantissa, exponent = (code & 0x0F) << 4, (code & 0x70) >> 4
    size = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


_MULAW, _ALAW = _mulaw_table(), _alaw_table()
