"""What every way in tells of: a call that begins, words or sound of a side, and its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kindline.errors import ProtocolError
from kindline.model.conversation import Role
from kindline.records import as_list

RATE = 8_000
PER_MS = RATE // 1_000
LARGEST_MESSAGE = 64 * 1024  # bytes
Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A call begins. `told` is what the protocol said of it, by our names where we have one."""

    call_id: str
    language: str | None = None
    is_probe: bool = False
    told: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of a side, as another recogniser wrote them or somebody typed them."""

    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """A side began or ended a sentence."""

    role: Role
    is_speaking: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """16-bit samples of a side at 8 kHz, from `at_ms` of the call on."""

    role: Role
    at_ms: int
    pcm: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The call is over, or this way in is; a call can come back on another connection."""

    reason: str


Happened = Begun | Words | Speaking | Sound | Over


def message(raw: str | bytes) -> dict[str, Any]:
    """Return a JSON object out of a text frame; raises ProtocolError, which quotes nothing."""
    if isinstance(raw, bytes) or _is_too_long(raw):
        raise ProtocolError(f"a text frame of at most {LARGEST_MESSAGE} bytes is expected")
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise ProtocolError("a frame that is no JSON") from None
    if not isinstance(told, dict):
        raise ProtocolError("a frame that is no JSON object")
    return cast("dict[str, Any]", told)


def _is_too_long(raw: str) -> bool:
    """Return whether a text is more bytes than a frame may have; most are far from it."""
    if 4 * len(raw) <= LARGEST_MESSAGE:
        return False
    return len(raw.encode("utf-8", "surrogatepass")) > LARGEST_MESSAGE


def part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within a message."""
    found = told.get(name)
    if not isinstance(found, dict):
        raise ProtocolError(f"{name}: an object is expected")
    return cast("dict[str, Any]", found)


def optional_part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within a message, an empty one where there is none."""
    found = told.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def parts(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list within a message; what is no object is left out."""
    every = as_list(told.get(name)) or ()
    return [cast("dict[str, Any]", one) for one in every if isinstance(one, dict)]


def text(told: Mapping[str, Any], name: str) -> str:
    """Return a text within a message."""
    found = told.get(name)
    if not isinstance(found, str) or len(found) > LARGEST_MESSAGE:
        raise ProtocolError(f"{name}: text is expected")
    return found


def number(told: Mapping[str, Any], name: str) -> int:
    """Return a whole number within a message, written as one or as text; never below 0."""
    found = told.get(name)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) <= 12:  # noqa: PLR2004 -- ms of thirty years
        return int(found)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10**12:
        return found
    raise ProtocolError(f"{name}: a number is expected")
