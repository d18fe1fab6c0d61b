"""
Customers: how they come and leave, whether they were heard, what their loyalty goes through.

Seen together are contacts of one matter; all contacts of one customer only where they agreed to it
(`person` in the facts). Nobody is listed or ranked: what is ranked are reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kindline.insight.where import Scope, condition_of, listed
from kindline.metrics.loyalty import LOSING, VALUES, Ending, levels, recovery
from kindline.metrics.mood_change import MoodChange, mood_change
from kindline.metrics.ratio import mean
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

_MOST_CONTACTS = 5  # of a course that are drawn
_HEARD = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Losing:
    """Of matters on a reason, the share whose last contact lost the customer or nearly did."""

    reason: str | None
    share: Estimate
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """
    Loyalty after the first, second and further contact, and how much of what was lost came back.

    `together` says what was seen together: the contacts of a `matter`, or of a `person`.
    """

    together: str
    n_courses: int
    levels: Sequence[Estimate]
    recovery: Estimate | None


def moods(scope: Scope) -> MoodChange:
    """Return how customers left beside how they came."""
    rows = scope.rows("arrival, departure, count(*) AS n", "AND status = 'analysed' GROUP BY 1, 2")
    return mood_change({(row["arrival"], row["departure"]): row["n"] for row in rows})


def heard(scope: Scope, *, is_for_company: bool | None = None) -> Estimate | None:
    """Return the share who were heard, None of too few; those partly heard count against it."""
    company = {None: "true", True: "companionship = 'present'", False: "companionship = 'absent'"}
    row = scope.rows(
        "count(*) AS n, "
        + ", ".join(f"count(*) FILTER (felt_heard = '{one}') AS {one}" for one in _HEARD),
        f"AND status = 'analysed' AND {company[is_for_company]}",
    )[0]
    against = row["partly"] + row["no"]
    told = share_of(row["yes"], against, n_unjudged=row["n"] - row["yes"] - against)
    return None if told.n and scope.has_too_few(told.n) else told


def losing(scope: Scope) -> list[Losing]:
    """
    Return the reasons by the share of matters that ended with the customer lost or nearly.

    A contact of no matter known is one of its own. First comes the reason that is most surely bad.
    """
    condition, values = condition_of(scope.where)
    bad, judged = listed(LOSING), listed(VALUES)
    rows = scope.facts.counts(
        scope.tenant,
        ", last AS (SELECT reason, loyalty, row_number() OVER (PARTITION BY coalesce(matter, "
        "-number) ORDER BY happened_at DESC, number DESC) AS place "
        f"FROM facts WHERE {condition} AND status = 'analysed') "
        f"SELECT reason, count(*) AS n, count(*) FILTER (loyalty IN ({bad})) AS bad, "
        f"count(*) FILTER (loyalty IN ({judged})) AS judged FROM last WHERE place = 1 GROUP BY 1",
        values,
    )
    found = [
        Losing(
            reason=row["reason"],
            share=share_of(
                row["bad"], row["judged"] - row["bad"], n_unjudged=row["n"] - row["judged"]
            ),
            is_hidden=scope.has_too_few(row["judged"]) or row["judged"] == 0,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: -(one.share.low or 0.0))


def courses(scope: Scope) -> Courses:
    """Return what loyalty goes through, of persons where they agreed to it, else of matters."""
    for together in ("person", "matter"):
        rows = _endings(scope, together)
        if rows:
            break
    sums = [[0, 0.0, 0.0] for _ in range(_MOST_CONTACTS)]
    states: list[list[str]] = []
    for course in _each(rows):
        states.append([ending.state for ending in course])
        for place, level in enumerate(levels(course)[:_MOST_CONTACTS]):
            sums[place][0] += 1
            sums[place][1] += level
            sums[place][2] += level**2
    shown = [
        mean(int(n), total, squares)
        for n, total, squares in sums
        if n and not scope.has_too_few(int(n))
    ]
    made_good = recovery(states)
    return Courses(
        together=together,
        n_courses=len(states),
        levels=shown,
        recovery=None if scope.has_too_few(made_good.n) else made_good,
    )


def _endings(scope: Scope, together: str) -> list[dict[str, Any]]:
    """Return the contacts of courses of more than one, those judged, in order."""
    return scope.rows(
        f"{together} AS course, happened_at, CAST(loyalty AS VARCHAR) AS loyalty",
        f"AND status = 'analysed' AND {together} IS NOT NULL AND loyalty IN ({listed(VALUES)}) "
        f"QUALIFY count(*) OVER (PARTITION BY {together}) > 1 "
        f"ORDER BY {together}, happened_at, number",
    )


def _each(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Ending]]:
    for _, own in groupby(rows, key=lambda row: row["course"]):
        before = None
        course: list[Ending] = []
        for row in own:
            at = row["happened_at"]
            days = 0.0 if before is None else (at - before).total_seconds() / 86_400
            course.append(Ending(row["loyalty"], days))
            before = at
        yield course
