"""
What an agent is shown, and when it is not: few, late enough, never into a sentence, never twice.

A prompt says what it saw and can be dismissed without a reason; muting has no consequence and
nobody is told. A cue that a life may be at risk is no prompt: it waits for nothing and is never
muted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
import tomllib
from typing import Any, Literal, get_args

from kindline.live.judging import Judged
from kindline.model.finding import Finding

PromptKind = Literal["company", "comfort", "abuse"]
KINDS: tuple[PromptKind, ...] = get_args(PromptKind)
EARLIEST_MS = 60_000  # of the call: no cue of company is shown before (FACTS 8, R19)
MOST = 2  # prompts a call; our choice, no origin yet
LEAST = {"company": 0.6, "comfort": 0.75, "abuse": 0.6}  # probability (docs/measured.md)
APART_MS = 45_000  # between two of them; our choice, no origin yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What was seen: its kind, the turn and the words of it that showed it best."""

    kind: PromptKind
    turn: int
    quote: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an agent saw and chose in this call; `is_muted` for this call or for good alike."""

    prompts: tuple[Prompt, ...] = ()
    is_muted: bool = False
    is_customer_speaking: bool = False
    most: int = MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """
    A cue that a life may be at risk: shown at once, open until a person closes it.

    `quote` is what was heard, None where no sentence alone shows it; `seen` are its turns.
    """

    quote: str | None
    at_ms: int
    level: str
    seen: frozenset[int] = field(default_factory=frozenset[int])


def measured() -> Mapping[str, Any]:
    """Return how often prompts and cards were right: by kind `n` and `n_right`, `date` and `on`."""
    return tomllib.loads(files("kindline.live").joinpath("measured.toml").read_text("utf-8"))


def due(judged: Judged, shown: Shown, at_ms: int) -> Prompt | None:
    """Return the prompt to show now, or None: the one that is surest where there are several."""
    if shown.is_muted or shown.is_customer_speaking or len(shown.prompts) >= shown.most:
        return None
    if shown.prompts and at_ms - shown.prompts[-1].at_ms < APART_MS:
        return None
    seen = {prompt.kind for prompt in shown.prompts}
    blocks = {
        "abuse": judged.abuse.label,
        "company": judged.companionship,
        "comfort": judged.support,
    }
    found: list[tuple[float, Prompt]] = []
    for kind in KINDS:
        block, is_early = blocks[kind], kind != "abuse" and at_ms < EARLIEST_MS
        said = quoted(block.findings)
        is_sure = block.state == "present" and (block.probability or 0.0) >= LEAST[kind]
        if is_sure and kind not in seen and not is_early and said is not None:
            prompt = Prompt(kind=kind, turn=said[0], quote=said[1], at_ms=at_ms)
            found.append((block.probability or 0.0, prompt))
    return max(found, key=_surest)[1] if found else None


def risk(judged: Judged, at_ms: int) -> Risk | None:
    """Return the cue that a life may be at risk, or None: which is no all-clear."""
    if judged.crisis.state != "cue":
        return None
    said = quoted(judged.crisis.findings)
    return Risk(
        quote=None if said is None else said[1],
        at_ms=at_ms,
        level=str(judged.crisis.level),
        seen=frozenset(one.turn for one in judged.crisis.findings if one.turn is not None),
    )


def quoted(findings: Sequence[Finding]) -> tuple[int, str] | None:
    """
    Return the turn and words that speak for a label most, None where only structure does.

    Words that say the need itself go before others that raise it: who is told that somebody needs
    comfort is not shown the parcel they asked about.
    """
    said: dict[tuple[int, str], list[float]] = {}
    for one in findings:
        if one.turn is not None and one.quote:
            weights = said.setdefault((one.turn, one.quote), [0.0, 0.0])
            weights[_says_it(one.signal)] += one.weight
    for is_own in (True, False):
        found = [(weights[is_own], place) for place, weights in said.items() if weights[is_own] > 0]
        if found:
            return max(found)[1]
    return None


def _says_it(signal: str) -> bool:
    """Return whether a signal is of the need itself, as `support.sadness` is."""
    label, _, name = signal.partition(".")
    return name.startswith(_OWN.get(label, ("",)))


_OWN: Mapping[str, tuple[str, ...]] = {
    "service": ("matter", "request", "effort"),
    "companionship": ("company", "social"),
    "support": ("support", "sadness", "fear"),
    "abuse": ("aimed", "swearing"),
}


def _surest(found: tuple[float, Prompt]) -> float:
    return found[0]
