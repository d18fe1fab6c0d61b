"""
Rows of a table added up by text: where the time of reading goes.

Compiled where SciPy is installed (`kindline[batch]`, `[train]`), which takes a quarter of the
time; in NumPy else. Both come to the same but for the last bits of a float.
"""

from collections.abc import Callable
from functools import cache
import importlib
from typing import Any

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Adder = Callable[[Table, Rows, Numbers, Table], None]


def adder() -> Adder:
    """Return what adds `table[numbers[i]]` to `total[rows[i]]` for every i, rows ascending."""
    return in_numpy if _sparse() is None else compiled


def in_numpy(total: Table, rows: Rows, numbers: Numbers, table: Table) -> None:
    """Add in NumPy alone."""
    if len(rows):
        firsts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        total[rows[firsts]] += np.add.reduceat(table[numbers], firsts, axis=0)


def compiled(total: Table, rows: Rows, numbers: Numbers, table: Table) -> None:
    """Add by SciPy, which copies no row: a matrix of ones, sparse, times the table."""
    ends = np.cumsum(np.bincount(rows, minlength=len(total)))
    begins = np.concatenate(([0], ends)).astype(np.int32)
    ones = np.ones(len(rows), dtype=np.float32)
    total += _sparse().csr_array((ones, numbers, begins), shape=(len(total), len(table))) @ table


@cache
def _sparse() -> Any:
    """Return SciPy's sparse matrices, None where SciPy is not installed."""
    try:
        return importlib.import_module("scipy.sparse")
    except ImportError:
        return None
