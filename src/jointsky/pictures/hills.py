"""Hills: how many values lie where, standing on a line, so that rows of them can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS, WHOLE_BINS = 40, 60


def draw_hill(axes: Any, edges: Floats, heights: Floats, base: float, tint: str) -> None:
    """Draw ``heights`` (bins,) between ``edges`` (bins + 1,), in data units above ``base``."""
    axes.stairs(base + heights, edges, baseline=base, fill=True, color=tint, alpha=0.4, zorder=2)
    axes.stairs(base + heights, edges, baseline=base, color=tint, linewidth=1.0, zorder=2.1)


def edges_of(values: Floats) -> Floats:
    """Return edges (bins + 1,) of equal bins over values; small counts get one for each number."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    if high - low < WHOLE_BINS and np.array_equal(values, np.round(values)):
        return np.asarray(np.arange(low - 0.5, high + 1.0))
    return np.linspace(low, high, BINS + 1)
