"""
The deflection ceiling: the largest share of contacts that self-service could ever take.

Contacts after a design failure (FACTS 5.3: 1 to 3) could be taken by what exists, once it is
mended; those for which nothing exists (0) by something new. An access barrier (4), a wish for a
person (5) and company (6) never can. What is not known (7) is not counted as either: it makes the
bounds, which are no interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kindline.metrics.combined import complement, product
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

MENDED, BUILT, NEVER = (1, 2, 3), (0,), (4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """
    Of contacts whose cause is known, the share that could be taken: by what is mended, or built.

    `corrected` is `mended` less contacts for company, None where no sample corrects it. `at_least`
    and `at_most` are the share of all contacts if no unknown one could be taken, and if each could.
    """

    mended: Estimate
    built: Estimate
    corrected: Estimate | None
    at_least: float
    at_most: float


def ceiling(by_cause: Mapping[int, int], company: Estimate | None) -> Ceiling | None:
    """Return the ceiling from contacts by cause (0 to 7); None where there are no contacts."""
    n = sum(by_cause.values())
    if not n:
        return None
    counts = [sum(by_cause.get(cause, 0) for cause in some) for some in (MENDED, BUILT)]
    n_mended, n_built = counts
    n_unknown = by_cause.get(7, 0)
    known = n - n_unknown
    mended = share_of(n_mended, known - n_mended, n_unjudged=n_unknown)
    return Ceiling(
        mended=mended,
        built=share_of(n_built, known - n_built, n_unjudged=n_unknown),
        corrected=None if company is None else product(mended, complement(company)),
        at_least=n_mended / n,
        at_most=(n_mended + n_unknown) / n,
    )
