"""How many more labels would halve the interval of each corrected share."""

from collections.abc import Mapping

from kindline.insight.corrected import Labels, labelled
from kindline.insight.shares import shares
from kindline.insight.where import Scope
from kindline.metrics.sampling import Plan, plan
from kindline.store.labels import NEEDS, Judged


def plans(scope: Scope, labels: Labels | None) -> Mapping[Judged, Plan]:
    """Return the plan for each need that a sample corrects; none where no sample fits."""
    rows = shares(scope.facts, scope.tenant, scope.where, by=None, fewest=scope.fewest)
    if labels is None or not rows:
        return {}
    found: dict[Judged, Plan] = {}
    for need in NEEDS:
        raw = rows[0].shares[need]
        n = rows[0].n_conversations - rows[0].n_denied
        one = plan(round((raw.value or 0.0) * raw.n), n, labelled(labels.every, need))
        if one is not None and need not in rows[0].hidden:
            found[need] = one
    return found
