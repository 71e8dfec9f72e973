"""Association: how probably each plot of a batch is of each track, by one of several methods.

The tracker calls the kernels directly; ``associate`` is the same for people who compare methods.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky._jit import kernel
from jointsky.tracking import association_kernels as kernels

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Association(enum.IntEnum):
    """How plots are shared among tracks where several may be of one another."""

    ASSIGNMENT = kernels.ASSIGNMENT
    """Global nearest neighbour: the one joint event of highest weight, as if it were certain."""

    JPDA = kernels.JPDA
    """Exact marginals over all joint events of a cluster (Fortmann, Bar-Shalom & Scheffe 1983).

    By messages on clusters without loops, by sums over subsets of the fewer of tracks and plots
    where such a table has at most 32,768 places ((more + 2) * 2**fewer), else as BELIEF.
    """

    BELIEF = kernels.BELIEF
    """Marginals by loopy belief propagation (Williams & Lau 2014): exact without loops."""

    SHARP = kernels.SHARP
    """JPDA* (Blom & Bloem 2000): of events with the same tracks and plots only the best counts.

    So that close tracks do not coalesce.  Clusters of over 14 tracks and plots: as BELIEF.
    """


class Associated(NamedTuple):
    """What ``associate`` found; each track's and each plot's probabilities sum to one."""

    beta: Floats
    """Probability that the plot of a pair is of its track, shape (pairs,) or (plots, tracks)."""

    alone: Floats
    """Probability that a track has none of the plots, shape (tracks,)."""

    unexplained: Floats
    """Probability that no track made a plot, shape (plots,)."""


def work_sizes(n_plots: int, n_slots: int, pairs: int) -> tuple[int, int]:
    """Return how many int64 and float64 the kernels need to work in, for at most so many."""
    nodes = n_plots + n_slots
    return (
        9 * nodes + 5 * pairs + 2 + kernels.STATES // 2,
        2 * nodes + 4 * pairs + kernels.STATES,
    )


@kernel
def _associate(  # type: ignore[no-untyped-def]
    method, n_plots, n_slots, plot_of, slot_of, gain, work_int, work_float, beta, alone, unexplained
):
    kernels.associate(
        method,
        n_plots,
        n_slots,
        len(gain),
        plot_of,
        slot_of,
        gain,
        work_int,
        work_float,
        beta,
        alone,
        unexplained,
    )


def associate_pairs(
    n_plots: int,
    n_tracks: int,
    plot: npt.ArrayLike,
    track: npt.ArrayLike,
    gain: npt.ArrayLike,
    method: Association = Association.JPDA,
) -> Associated:
    """Return the probabilities of the pairs that may be, given what each pair is worth.

    ``plot``, ``track`` and ``gain``, shape (pairs,), list each pair once; ``gain`` is the log of
    its odds against leaving both alone, r Pd L / ((1 - r + r (1 - Pd)) density), where r is the
    track's probability of existence, Pd that of detection, L the plot's likelihood given the
    track, and density that of false plots and new targets there (Williams 2015).
    """
    plots = np.ascontiguousarray(np.asarray(plot, np.int64))
    tracks = np.ascontiguousarray(np.asarray(track, np.int64))
    gains = np.ascontiguousarray(np.asarray(gain, np.float64))
    if plots.ndim != 1 or not plots.shape == tracks.shape == gains.shape:
        shapes = f"{plots.shape}, {tracks.shape}, {gains.shape}"
        raise ValueError(f"plot, track and gain have shapes {shapes}; they must all be (pairs,)")
    for name, numbers, count in (("plot", plots, n_plots), ("track", tracks, n_tracks)):
        if len(numbers) and not (numbers.min() >= 0 and numbers.max() < count):
            raise ValueError(f"{name} holds numbers outside 0 to {count - 1}")
    if len(np.unique(plots * n_tracks + tracks)) < len(plots):
        raise ValueError("plot and track name a pair twice; each pair must be listed once")
    if not np.isfinite(gains).all():
        raise ValueError("gain holds NaN or infinity; leave pairs out that may not be")
    n_int, n_float = work_sizes(n_plots, n_tracks, len(gains))
    beta, alone, unexplained = np.empty(len(gains)), np.empty(n_tracks), np.empty(n_plots)
    _associate(
        int(Association(method)),
        n_plots,
        n_tracks,
        plots,
        tracks,
        gains,
        np.empty(n_int, np.int64),
        np.empty(n_float),
        beta,
        alone,
        unexplained,
    )
    return Associated(beta, alone, unexplained)


def associate(gain: npt.ArrayLike, method: Association = Association.JPDA) -> Associated:
    """Return the probabilities of all pairs of a full matrix of gains, shape (plots, tracks).

    ``gain`` is as in ``associate_pairs``; -inf stands where a pair may not be.
    """
    matrix = np.asarray(gain, np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"gain has shape {matrix.shape}; it must be (plots, tracks)")
    n_plots, n_tracks = matrix.shape
    plot, track = np.nonzero(~np.isneginf(matrix))
    found = associate_pairs(n_plots, n_tracks, plot, track, matrix[plot, track], method)
    beta = np.zeros(matrix.shape)
    beta[plot, track] = found.beta
    return found._replace(beta=beta)
