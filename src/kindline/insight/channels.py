"""
Channels: which feelings come by which, who comes by several, who comes again.

A matter is all contacts of one customer on one reason; nothing else of a customer is seen together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kindline.insight.where import Scope, condition_of, listed
from kindline.metrics.combined import difference
from kindline.metrics.first_contact import WINDOW_DAYS, first_contact_resolution
from kindline.metrics.mood_change import UPSET
from kindline.metrics.ratio import Sums
from kindline.metrics.share import share_of
from kindline.model.analysis import EMOTIONS
from kindline.model.estimate import Estimate
from kindline.store.facts import bit_of

PARALLEL_HOURS = 24  # another channel within so long is beside the first, and not after it
# Only where both are known: to count one that is there beside another that nobody judged, and not
# to count one that is not, would make the share too large.
LAST_RESORT = (
    "(tried_self_service OR other_channels) AND tried_self_service IS NOT NULL "
    "AND other_channels IS NOT NULL"
)
_COMPANY_APART = {
    "all": "true",
    "without_company": "companionship IS DISTINCT FROM 'present'",
    "company": "companionship = 'present'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feelings:
    """Of a channel's contacts whose emotions were assessed, the share with each."""

    channel: str | None
    n: int
    shares: Mapping[str, Estimate]
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Of contacts that came upset, and of the others, the share that came by a channel."""

    channel: str | None
    upset: Estimate
    others: Estimate
    apart: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """What is told by matter. `switches` are contacts followed in the matter, from channel to."""

    several_channels: Estimate
    parallel: Estimate
    last_resort: Estimate
    repeated: Estimate
    fcr_gross: Mapping[str, Estimate]
    fcr_net: Mapping[str, Estimate]
    switches: Mapping[tuple[str, str], int]


def feelings(scope: Scope) -> list[Feelings]:
    """Return the share of each emotion by channel, the largest channel first."""
    counts = ", ".join(
        f"count(*) FILTER (emotions & {bit_of(name)} > 0) AS {name}" for name in EMOTIONS
    )
    rows = scope.rows(
        f"channel, count(emotions) AS n, count(*) AS n_all, {counts}",
        "AND status = 'analysed' GROUP BY 1 ORDER BY n DESC, 1",
    )
    return [
        Feelings(
            channel=row["channel"],
            n=row["n"],
            shares={
                name: share_of(row[name], row["n"] - row[name], n_unjudged=row["n_all"] - row["n"])
                for name in EMOTIONS
            },
            is_hidden=scope.has_too_few(row["n"]),
        )
        for row in rows
    ]


def choices(scope: Scope) -> list[Choice]:
    """Return how the channel goes with the mood on arrival, the widest apart first."""
    moods = listed(UPSET)
    rows = scope.rows(
        f"channel, count(*) FILTER (arrival IN ({moods})) AS upset, "
        f"count(*) FILTER (arrival NOT IN ({moods})) AS others, "
        "count(*) FILTER (arrival IS NULL) AS unjudged",
        "AND status = 'analysed' GROUP BY 1",
    )
    n_upset, n_others = (sum(row[name] for row in rows) for name in ("upset", "others"))
    n_unjudged = sum(row["unjudged"] for row in rows)
    if scope.has_too_few(min(n_upset, n_others)):
        return []
    found: list[Choice] = []
    for row in rows:
        upset = share_of(row["upset"], n_upset - row["upset"], n_unjudged=n_unjudged)
        others = share_of(row["others"], n_others - row["others"], n_unjudged=n_unjudged)
        apart = difference(upset, others)
        found.append(Choice(channel=row["channel"], upset=upset, others=others, apart=apart))
    return sorted(found, key=lambda one: -abs(one.apart.value or 0.0))


def matters(scope: Scope) -> Matters | None:
    """Return what is told by matter; None where no contact is of a known customer and reason."""
    rows = _in_matters(scope, _TOLD, "")
    row = rows[0] if rows else None
    if row is None or not row["n_matters"] or scope.has_too_few(row["n_matters"]):
        return None
    return Matters(
        several_channels=share_of(row["several"], row["n_matters"] - row["several"], n_unjudged=0),
        parallel=share_of(row["parallel"], row["n_matters"] - row["parallel"], n_unjudged=0),
        last_resort=_last_resort(scope),
        repeated=share_of(row["repeated"], row["n_matters"] - row["repeated"], n_unjudged=0),
        fcr_gross={name: _fcr(row, f"gross_{name}") for name in _COMPANY_APART},
        fcr_net={name: _fcr(row, f"net_{name}") for name in _COMPANY_APART},
        switches=_switches(scope),
    )


_KINDS = {"gross": "true", "net": "resolution IS DISTINCT FROM 'nothing_to_settle'"}
_MEANT = {  # contacts whose FCR is told: by kind, and all, without company, for company
    f"{kind}_{name}": f"({is_kind}) AND ({apart})"
    for kind, is_kind in _KINDS.items()
    for name, apart in _COMPANY_APART.items()
}
_ALONE = f"(next_at IS NULL OR next_at > happened_at + INTERVAL {WINDOW_DAYS} DAY) AND is_over"
_OF_MATTER = ", ".join(
    f"count(*) FILTER ({meant} AND {_ALONE}) AS {name}_a, "
    f"count(*) FILTER ({meant} AND is_over) AS {name}_b, "
    f"count(*) FILTER ({meant} AND NOT is_over) AS {name}_u"
    for name, meant in _MEANT.items()
)
_SUMMED = ", ".join(
    f"count(*) FILTER ({name}_b > 0) AS {name}_n, sum({name}_a) AS {name}_a, "
    f"sum({name}_b) AS {name}_b, sum({name}_a * {name}_a) AS {name}_aa, "
    f"sum({name}_b * {name}_b) AS {name}_bb, sum({name}_a * {name}_b) AS {name}_ab, "
    f"sum({name}_u) AS {name}_u"
    for name in _MEANT
)
_TOLD = (
    "count(*) AS n_matters, count(*) FILTER (n_channels > 1) AS several, "
    f"count(*) FILTER (has_parallel) AS parallel, count(*) FILTER (n > 1) AS repeated, {_SUMMED} "
    "FROM (SELECT matter, count(*) AS n, count(DISTINCT channel) AS n_channels, "
    f"bool_or(next_channel <> channel AND next_at <= happened_at + INTERVAL {PARALLEL_HOURS} HOUR) "
    f"AS has_parallel, {_OF_MATTER} FROM linked GROUP BY matter)"
)


def _in_matters(scope: Scope, told: str, rest: str) -> list[dict[str, int]]:
    """Return what is asked of contacts, each beside the next one of its matter."""
    condition, values = condition_of(scope.where)
    query = (
        ", linked AS (SELECT *, lead(happened_at) OVER one AS next_at, "
        "lead(channel) OVER one AS next_channel, "
        f"happened_at + INTERVAL {WINDOW_DAYS} DAY <= max(happened_at) OVER () AS is_over "
        f"FROM facts WHERE {condition} AND status = 'analysed' AND matter IS NOT NULL "
        "WINDOW one AS (PARTITION BY matter ORDER BY happened_at, number)) "
        f"SELECT {told} {rest}"
    )
    return scope.facts.counts(scope.tenant, query, values)


def _fcr(row: Mapping[str, int | None], name: str) -> Estimate:
    """Return FCR from the sums over matters that hold such contacts."""
    told = (float(row[f"{name}_{part}"] or 0) for part in ("a", "b", "aa", "bb", "ab"))
    sums = Sums(row[f"{name}_n"] or 0, *told)
    return first_contact_resolution(sums, n_unjudged=int(row[f"{name}_u"] or 0))


def _last_resort(scope: Scope) -> Estimate:
    """Return the share of contacts whose customer says to have tried something else before."""
    row = scope.rows(
        "count(*) AS n, "
        f"count(*) FILTER ({LAST_RESORT}) AS tried, "
        "count(*) FILTER (NOT tried_self_service AND NOT other_channels) AS not_tried",
        "AND status = 'analysed'",
    )[0]
    n_unjudged = row["n"] - row["tried"] - row["not_tried"]
    return share_of(row["tried"], row["not_tried"], n_unjudged=n_unjudged)


def _switches(scope: Scope) -> dict[tuple[str, str], int]:
    rows = _in_matters(
        scope,
        "channel, next_channel, count(*) AS n FROM linked",
        "WHERE next_channel IS NOT NULL AND channel IS NOT NULL GROUP BY 1, 2",
    )
    return {
        (str(row["channel"]), str(row["next_channel"])): row["n"]
        for row in rows
        if not scope.has_too_few(row["n"])
    }
