"""Small pictures made of letters: a map of dots (braille) and a strip of bars over time.

A braille letter (Unicode 2800 to 28FF) is 2 dots wide and 4 high, and a letter of a terminal
about twice as high as wide, so the dots lie on a square grid and a map keeps its angles.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt

_DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BARS = " ▁▂▃▄▅▆▇█"
_EDGE_SHARE = 0.005  # of the points, at each edge, may lie outside
_MARGIN_SHARE = 0.03
_SMALLEST_M = 200.0
LEVELS = 4

_Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Picture:
    """Lines of letters, each with a level of 0 (empty) to ``LEVELS`` (where most points lie)."""

    lines: list[str]
    levels: list[list[int]]
    metres_per_column: float
    centre_m: tuple[float, float]
    outside: int  # points that lie beyond the edge


def dot_map(
    east_m: _Floats,
    north_m: _Floats,
    columns: int,
    rows: int,
    marks_m: _Floats | None = None,
    is_filled: bool = False,
) -> Picture:
    """Return a map of points (n,), north up, at most ``columns`` by ``rows`` letters.

    ``marks_m`` (k, 2) are places drawn as ``+`` over the dots.  The map is cut where the last
    half percent of the points begins; unless ``is_filled`` it is only as high as it needs to be.
    """
    marks = np.zeros((0, 2)) if marks_m is None else np.asarray(marks_m, np.float64)
    known = np.isfinite(east_m) & np.isfinite(north_m)
    points = np.column_stack([east_m[known], north_m[known]])
    low, high = _bounds(points, marks)
    wide_m, high_m = (high - low).tolist()
    dot_m = max(wide_m / (2 * columns - 1), high_m / (4 * rows - 1))
    rows = rows if is_filled else min(max(math.ceil((high_m / dot_m + 1) / 4), 3), rows)
    centre = (low + high) / 2.0
    corner = centre + np.array([-(2 * columns - 1), 4 * rows - 1]) / 2.0 * dot_m
    x = np.rint((points[:, 0] - corner[0]) / dot_m).astype(np.int64)
    y = np.rint((corner[1] - points[:, 1]) / dot_m).astype(np.int64)
    inside = (x >= 0) & (x < 2 * columns) & (y >= 0) & (y < 4 * rows)
    letters, counts = _dotted(x[inside], y[inside], columns, rows)
    for east, north in marks.tolist():
        if not (math.isfinite(east) and math.isfinite(north)):
            continue
        column = round((east - corner[0]) / dot_m) // 2
        row = round((corner[1] - north) / dot_m) // 4
        if 0 <= column < columns and 0 <= row < rows:
            letters[row][column] = "+"
    return Picture(
        lines=["".join(row) for row in letters],
        levels=_levels(counts),
        metres_per_column=2.0 * dot_m,
        centre_m=(float(centre[0]), float(centre[1])),
        outside=int((~inside).sum()),
    )


def dot_graph(x: _Floats, y: _Floats, columns: int, rows: int) -> Picture:
    """Return points (n,) as dots, x to the right and y upwards, each filling its direction."""
    known = np.isfinite(x) & np.isfinite(y)
    points = np.column_stack([x[known], y[known]])
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.where(high > low, high - low, 1.0)
    share = (points - low) / size
    column = np.rint(share[:, 0] * (2 * columns - 1)).astype(np.int64)
    row = np.rint((1.0 - share[:, 1]) * (4 * rows - 1)).astype(np.int64)
    letters, counts = _dotted(column, row, columns, rows)
    middle = (low + high) / 2.0
    return Picture(
        lines=["".join(line) for line in letters],
        levels=_levels(counts),
        metres_per_column=math.nan,
        centre_m=(float(middle[0]), float(middle[1])),
        outside=0,
    )


def bars(times_s: _Floats, columns: int) -> tuple[str, float]:
    """Return a strip of bars of how many times fall into each column, and the highest rate (/s)."""
    times_s = times_s[np.isfinite(times_s)]
    if not len(times_s):
        return "", 0.0
    first_s, last_s = float(times_s.min()), float(times_s.max())
    if last_s <= first_s:
        return _BARS[-1], 0.0
    counts, _ = np.histogram(times_s, bins=columns, range=(first_s, last_s))
    steps = np.ceil(counts / counts.max() * (len(_BARS) - 1)).astype(int)
    return "".join(_BARS[step] for step in steps), float(
        counts.max() * columns / (last_s - first_s)
    )


def scale(metres_per_column: float, columns: int) -> str:
    """Return a scale of 1, 2 or 5 times a power of ten, at most ``columns`` letters long."""
    room_m = metres_per_column * columns
    power = 10.0 ** math.floor(math.log10(room_m))
    length_m = max(step * power for step in (1, 2, 5) if step * power <= room_m)
    letters = max(round(length_m / metres_per_column), 2)
    said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    return "├" + "─" * (letters - 2) + "┤ " + said


def _bounds(points: _Floats, marks: _Floats) -> tuple[_Floats, _Floats]:
    """Return the lower and upper corner of what the map shows."""
    if len(points):
        low, high = np.quantile(points, [_EDGE_SHARE, 1.0 - _EDGE_SHARE], axis=0)
    elif len(marks):
        low, high = np.nanmin(marks, axis=0), np.nanmax(marks, axis=0)
    else:
        low, high = np.zeros(2), np.zeros(2)
    size = np.maximum(high - low, _SMALLEST_M)
    middle = (low + high) / 2.0
    half = size * (0.5 + _MARGIN_SHARE)
    return middle - half, middle + half


def _dotted(
    x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], columns: int, rows: int
) -> tuple[list[list[str]], npt.NDArray[np.int64]]:
    """Return the letters of dots at ``x`` from the left and ``y`` from above, and their counts."""
    bits = np.zeros((rows, columns), np.int64)
    np.bitwise_or.at(bits, (y // 4, x // 2), _DOT_BITS[y % 4, x % 2])
    counts = np.zeros((rows, columns), np.int64)
    np.add.at(counts, (y // 4, x // 2), 1)
    return [[chr(0x2800 + int(b)) if b else " " for b in row] for row in bits], counts


def _levels(counts: npt.NDArray[np.int64]) -> list[list[int]]:
    """Return 0 for empty letters, 1 to ``LEVELS`` by the logarithm of the count for others."""
    most = max(int(counts.max(initial=0)), 1)
    share = np.log1p(counts) / math.log1p(most)
    found: list[list[int]] = np.where(counts > 0, np.ceil(share * LEVELS), 0).astype(int).tolist()
    return found
