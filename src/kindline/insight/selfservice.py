"""
Self-service: what it keeps from people, where it fails, and what failing costs in contacts.

Every number stands raw and, where a labelled sample allows, corrected for contacts that were for
company (FACTS 5.3, 5.4). Cells of fewer than 30 sessions or contacts, or 10 people, are hidden.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kindline.errors import InputError
from kindline.insight.corrected import labelled, labels_of
from kindline.insight.where import Scope, Where
from kindline.metrics.caused import FEWEST_PEOPLE, Ended, caused, caused_corrected, is_small
from kindline.metrics.containment import contained, resolved
from kindline.metrics.deflection import Ceiling, ceiling
from kindline.metrics.failure_rate import FEWEST, failure_rate, failure_rate_corrected
from kindline.metrics.prevalence import Labelled, prevalence
from kindline.model.estimate import Estimate
from kindline.selfservice.causes import DESIGN, cause
from kindline.store.database import Tenancy
from kindline.store.journeys import contacts_after, ended_counts

_FAILED = ("error", "gave_up")
_DONE = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    A step that sessions fail at, those on the same reason that got done, and what failing costs.

    `caused` is None where no baseline is known, `corrected` where no sample corrects it too.
    """

    surface: str
    step: str
    reason: str | None
    failed: Ended
    finished: Ended
    caused: Estimate | None
    corrected: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """
    The causes of contacts on one reason; `is_hidden` where they are too few to be told.

    Company is no cause of a single contact: `n_flagged` were flagged for it, and of fewer than
    `FEWEST_PEOPLE` neither the flags nor a correction is to be shown (FACTS 5.4).
    """

    reason: str | None
    n: int
    by_cause: Mapping[int, int]
    n_flagged: int
    company_corrected: Estimate | None
    failure: Estimate
    failure_corrected: Estimate | None
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfService:
    """Everything the page shows; `flows` are sessions by surface, ending and what followed."""

    n_sessions: int
    n_unjudged: int
    contained: Estimate
    resolved: Estimate
    steps: Sequence[Step]
    n_small_steps: int
    reasons: Sequence[ReasonRow]
    ceiling: Ceiling | None
    flows: Mapping[tuple[str, str, bool], int]
    why_not_corrected: str | None


@dataclass(slots=True)
class _Side:
    """Sessions that ended alike; how many a contact followed, and of those how many for company."""

    n: int = 0
    n_contacts: int = 0
    n_flagged: int = 0
    n_judged: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count sessions."""
        self.n += row["n"]
        self.n_contacts += row["n_followed"]
        self.n_flagged += row["n_flagged"] or 0
        self.n_judged += row["n_judged"] or 0

    @property
    def ended(self) -> Ended:
        """Return them as counts."""
        return Ended(n=self.n, n_contacts=self.n_contacts)


def selfservice(scope: Scope, tenancy: Tenancy, *, since: datetime, until: datetime) -> SelfService:
    """Return how self-service did between two times; the scope tells all contacts of that time."""
    sessions = ended_counts(tenancy, since=since, until=until)
    contacts = _contacts(scope, contacts_after(tenancy, since=since, until=until))
    sample, why_not = _sample(tenancy)
    judged = [row for row in sessions if row["is_judged"]]
    n_sessions = sum(row["n"] for row in sessions)
    n_judged = sum(row["n"] for row in judged)
    n_unjudged = n_sessions - n_judged
    steps = _steps(judged, sample)
    shown = [one for one in steps if not is_small(one.failed)]
    served = {row["reason"] for row in sessions if row["reason"] is not None}
    reasons = _reasons(contacts, served if sessions else None, sample)
    followed = sum(row["n_followed"] for row in judged)
    done = sum(row["n"] - row["n_followed"] for row in judged if row["ending"] == _DONE)
    return SelfService(
        n_sessions=n_sessions,
        n_unjudged=n_unjudged,
        contained=contained(n_judged, followed, n_unjudged=n_unjudged),
        resolved=resolved(n_judged, done, n_unjudged=n_unjudged),
        steps=sorted(shown, key=_rank, reverse=True),
        n_small_steps=len(steps) - len(shown),
        reasons=reasons,
        ceiling=_ceiling(reasons, sample),
        flows=_flows(judged),
        why_not_corrected=why_not,
    )


def _sample(tenancy: Tenancy) -> tuple[Sequence[Labelled], str | None]:
    """Return what people settled of company, or why that corrects nothing."""
    labels = labels_of(tenancy, Where())
    if labels is None:
        return (), "no sample that people labelled"
    sample = labelled(labels.every, "companionship")
    probed = _company(len(sample), len(sample) * 2, sample)
    return (sample, None) if probed is not None else ((), "too few labels, or flags tell nothing")


def _company(n_flagged: int, n: int, sample: Sequence[Labelled]) -> Estimate | None:
    """Return the corrected share for company; None where nothing corrects it."""
    try:
        return prevalence(n_flagged, n, sample, drawn="random")
    except InputError:
        return None


def _contacts(scope: Scope, after: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return all contacts, counted by reason, own words, and the session or answer of theirs."""
    every = scope.rows(
        "reason, tried_self_service, count(*) AS n, "
        "count(*) FILTER (companionship = 'present') AS n_flagged",
        "AND status = 'analysed' GROUP BY 1, 2",
    )
    found: list[Mapping[str, Any]] = [
        {**row, "n": 1, "n_flagged": int(row["companionship"] == "present")} for row in after
    ]
    known = Counter((row["reason"], row["tried_self_service"]) for row in after)
    flagged = Counter(
        (row["reason"], row["tried_self_service"])
        for row in after
        if row["companionship"] == "present"
    )
    alone = {"ending": None, "last_kind": None, "answer": None}
    for row in every:
        key = (row["reason"], row["tried_self_service"])
        n, n_flagged = row["n"] - known[key], row["n_flagged"] - flagged[key]
        found.append({**row, **alone, "n": max(0, n), "n_flagged": max(0, n_flagged)})
    return found


