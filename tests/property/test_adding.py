"""Rows add up the same, compiled or in NumPy."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from kindline.text.adding import compiled, in_numpy

N_ROWS, N_COLUMNS, N_TEXTS = 40, 5, 6


@given(st.lists(st.tuples(st.integers(0, N_TEXTS - 1), st.integers(0, N_ROWS - 1)), max_size=60))
def test_both_ways_come_to_the_same(drawn: list[tuple[int, int]]) -> None:
    """Texts without a row keep what they had; a row that comes twice counts twice."""
    pytest.importorskip("scipy")
    drawn.sort(key=lambda pair: pair[0])
    rows = np.array([row for row, _ in drawn], dtype=np.int64)
    numbers = np.array([number for _, number in drawn], dtype=np.int32)
    table = np.arange(N_ROWS * N_COLUMNS, dtype=np.float32).reshape(N_ROWS, N_COLUMNS) / 7
    before = np.arange(N_TEXTS, dtype=np.float32)[:, None] * np.ones(N_COLUMNS, np.float32)
    one, other, said = before.copy(), before.copy(), before.astype(np.float64)
    compiled(one, rows, numbers, table)
    in_numpy(other, rows, numbers, table)
    for row, number in drawn:
        said[row] += table[number]
    np.testing.assert_allclose(one, said, rtol=1e-5)
    np.testing.assert_allclose(other, said, rtol=1e-5)
