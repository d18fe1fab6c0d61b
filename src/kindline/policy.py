"""
What may be computed, kept and seen: profiles as data, and the gate every conversation passes.

The gate stands before inference. A conversation that is refused is counted and never read by a
signal (tests/property/test_policy.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
import tomllib
from typing import Any, Literal

from kindline.errors import UnknownNameError
from kindline.model.conversation import Conversation, LawfulBasis

DEFAULT = "eu-strict"
BASES = ("consent", "contract", "legitimate-interest", "vital-interest", "evaluation")

# Purposes whose refusal refuses us (draft-howe-vcon-lawful-basis names no closed list; these are
# the ones seen in it and the plain words for what we do).
_OUR_PURPOSES = frozenset(
    {"analysis", "analytics", "emotion_analysis", "quality_assurance", "sentiment_analysis"}
)
_OTHER_SPELLINGS = {
    "legitimate-interests": "legitimate-interest",
    "vital-interests": "vital-interest",
}

Denial = Literal["refused", "no_basis", "basis_expired", "purpose_refused", "basis_not_accepted"]
ADVICE: Mapping[Denial, str] = {
    "refused": "the conversation refuses processing: leave it so",
    "no_basis": "no basis stated: declare one with --basis, if you have one",
    "basis_expired": "the basis has expired: ask again or leave it so",
    "purpose_refused": "analysis is not among the purposes granted: leave it so",
    "basis_not_accepted": "this policy does not accept that basis here: see `kindline policies`",
}


_MAY_COME_BACK: tuple[Denial, ...] = ("no_basis", "basis_not_accepted")


def is_refusal(denied_because: str) -> bool:
    """Return whether a denial is the conversation's own, and no mere want of a basis."""
    return denied_because.partition(":")[0] not in _MAY_COME_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    A profile: which bases it accepts, what it keeps for how many days, who may see what.

    `second_opinion` is `local` where words may be shown to language models of this machine only.
    """

    name: str
    version: str
    title: str
    bases: frozenset[str]
    bases_by_country: Mapping[str, frozenset[str]]
    has_customer_acoustics: bool
    across_contacts: str
    second_opinion: str
    keep_days: Mapping[str, int]
    seen_by: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The gate's answer: the basis a conversation may be analysed on, or why it may not."""

    basis: str | None
    denial: Denial | None = None


def profile(name: str = DEFAULT) -> Policy:
    """Return the profile of that name."""
    if name not in profile_names():
        raise UnknownNameError("policy", name, profile_names())
    raw = tomllib.loads(files("kindline").joinpath("policies", f"{name}.toml").read_text("utf-8"))
    return _policy(raw)


def shortened(rules: Policy, keep_days: Mapping[str, int]) -> Policy:
    """Return a policy that keeps no longer than these days; none is ever lengthened."""
    days = {what: min(n, keep_days.get(what, n)) for what, n in rules.keep_days.items()}
    return replace(rules, keep_days=days)


@cache
def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, the default first."""
    folder = files("kindline").joinpath("policies").iterdir()
    found = sorted(
        path.name.removesuffix(".toml") for path in folder if path.name.endswith(".toml")
    )
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def leave(
    conversation: Conversation, rules: Policy, *, declared: str | None, now: datetime
) -> Leave:
    """
    Return whether the conversation may be analysed, and on what basis.

    What the conversation says of itself goes before the basis declared for the run; declaring or
    stating a basis includes that the notice belonging to it was given and logged.
    """
    own = conversation.lawful_basis
    denial = refusal(own, now) if own is not None else None
    if denial is not None:
        return Leave(basis=None, denial=denial)
    stated = own.name if own is not None else declared
    if stated is None:
        return Leave(basis=None, denial="no_basis")
    basis = basis_name(stated)
    accepted = rules.bases_by_country.get(_country(conversation), rules.bases)
    if basis not in accepted:
        return Leave(basis=basis, denial="basis_not_accepted")
    return Leave(basis=basis)


def basis_name(stated: str) -> str:
    """Return our spelling of a basis: `legitimate_interests` is `legitimate-interest`."""
    spelled = stated.strip().lower().replace("_", "-").replace(" ", "-")
    return _OTHER_SPELLINGS.get(spelled, spelled)


def refusal(own: LawfulBasis, now: datetime) -> Denial | None:
    """Return why a conversation's own basis forbids to analyse it, None where it does not."""
    if own.name is None:
        return "refused"
    if own.expires_at is not None and own.expires_at <= now:
        return "basis_expired"
    ours = [grant for grant in own.grants if grant.purpose.lower() in _OUR_PURPOSES]
    if own.grants and not (ours and all(grant.is_granted for grant in ours)):
        return "purpose_refused"
    return None


def _country(conversation: Conversation) -> str:
    """Return the country whose rules apply; Hungarian without a country counts as Hungary."""
    if conversation.country:
        return conversation.country.upper()
    region = (conversation.language or "").partition("-")[2]
    if region:
        return region.upper()
    return "HU" if conversation.language == "hu" else ""


def _policy(raw: Mapping[str, Any]) -> Policy:
    by_country = {code: frozenset(names) for code, names in raw["bases_by_country"].items()}
    return Policy(
        name=raw["name"],
        version=raw["version"],
        title=raw["title"],
        bases=frozenset(raw["bases"]),
        bases_by_country=by_country,
        has_customer_acoustics=raw["customer_acoustics"],
        across_contacts=raw["across_contacts"],
        second_opinion=raw["second_opinion"],
        keep_days=raw["keep_days"],
        seen_by={what: tuple(roles) for what, roles in raw["seen_by"].items()},
    )
