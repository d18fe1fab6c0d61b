"""
Whether people who fill in a scorecard mean the same by it: agreement by criterion, and in pairs.

Krippendorff's alpha over all who filled it in, Cohen's kappa for each pair over what both did. What
does not apply is an answer like any other: to differ on that is to differ. The contacts on which
they differ most are what the next talk is about; no evaluator is right and none is ranked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from kindline.metrics.agreement import agreement
from kindline.metrics.kappa import kappa
from kindline.model.estimate import Estimate

Filled = Mapping[str, Mapping[str, str]]  # evaluator -> criterion -> answer, of one contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What a session tells. `differ` are (contact, share of pairs of answers that differ)."""

    by_criterion: tuple[tuple[str, Estimate], ...]
    pairs: tuple[tuple[str, str, Estimate], ...]
    differ: tuple[tuple[int, float], ...]


def calibrated(every: Mapping[int, Filled], criteria: Sequence[str]) -> Calibrated:
    """Return how far evaluators agree, over contacts by number."""
    by_criterion = tuple((name, agreement(_answers(every, name))) for name in criteria)
    people = sorted({who for filled in every.values() for who in filled})
    pairs = tuple(
        (one, other, kappa(_both(every, criteria, one, other)))
        for one, other in combinations(people, 2)
    )
    differ = sorted(
        ((number, _differing(filled)) for number, filled in every.items() if len(filled) > 1),
        key=lambda one: (-one[1], one[0]),
    )
    return Calibrated(by_criterion=by_criterion, pairs=pairs, differ=tuple(differ))


def _answers(every: Mapping[int, Filled], name: str) -> list[list[str]]:
    found = [[told[name] for told in filled.values() if name in told] for filled in every.values()]
    return [answers for answers in found if answers]


def _both(
    every: Mapping[int, Filled], criteria: Sequence[str], one: str, other: str
) -> list[tuple[str, str]]:
    return [
        (filled[one][name], filled[other][name])
        for filled in every.values()
        if one in filled and other in filled
        for name in criteria
        if name in filled[one] and name in filled[other]
    ]


def _differing(filled: Filled) -> float:
    n_same = n_pairs = 0
    for name in {name for told in filled.values() for name in told}:
        counts = Counter(told[name] for told in filled.values() if name in told)
        n = counts.total()
        n_pairs += n * (n - 1)
        n_same += sum(count * (count - 1) for count in counts.values())
    return 1 - n_same / n_pairs if n_pairs else 0.0
