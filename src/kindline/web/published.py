"""What we count that comes nearest to what others published: shares, raw, with n and interval."""

from collections.abc import Mapping

from kindline.metrics.published import Beside
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate
from kindline.store.facts import Facts
from kindline.web.numbers import Where, condition_of

# What counts for a figure, and what against it; the rest was not judged or not sure.
_COUNTED: Mapping[Beside, tuple[str, str]] = {
    "company": ("companionship = 'present'", "companionship = 'absent'"),
    "irritated": (
        "arrival IN ('irritated', 'angry')",
        "arrival IN ('calm', 'anxious', 'sad', 'cheerful')",
    ),
    "swearing": ("swearing", "NOT swearing"),
    "tried_self_service": ("tried_self_service", "NOT tried_self_service"),
    "other_channels": ("other_channels", "NOT other_channels"),
}


def ours_beside(facts: Facts, tenant: str, where: Where) -> dict[Beside, Estimate]:
    """Return our shares by what they stand beside."""
    condition, values = condition_of(where)
    counts = ", ".join(
        f"count(*) FILTER ({told}) AS {name}_{side}"
        for name, pair in _COUNTED.items()
        for side, told in zip(("counted", "against"), pair, strict=True)
    )
    found = facts.rows(
        tenant,
        f"SELECT count(*) AS n, {counts} FROM facts "  # noqa: S608 -- names are ours, values are not
        f"WHERE {condition} AND status = 'analysed'",
        values,
    )
    row = found[0] if found else {}
    return {name: _estimate(row, name) for name in _COUNTED}


def _estimate(row: Mapping[str, int], name: str) -> Estimate:
    counted, against = row.get(f"{name}_counted", 0), row.get(f"{name}_against", 0)
    return share_of(counted, against, n_unjudged=row.get("n", 0) - counted - against)
