"""Labels that never overlap: each takes the emptiest free place about its point, or is dropped.

Greedy in the order given, so the important come first.  Everything is in pixels, y upwards.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CELL_PX = 4
DIRECTIONS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))


@dataclasses.dataclass
class Page:
    """The area to write on: what is taken by text, and where lines run that text would hide."""

    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        shape = (self.height_px // CELL_PX + 1, self.width_px // CELL_PX + 1)
        self._taken = np.zeros(shape, bool)
        self._ink_sum = np.zeros((shape[0] + 1, shape[1] + 1))

    def set_ink(self, points_px: Floats) -> None:
        """Say where lines and symbols are: labels prefer places without them."""
        ink = np.zeros(self._taken.shape)
        cells = np.floor(points_px / CELL_PX).astype(np.int64)
        inside = np.all((cells >= 0) & (cells < ink.shape[::-1]), axis=1)
        ink[cells[inside, 1], cells[inside, 0]] = 1.0
        self._ink_sum[1:, 1:] = ink.cumsum(axis=0).cumsum(axis=1)

    def _cells(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        west, south, east, north = (v / CELL_PX for v in box)
        rows = slice(max(int(np.floor(south)), 0), int(np.ceil(north)))
        return rows, slice(max(int(np.floor(west)), 0), int(np.ceil(east)))

    def is_free(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether a box (west, south, east, north) is inside and nothing stands there."""
        west, south, east, north = box
        if west < 2 or south < 2 or east > self.width_px - 2 or north > self.height_px - 2:
            return False
        return not self._taken[self._cells(box)].any()

    def take(self, box: tuple[float, float, float, float]) -> None:
        """Keep a box free of later labels."""
        self._taken[self._cells(box)] = True

    def ink_in(self, box: tuple[float, float, float, float]) -> float:
        """Return how many cells of a box are crossed by lines."""
        rows, columns = self._cells(box)
        s = self._ink_sum
        top, right = min(rows.stop, s.shape[0] - 1), min(columns.stop, s.shape[1] - 1)
        a, b = rows.start, columns.start
        return float(s[top, right] - s[a, right] - s[top, b] + s[a, b])

    def place(
        self,
        point_px: tuple[float, float],
        size_px: tuple[float, float],
        gaps_px: tuple[float, ...],
    ) -> tuple[float, float] | None:
        """Return the south-west corner of a free box of ``size_px`` near a point, and take it.

        Tries eight directions at each distance of ``gaps_px``; less ink and less distance win.
        None: no room.
        """
        best, best_cost = None, np.inf
        w, h = size_px
        for rank, gap in enumerate(gaps_px):
            for turn, (dx, dy) in enumerate(DIRECTIONS):
                reach = gap if dx == 0 or dy == 0 else 0.75 * gap
                west = point_px[0] + dx * (reach + w / 2) - w / 2
                south = point_px[1] + dy * (reach + (h / 2 if dy else 0.0)) - h / 2
                box = (west, south, west + w, south + h)
                if not self.is_free(box):
                    continue
                cost = self.ink_in(box) + 3.0 * rank + 0.1 * turn
                if cost < best_cost:
                    best, best_cost = box, cost
        if best is None:
            return None
        self.take(best)
        return best[0], best[1]
