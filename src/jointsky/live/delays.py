"""Delays in a histogram: from a plot's time to the updated track, without keeping each of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FIRST_S, LAST_S, BINS = 1e-3, 1e3, 600  # 2.3 % from one edge to the next


class Delays:
    """Counts delays in bins of equal ratio; what is shorter or longer is in the outermost."""

    def __init__(self) -> None:
        self.counts = np.zeros(BINS, np.int64)

    def add(self, delay_s: npt.NDArray[np.float64]) -> None:
        """Count delays (n,) in seconds."""
        ratio = np.log(np.maximum(delay_s, FIRST_S) / FIRST_S) / np.log(LAST_S / FIRST_S)
        rows = np.clip((ratio * BINS).astype(np.int64), 0, BINS - 1)
        self.counts += np.bincount(rows, minlength=BINS)

    def since(self, counts: npt.NDArray[np.int64]) -> Delays:
        """Return what was added since the counts were ``counts``."""
        made = Delays()
        made.counts = self.counts - counts
        return made

    def quantile_s(self, share: float) -> float | None:
        """Return the delay that a share of them does not pass; None of none."""
        total = int(self.counts.sum())
        if total == 0:
            return None
        row = int(np.searchsorted(np.cumsum(self.counts), share * total))
        return float(FIRST_S * (LAST_S / FIRST_S) ** ((row + 1) / BINS))
