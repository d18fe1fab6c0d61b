"""
How many conversations really hold something: a flag share corrected for the flags' own errors.

Point: Rogan and Gladen 1978. Interval: Lang and Reiczigel 2014, which counts in that sensitivity
and specificity are estimates too; the interval that takes them as known covers the truth in little
more than half of all samples (FACTS 5.4; tests/property/test_prevalence.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
import math
from typing import Literal

from kindline.errors import InputError
from kindline.model.estimate import Estimate

METHOD = "Rogan-Gladen, Lang-Reiczigel 95 %"
_Z = 1.96

Origin = Literal["random", "stratified", "corpus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """
    A conversation that people judged: what is so, and whether it was flagged.

    `weight` is the number of contacts it stands for, 1 in a plain random sample.
    """

    is_so: bool
    is_flagged: bool
    weight: float = 1.0


def prevalence(
    n_flagged: int,
    n: int,
    sample: Sequence[Labelled],
    *,
    drawn: Origin,
    n_unjudged: int = 0,
) -> Estimate:
    """
    Return the corrected share of `n` conversations of which `n_flagged` were flagged.

    The sample must be this centre's own contacts, drawn at random, or by strata and then weighted,
    and labelled by people. `unsure` counts as not flagged, here and there.

    Raises:
        InputError: without such a sample, or where flags tell nothing (sensitivity plus
            specificity at most 1).
    """
    if drawn == "corpus":
        raise InputError(
            "a corpus is no sample of this centre's contacts: it cannot correct a share"
        )
    if not 0 <= n_flagged <= n or n == 0:
        raise InputError("as many flags as conversations at most, and at least one conversation")
    se, n_true = _agreement([one for one in sample if one.is_so], flagged=True)
    sp, n_false = _agreement([one for one in sample if not one.is_so], flagged=False)
    if not n_true or not n_false:
        raise InputError("the sample needs conversations of both kinds")
    if se + sp <= 1:
        raise InputError("in the sample flags do not go with the truth: nothing can be corrected")
    point = (n_flagged / n + sp - 1) / (se + sp - 1)
    low, high = _interval(n_flagged, n, (se, n_true), (sp, n_false))
    value = min(1.0, max(0.0, point))
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=n,
        n_unjudged=n_unjudged,
        method=f"{METHOD}, sample of {len(sample)}",
    )


def interval_with(
    n_flagged: int, n: int, sample: Sequence[Labelled], *, times: float
) -> tuple[float, float] | None:
    """Return the interval there would be with `times` as many labels like these; None without."""
    se, n_true = _agreement([one for one in sample if one.is_so], flagged=True)
    sp, n_false = _agreement([one for one in sample if not one.is_so], flagged=False)
    if not n or not n_true or not n_false or se + sp <= 1:
        return None
    return _interval(n_flagged, n, (se, n_true * times), (sp, n_false * times))


def _agreement(some: Sequence[Labelled], *, flagged: bool) -> tuple[float, float]:
    """Return the weighted share whose flag is as given, and the effective number (Kish 1965)."""
    total = sum(one.weight for one in some)
    if not total:
        return 0.0, 0.0
    agreeing = sum(one.weight for one in some if one.is_flagged == flagged)
    return agreeing / total, total**2 / sum(one.weight**2 for one in some)


def _interval(
    n_flagged: int, n: int, sensitivity: tuple[float, float], specificity: tuple[float, float]
) -> tuple[float, float]:
    (se, n_true), (sp, n_false) = sensitivity, specificity
    n_wide = n + _Z**2
    share = (n_flagged + _Z**2 / 2) / n_wide
    se = (se * n_true + 1) / (n_true + 2)
    sp = (sp * n_false + 1) / (n_false + 2)
    gain = se + sp - 1
    if gain <= 0:
        return 0.0, 1.0
    centre = (share + sp - 1) / gain
    of_se, of_sp = se * (1 - se) / (n_true + 2), sp * (1 - sp) / (n_false + 2)
    shift = 2 * _Z**2 * (centre * of_se - (1 - centre) * of_sp)
    spread = share * (1 - share) / n_wide + (1 - centre) ** 2 * of_sp + centre**2 * of_se
    half = _Z * math.sqrt(spread) / gain
    return max(0.0, centre + shift - half), min(1.0, centre + shift + half)
