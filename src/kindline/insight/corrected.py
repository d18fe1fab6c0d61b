"""Shares corrected with what people labelled: the latest sample that fits what is asked."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kindline.errors import InputError
from kindline.insight.shares import By, Row
from kindline.insight.where import Scope, Where
from kindline.metrics.prevalence import Labelled, prevalence
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy
from kindline.store.labels import NEEDS, Drawn, Judged, Sample, drawn, samples

FLAGGED: Mapping[str, str] = {"crisis": "cue"}


class Labels(NamedTuple):
    """A sample, and what people said of each conversation of it."""

    sample: Sample
    every: Sequence[Drawn]


def labels_of(tenancy: Tenancy, where: Where) -> Labels | None:
    """
    Return the latest sample drawn from what is asked about; None where there is none.

    A sample fits what it was drawn from: the same language or all, every queue and channel.
    """
    if any(getattr(where, name) is not None for name in ("queue", "channel", "country", "reason")):
        return None
    fitting = next((one for one in samples(tenancy) if one.language == where.language), None)
    return None if fitting is None else Labels(fitting, drawn(tenancy, fitting.sample_id))


def corrected(labels: Labels | None, row: Row) -> dict[Judged, Estimate]:
    """Return the corrected share of each need that labels can correct."""
    return {} if labels is None else _row(row, _judged(labels.every), labels.sample)


def corrected_by(
    scope: Scope, labels: Labels | None, rows: Sequence[Row], by: By
) -> dict[str | None, dict[Judged, Estimate]]:
    """
    Return the corrected shares of each group that can be corrected, by the group's name.

    Weeks, days and hours are corrected with the whole sample, as if flags erred alike in each; a
    queue, a channel, a language or a reason with what of the sample is its own.
    """
    if labels is None:
        return {}
    if by in _TIMES:
        judged = _judged(labels.every)
        return {row.name: _row(row, judged, labels.sample) for row in rows}
    groups: dict[str | None, list[Drawn]] = {}
    names = _names(scope, labels.every, by)
    for one in labels.every:
        groups.setdefault(names.get(one.number), []).append(one)
    return {
        row.name: _row(row, _judged(own), labels.sample)
        for row in rows
        if (own := groups.get(row.name))
    }


_TIMES: tuple[By, ...] = ("week", "month", "weekday", "hour")


def _row(
    row: Row, judged: Mapping[Judged, Sequence[Labelled]], of: Sample
) -> dict[Judged, Estimate]:
    found: dict[Judged, Estimate] = {}
    for need, some in judged.items():
        share = _share(row, need, some, of)
        if isinstance(share, Estimate):
            found[need] = share
    return found


def _judged(every: Sequence[Drawn]) -> dict[Judged, Sequence[Labelled]]:
    found: dict[Judged, Sequence[Labelled]] = {}
    for need in NEEDS:
        found[need] = labelled(every, need)
    return found


def _names(scope: Scope, every: Sequence[Drawn], by: By) -> dict[int, str | None]:
    """Return the group that each conversation of a sample is in."""
    numbers = np.array([one.number for one in every], np.int64)
    query = f"SELECT number, {by} AS name FROM facts"
    rows = scope.facts.counts(scope.tenant, query, among=numbers)
    return {row["number"]: row["name"] for row in rows}


def share_of(row: Row, need: Judged, every: Sequence[Drawn], of: Sample) -> Estimate | str:
    """Return a need's corrected share, or in words why a sample cannot correct it."""
    return _share(row, need, labelled(every, need), of)


def _share(row: Row, need: Judged, some: Sequence[Labelled], of: Sample) -> Estimate | str:
    raw = row.shares[need]
    try:
        return prevalence(
            round((raw.value or 0.0) * raw.n),
            row.n_conversations - row.n_denied,
            some,
            drawn=of.design,
            n_unjudged=row.n_denied,
        )
    except InputError as error:
        return str(error)


def labelled(every: Sequence[Drawn], need: Judged) -> list[Labelled]:
    """Return what is settled of a sample; where people cannot tell, nothing is."""
    return [
        Labelled(
            is_so=one.settled(need) == "present",
            is_flagged=one.states[need] == FLAGGED.get(need, "present"),
            weight=one.weight,
        )
        for one in every
        if one.settled(need) in ("present", "absent")
    ]
