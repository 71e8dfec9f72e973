"""Assignment: each row gets at most one column so that the total cost is lowest.

``assign`` takes a full cost matrix; ``assign_pairs`` takes only the pairs that may be (what a
gate has left), splits them into clusters that do not touch and solves each alone, so that
thousands of targets cost little more than the sum of their neighbourhoods.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.numeric import assignment_kernels as kernels

Integers = npt.NDArray[np.int64]


def assign(cost: npt.ArrayLike) -> tuple[Integers, Integers]:
    """Return rows and columns of the cheapest assignment of as many pairs as the shorter side has.

    ``cost`` has shape (R, C); inf forbids a pair.  Rows come back in rising order, as from
    ``scipy.optimize.linear_sum_assignment``.  Algorithm: Crouse (2016).
    """
    matrix = np.asarray(cost, np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"cost has shape {matrix.shape}; it must be (rows, columns)")
    if np.isnan(matrix).any() or np.isneginf(matrix).any():
        raise ValueError("cost holds NaN or -inf; it must be finite, or inf where forbidden")
    tall = matrix.shape[0] > matrix.shape[1]
    wide = np.ascontiguousarray(matrix.T if tall else matrix)
    column_of = np.empty(wide.shape[0], np.int64)
    if not kernels.assign(wide, column_of):
        raise ValueError("cost forbids so many pairs that no full assignment is left")
    if not tall:
        return np.arange(len(column_of)), column_of
    order = np.argsort(column_of)
    return column_of[order], order


def assign_pairs(
    n_rows: int,
    n_columns: int,
    row: npt.ArrayLike,
    column: npt.ArrayLike,
    gain: npt.ArrayLike,
) -> Integers:
    """Return the column of each row (n_rows,), -1 for alone, with the highest total gain.

    ``row``, ``column`` and ``gain``, shape (P,), list the pairs that may be and what each is
    worth against leaving both alone; a pair without positive gain is never taken.
    """
    rows = np.ascontiguousarray(np.asarray(row, np.int64))
    columns = np.ascontiguousarray(np.asarray(column, np.int64))
    gains = np.ascontiguousarray(np.asarray(gain, np.float64))
    if rows.ndim != 1 or not rows.shape == columns.shape == gains.shape:
        shapes = f"{rows.shape}, {columns.shape}, {gains.shape}"
        raise ValueError(f"row, column and gain have shapes {shapes}; they must all be (pairs,)")
    if len(rows) and not (rows.min() >= 0 and rows.max() < n_rows):
        raise ValueError(f"row holds numbers outside 0 to {n_rows - 1}")
    if len(columns) and not (columns.min() >= 0 and columns.max() < n_columns):
        raise ValueError(f"column holds numbers outside 0 to {n_columns - 1}")
    if not np.isfinite(gains).all():
        raise ValueError("gain holds NaN or infinity; leave pairs out that may not be")
    column_of = np.empty(n_rows, np.int64)
    kernels.assign_pairs(n_rows, n_columns, rows, columns, gains, len(rows), column_of)
    return column_of
