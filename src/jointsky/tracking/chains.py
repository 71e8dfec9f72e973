"""Which plots each track took: a chain through the plots that a tracker was given."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import numpy.typing as npt

from jointsky.tracking import layout_kernels as layout

Integers = npt.NDArray[np.int64]


class Chains:
    """For each plot, by its number, the one that its track took before it.

    A tracker numbers plots from 0 in the order in which they are given to it.  ``told`` holds for
    each row of the tracker's newest answer the number of the plot behind it, -1: none.
    """

    def __init__(self) -> None:
        self.told: Integers = np.empty(0, np.int64)
        self._before: Integers = np.full(1024, layout.NOBODYS, np.int64)
        self._first = 0  # number of the first plot that is not forgotten

    def link(self, plots: Integers) -> None:
        """Take over the chains of plots (P, PLOT_INTS) that have been worked off."""
        plots = plots[plots[:, layout.P_NUMBER] >= self._first]
        if len(plots) == 0:
            return
        places = plots[:, layout.P_NUMBER] - self._first
        needed = int(places.max()) + 1
        if needed > len(self._before):
            bigger = np.full(max(needed, 2 * len(self._before)), layout.NOBODYS, np.int64)
            bigger[: len(self._before)] = self._before
            self._before = bigger
        self._before[places] = plots[:, layout.P_BEFORE]

    def up_to(self, plot: int, since: Container[int] = ()) -> list[int]:
        """Return the numbers of a track's plots up to ``plot``, in the order it took them.

        The first is the track's first plot, the first not forgotten, or one of ``since``.
        """
        chain = []
        while plot >= self._first:
            chain.append(plot)
            if plot in since:
                break
            plot = int(self._before[plot - self._first])
        return chain[::-1]

    def forget(self, before: int) -> None:
        """Forget plots of numbers below ``before``."""
        self._before = self._before[max(before - self._first, 0) :].copy()
        self._first = max(before, self._first)
