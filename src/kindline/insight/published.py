"""What we count that comes nearest to what others published: shares, raw, with n and interval."""

from collections.abc import Mapping

from kindline.insight.channels import LAST_RESORT
from kindline.insight.where import Scope, listed
from kindline.metrics.loyalty import LOSING, VALUES
from kindline.metrics.mood_change import UPSET
from kindline.metrics.published import Beside
from kindline.metrics.share import share_of
from kindline.model.analysis import EMOTIONS, MOODS, Emotion
from kindline.model.estimate import Estimate
from kindline.store.facts import bit_of

_MOST_FELT = 3


# What counts for a figure, and what against it; the rest was not judged or not sure.
_COUNTED: Mapping[Beside, tuple[str, str]] = {
    "company": ("companionship = 'present'", "companionship = 'absent'"),
    "support": ("support = 'present'", "support = 'absent'"),
    "irritated": (
        "arrival IN ('irritated', 'angry')",
        "arrival IN ('calm', 'anxious', 'sad', 'cheerful')",
    ),
    "confrontation": (
        f"abuse = 'present' OR (abuse = 'absent' AND emotions & {bit_of('anger')} > 0)",
        f"abuse = 'absent' AND emotions & {bit_of('anger')} = 0",
    ),
    "swearing": ("swearing", "NOT swearing"),
    "last_resort": (
        LAST_RESORT,
        "NOT tried_self_service AND NOT other_channels",
    ),
    "other_channels": ("other_channels", "NOT other_channels"),
    "repeat": ("repeat_contact", "NOT repeat_contact"),
    "not_heard": ("felt_heard IN ('no', 'partly')", "felt_heard = 'yes'"),
    "losing": (
        f"loyalty IN ({listed(LOSING)})",
        f"loyalty IN ({listed(VALUES.keys() - LOSING)})",
    ),
    "left_upset": (
        f"departure IN ({listed(UPSET)})",
        f"departure IN ({listed(set(MOODS) - UPSET)})",
    ),
}


# What tells of who took the contacts as well: told of no crew of fewer than five.
OF_CREWS: frozenset[Beside] = frozenset({"not_heard", "losing", "left_upset"})


def ours_beside(scope: Scope) -> dict[Beside, Estimate]:
    """Return our shares by what they stand beside."""
    counts = ", ".join(
        f"count(*) FILTER ({told}) AS {name}_{side}"
        for name, pair in _COUNTED.items()
        for side, told in zip(("counted", "against"), pair, strict=True)
    )
    row = scope.rows(f"count(*) AS n, {counts}", "AND status = 'analysed'")[0]
    return {name: _estimate(row, name) for name in _COUNTED}


def most_felt(scope: Scope) -> list[tuple[Emotion, Estimate]]:
    """Return the three emotions that most contacts hold, of those assessed, the most first."""
    counts = ", ".join(
        f"count(*) FILTER (emotions & {bit_of(name)} > 0) AS {name}" for name in EMOTIONS
    )
    row = scope.rows(
        f"count(emotions) AS n, count(*) AS n_all, {counts}", "AND status = 'analysed'"
    )[0]
    n_unjudged = row["n_all"] - row["n"]
    every: list[tuple[Emotion, Estimate]] = [
        (name, share_of(row[name], row["n"] - row[name], n_unjudged=n_unjudged))
        for name in EMOTIONS
    ]
    every = [pair for pair in every if pair[1].value]
    every.sort(key=_value, reverse=True)
    return every[:_MOST_FELT]


def _value(pair: tuple[Emotion, Estimate]) -> float:
    return pair[1].value or 0.0


def _estimate(row: Mapping[str, int], name: str) -> Estimate:
    counted, against = row[f"{name}_counted"], row[f"{name}_against"]
    return share_of(counted, against, n_unjudged=row["n"] - counted - against)
