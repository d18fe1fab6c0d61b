"""Shares corrected with what people labelled: the latest sample that fits what is asked."""

from collections.abc import Mapping, Sequence

from kindline.errors import InputError
from kindline.insight.shares import Row
from kindline.insight.where import Where
from kindline.metrics.prevalence import Labelled, prevalence
from kindline.model.estimate import Estimate
from kindline.store.database import Tenancy
from kindline.store.labels import NEEDS, Drawn, Judged, Sample, drawn, samples

FLAGGED: Mapping[str, str] = {"crisis": "cue"}


def corrected(tenancy: Tenancy, where: Where, row: Row) -> dict[Judged, Estimate]:
    """
    Return the corrected share of each need that the latest fitting sample can correct.

    A sample fits what it was drawn from: the same language or all, every queue and channel.
    """
    fitting = fitting_sample(tenancy, where)
    if fitting is None:
        return {}
    every = drawn(tenancy, fitting.sample_id)
    found: dict[Judged, Estimate] = {}
    for need in NEEDS:
        share = share_of(row, need, every, fitting)
        if isinstance(share, Estimate):
            found[need] = share
    return found


def fitting_sample(tenancy: Tenancy, where: Where) -> Sample | None:
    """Return the latest sample drawn from what is asked about; None where there is none."""
    if any(getattr(where, name) is not None for name in ("queue", "channel", "country", "reason")):
        return None
    return next((one for one in samples(tenancy) if one.language == where.language), None)


def share_of(row: Row, need: Judged, every: Sequence[Drawn], of: Sample) -> Estimate | str:
    """Return a need's corrected share, or in words why a sample cannot correct it."""
    raw = row.shares[need]
    n = row.n_conversations - row.n_denied
    try:
        return prevalence(
            round((raw.value or 0.0) * raw.n),
            n,
            labelled(every, need),
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