def _steps(rows: Sequence[Mapping[str, Any]], sample: Sequence[Labelled]) -> list[Step]:
    """Return each step that sessions fail at, beside sessions on the same reason that got done."""
    failed: dict[tuple[str, str, str | None], _Side] = {}
    finished: dict[str | None, _Side] = {}
    for row in rows:
        if row["ending"] in _FAILED:
            key = (row["surface"], row["last_step"], row["reason"])
            failed.setdefault(key, _Side()).add(row)
        elif row["ending"] == _DONE:
            finished.setdefault(row["reason"], _Side()).add(row)
    return [_step(key, side, finished.get(key[2], _Side()), sample) for key, side in failed.items()]


def _step(
    key: tuple[str, str, str | None], failed: _Side, finished: _Side, sample: Sequence[Labelled]
) -> Step:
    surface, step, reason = key
    has_baseline = finished.n >= FEWEST
    of_failed = _company(failed.n_flagged, failed.n_judged, sample)
    of_finished = _company(finished.n_flagged, finished.n_judged, sample)
    corrected = None
    if has_baseline and of_failed is not None and of_finished is not None:
        corrected = caused_corrected(failed.ended, finished.ended, of_failed, of_finished)
    return Step(
        surface=surface,
        step=step,
        reason=reason,
        failed=failed.ended,
        finished=finished.ended,
        caused=caused(failed.ended, finished.ended) if has_baseline else None,
        corrected=corrected,
    )


def _rank(step: Step) -> float:
    """Return what steps are put in order by: the contacts that mending it would save."""
    best = step.corrected or step.caused
    return (best.value if best is not None else None) or 0.0


def _reasons(
    rows: Sequence[Mapping[str, Any]], served: set[str] | None, sample: Sequence[Labelled]
) -> list[ReasonRow]:
    causes: dict[str | None, dict[int, int]] = {}
    flagged: dict[str | None, int] = {}
    for row in rows:
        reason = row["reason"]
        why = cause(
            answer=row["answer"],
            ending=row["ending"],
            last_kind=row["last_kind"],
            has_tried=row["tried_self_service"],
            reason=reason,
            is_served=None if served is None or reason is None else reason in served,
        )
        own = causes.setdefault(reason, {})
        own[why] = own.get(why, 0) + row["n"]
        flagged[reason] = flagged.get(reason, 0) + (row["n_flagged"] or 0)
    found = [_reason(reason, own, flagged[reason], sample) for reason, own in causes.items()]
    return sorted(found, key=lambda one: (-one.n, one.reason or ""))


def _reason(
    reason: str | None, by_cause: Mapping[int, int], n_flagged: int, sample: Sequence[Labelled]
) -> ReasonRow:
    n = sum(by_cause.values())
    failure = failure_rate(sum(by_cause.get(one, 0) for one in DESIGN), n)
    right = None if n_flagged < FEWEST_PEOPLE else _company(n_flagged, n, sample)
    return ReasonRow(
        reason=reason,
        n=n,
        by_cause=by_cause,
        n_flagged=n_flagged,
        company_corrected=right,
        failure=failure,
        failure_corrected=None if right is None else failure_rate_corrected(failure, right),
        is_hidden=n < FEWEST,
    )


def _ceiling(reasons: Sequence[ReasonRow], sample: Sequence[Labelled]) -> Ceiling | None:
    by_cause: dict[int, int] = {}
    for row in reasons:
        for why, n in row.by_cause.items():
            by_cause[why] = by_cause.get(why, 0) + n
    n_flagged = sum(row.n_flagged for row in reasons)
    n = sum(by_cause.values())
    return ceiling(by_cause, _company(n_flagged, n, sample) if n else None)


def _flows(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, bool], int]:
    found: dict[tuple[str, str, bool], int] = {}
    for row in rows:
        for is_followed, n in ((True, row["n_followed"]), (False, row["n"] - row["n_followed"])):
            if n:
                key = (row["surface"], row["ending"], is_followed)
                found[key] = found.get(key, 0) + n
    return found
