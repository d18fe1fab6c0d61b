"""Figures that others published, as they may stand beside ours: who, how many, when, what kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import tomllib
from typing import Literal, get_args

Kind = Literal["measured", "self_report", "opinion", "prediction"]
Beside = Literal[
    "company",
    "support",
    "irritated",
    "confrontation",
    "swearing",
    "last_resort",
    "other_channels",
    "repeat",
    "not_heard",
    "losing",
    "left_upset",
    "resolved",
    "most_felt",
    "channel_apart",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
BESIDE: tuple[Beside, ...] = get_args(Beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """
    A share that somebody published, None where it is an order and no share.

    `n` and `year` are None where none was told.

    `beside` is what we count that comes nearest: never the same thing, as people say of themselves
    what we find in their words.
    """

    id: str
    what: Mapping[str, str]
    who: str
    country: str
    kind: Kind
    value: float | None = None
    year: int | None = None
    n: str | None = None
    beside: Beside | None = None


@cache
def published() -> tuple[Published, ...]:
    """Return the figures, predictions last: they are drawn among no measurements."""
    raw = files("kindline.metrics").joinpath("published.toml").read_text("utf-8")
    found = [Published(**one) for one in tomllib.loads(raw)["figures"]]
    return tuple(sorted(found, key=_is_prediction))


def _is_prediction(one: Published) -> bool:
    return one.kind == "prediction"
