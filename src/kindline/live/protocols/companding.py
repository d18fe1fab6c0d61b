"""G.711 mu-law to 16-bit samples: ITU-T G.711, table 2a, as a table of 256."""

import numpy as np

from kindline.errors import ProtocolError
from kindline.live.protocols.frames import Samples

_BIAS, _MANTISSA, _EXPONENT, _SIGN = 0x84, 0x0F, 0x07, 0x80
SILENCE = 0xFF  # the byte for no sound


def _table() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent = (code >> 4) & _EXPONENT
    size = (((code & _MANTISSA) << 3) + _BIAS << exponent) - _BIAS
    return np.where(code & _SIGN, -size, size).astype(np.int16)


_TABLE = _table()


def from_mu_law(raw: bytes) -> Samples:
    """Return the samples, one a byte."""
    return _TABLE[np.frombuffer(raw, dtype=np.uint8)]


def from_linear(raw: bytes) -> Samples:
    """Return little-endian 16-bit samples; raises ProtocolError where half of one is left over."""
    if len(raw) % 2:
        raise ProtocolError("half a sample is left over")
    return np.frombuffer(raw, dtype="<i2").astype(np.int16)
