"""
What handle time to expect of a kind of contact, and a group's time with the centre's mix.

The documented simpler model: the mean of contacts of one reason, channel and need for company,
drawn towards the mean of the wider kind (reason and channel, then channel, then all) as if that
came with `WEIGHT` contacts more; few contacts say little, and say it less. An AHT beside another is
fair once both are of the same mix: the group's time over the time expected of its own contacts,
times the centre's AHT (indirect standardisation). A long contact for company is expected to be
long, so it makes nobody slow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kindline.metrics.combined import scaled
from kindline.metrics.ratio import Sums, ratio
from kindline.model.estimate import Estimate

WEIGHT = 20  # contacts that the wider kind counts for; ours, without evidence
METHOD = "observed over expected (Fieller 95 %), times the centre's mean"
Kind = tuple[str | None, ...]  # from the widest to the narrowest: channel, reason, company


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Contacts of one kind: how many, the sum of their handle times in seconds, of the squares."""

    kind: Kind
    n: int
    total_s: float
    squares_s: float


def expected_s(cells: Iterable[Cell]) -> dict[Kind, float]:
    """Return the seconds to expect of each kind and each wider kind; the widest is `()`."""
    sums: dict[Kind, tuple[int, float]] = {}
    for cell in cells:
        for depth in range(len(cell.kind) + 1):
            n, total = sums.get(cell.kind[:depth], (0, 0.0))
            sums[cell.kind[:depth]] = (n + cell.n, total + cell.total_s)
    found: dict[Kind, float] = {}
    for kind in sorted(sums, key=len):
        n, total = sums[kind]
        if not kind:
            found[kind] = total / n if n else 0.0
        else:
            found[kind] = (total + WEIGHT * found[kind[:-1]]) / (n + WEIGHT)
    return found


def expected_of(kind: Kind, expected: Mapping[Kind, float]) -> float:
    """Return what is expected of a kind; of one never seen, what is of the wider one."""
    for depth in range(len(kind), 0, -1):
        if kind[:depth] in expected:
            return expected[kind[:depth]]
    return expected[()]


def fair_aht_s(
    cells: Iterable[Cell], expected: Mapping[Kind, float], *, centre_s: float
) -> Estimate:
    """Return a group's AHT in seconds as it would be with the centre's mix of contacts."""
    sums = Sums()
    for cell in cells:
        each = expected_of(cell.kind, expected)
        sums += Sums(
            cell.n,
            cell.total_s,
            each * cell.n,
            cell.squares_s,
            each**2 * cell.n,
            each * cell.total_s,
        )
    return scaled(ratio(sums), centre_s, METHOD)
