"""What a bounded question comes to: a line a group, each with n and interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from kindline.insight.channels import matters
from kindline.insight.crew import is_about_few
from kindline.insight.question import OF_CREWS, Question, What
from kindline.insight.shares import Need, grouped, shares
from kindline.insight.where import Scope, listed
from kindline.metrics.loyalty import LOSING, VALUES
from kindline.metrics.mood_change import UPSET
from kindline.metrics.ratio import mean
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy

Unit = Literal["share", "seconds", "count"]
UNITS: Mapping[What, Unit] = {
    "contacts": "count",
    "handle time": "seconds",
    "time after": "seconds",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A group's answer, None where too few are behind it.

    `link` opens its conversations, None where their list cannot be narrowed so.
    """

    name: str | None
    estimate: Estimate | None
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The question as it was understood, the unit of what comes back, and the lines."""

    question: Question
    unit: Unit
    lines: Sequence[Line]


def answer(
    scope: Scope,
    tenancy: Tenancy,
    asked: Question,
    *,
    between: tuple[datetime, datetime] | None,
    now: datetime,
) -> Answer:
    """
    Return the answer; `between` are the ends of the question's period, where it names one.

    The scope is all there is; the question narrows it.
    """
    since, until = between or (None, now)
    if asked.weeks is not None:
        since = now - timedelta(weeks=asked.weeks)
    where = replace(scope.where, since=since, until=until, **asked.where)
    meant = replace(scope, where=where)
    found = _found(meant, asked)
    if asked.what in OF_CREWS:
        found = [(name, _unless_few(meant, tenancy, asked, name, one)) for name, one in found]
    return Answer(
        question=asked,
        unit=UNITS.get(asked.what, "share"),
        lines=[_line(asked, name, estimate) for name, estimate in found],
    )


def _unless_few(
    scope: Scope, tenancy: Tenancy, asked: Question, name: str | None, estimate: Estimate | None
) -> Estimate | None:
    """Return a group's number, None where fewer than five agents took its contacts."""
    if asked.by is None:
        return None if is_about_few(scope, tenancy) else estimate
    if name is None:  # contacts of no group known may be anybody's
        return None
    return None if is_about_few(scope.narrowed(asked.by, name), tenancy) else estimate


def _found(scope: Scope, asked: Question) -> list[tuple[str | None, Estimate | None]]:
    if asked.what == "share" and asked.need is not None:
        return _shares(scope, asked, asked.need)
    if asked.what == "first contact":
        return _first_contact(scope, asked)
    told = [
        (row["name"], _estimate(asked.what, row))
        for row in grouped(scope, asked.by, _COLUMNS[asked.what])
    ]
    return [(name, None if scope.has_too_few(one.n) else one) for name, one in told]


def _shares(scope: Scope, asked: Question, need: Need) -> list[tuple[str | None, Estimate | None]]:
    rows = shares(scope.facts, scope.tenant, scope.where, by=asked.by, fewest=scope.fewest)
    return [
        (row.name, None if need in row.hidden else row.shares[need])
        for row in rows
        if row.n_conversations
    ]


def _first_contact(scope: Scope, asked: Question) -> list[tuple[str | None, Estimate | None]]:
    """Return FCR; by a group it is asked of each group's contacts alone."""
    if asked.by is None:
        told = matters(scope)
        return [(None, None if told is None else told.fcr_gross["all"])]
    found: list[tuple[str | None, Estimate | None]] = []
    for row in grouped(scope, asked.by, "0 AS counted"):
        if row["name"] is not None:
            told = matters(scope.narrowed(asked.by, row["name"]))
            found.append((row["name"], None if told is None else told.fcr_gross["all"]))
    return found


_BAD = listed(LOSING)
_JUDGED = listed(VALUES)
_MOODS = listed(UPSET)
_COLUMNS: Mapping[What, str] = {
    "contacts": "0 AS counted",
    "heard": "count(*) FILTER (felt_heard = 'yes') AS counted, "
    "count(*) FILTER (felt_heard IN ('partly', 'no')) AS against",
    "soothed": f"count(*) FILTER (arrival IN ({_MOODS}) AND departure NOT IN ({_MOODS})) "
    f"AS counted, count(*) FILTER (arrival IN ({_MOODS}) AND departure IN ({_MOODS})) AS against",
    "losing": f"count(*) FILTER (loyalty IN ({_BAD})) AS counted, "
    f"count(*) FILTER (loyalty IN ({_JUDGED}) AND loyalty NOT IN ({_BAD})) AS against",
    "handle time": "count(handle_ms) AS counted, coalesce(sum(handle_ms / 1000.0), 0) AS total, "
    "coalesce(sum((handle_ms / 1000.0) * (handle_ms / 1000.0)), 0) AS squares",
    "time after": "count(after_ms) AS counted, coalesce(sum(after_ms / 1000.0), 0) AS total, "
    "coalesce(sum((after_ms / 1000.0) * (after_ms / 1000.0)), 0) AS squares",
}


def _estimate(what: What, row: Mapping[str, Any]) -> Estimate:
    if what == "contacts":
        n = row["n"]
        return Estimate(value=n, low=n, high=n, n=n, n_unjudged=0, method="counted")
    if UNITS.get(what) == "seconds":
        n_unjudged = row["n"] - row["counted"]
        return mean(row["counted"], row["total"], row["squares"], n_unjudged=n_unjudged)
    n_unjudged = row["n"] - row["counted"] - row["against"]
    return share_of(row["counted"], row["against"], n_unjudged=n_unjudged)


def _line(asked: Question, name: str | None, estimate: Estimate | None) -> Line:
    return Line(name=name, estimate=estimate, link=_link(asked, name))


def _link(asked: Question, name: str | None) -> str | None:
    """Return the list of those conversations; None where no list is narrowed as the line is."""
    told = dict(asked.where)
    if asked.by is not None:
        told[asked.by] = name or ""
    if asked.need is not None:
        told["need"] = asked.need
    is_timed = (asked.period is not None or asked.weeks is not None) and asked.by != "week"
    if is_timed or not told.keys() <= _OPENED or not all(told.values()):
        return None
    return f"/conversations?{urlencode(told)}"


_OPENED = frozenset({"queue", "channel", "language", "week", "need"})
