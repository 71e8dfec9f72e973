"""Where vehicles are at given times: states from exact pieces, no stepping."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from jointsky.earth import motion_grid_kernels
from jointsky.earth import motion_kernels as kernels

Floats = npt.NDArray[np.float64]


class Pieces(NamedTuple):
    """Columns of motion as kernels take them: R pieces of V vehicles."""

    first: npt.NDArray[Any]  # (V + 1,)
    piece: npt.NDArray[Any]  # (R,), 0 arc, 1 cubic
    begin_s: npt.NDArray[Any]
    end_s: npt.NDArray[Any]
    terms: npt.NDArray[Any]  # (R, 4, 3)
    rate_radps: npt.NDArray[Any]
    acceleration_radps2: npt.NDArray[Any]
    height_m: npt.NDArray[Any]
    climb_mps: npt.NDArray[Any]
    climb_acceleration_mps2: npt.NDArray[Any]


class Moving(Protocol):
    """Columns of motion, sorted by vehicle and time: records.Motion has them."""

    vehicle: npt.NDArray[Any]
    piece: npt.NDArray[Any]
    begin_s: npt.NDArray[Any]
    end_s: npt.NDArray[Any]
    terms: npt.NDArray[Any]
    rate_radps: npt.NDArray[Any]
    acceleration_radps2: npt.NDArray[Any]
    height_m: npt.NDArray[Any]
    climb_mps: npt.NDArray[Any]
    climb_acceleration_mps2: npt.NDArray[Any]


def pieces_of(motion: Moving, vehicles: int) -> Pieces:
    """Return the motion of so many vehicles as kernels take it; rows must be sorted by vehicle."""
    owners = motion.vehicle
    if len(owners) and (owners[0] < 0 or owners[-1] >= vehicles or np.any(np.diff(owners) < 0)):
        raise ValueError(f"motion must be sorted by vehicle, rows 0 to {vehicles - 1}")
    return Pieces(
        np.searchsorted(owners, np.arange(vehicles + 1)),
        motion.piece,
        motion.begin_s,
        motion.end_s,
        motion.terms,
        motion.rate_radps,
        motion.acceleration_radps2,
        motion.height_m,
        motion.climb_mps,
        motion.climb_acceleration_mps2,
    )


def states(pieces: Pieces, vehicle: npt.ArrayLike, time_s: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return positions and velocities, (n, 3) each, earth-centred, metres and metres a second.

    ``vehicle`` (n,) are rows of the vehicles, ``time_s`` (n,) POSIX seconds; one of both may be a
    scalar.  NaN where a vehicle is nowhere: before its first piece, after its last, between two.
    """
    given: list[npt.NDArray[Any]] = [
        np.atleast_1d(np.asarray(vehicle, np.int64)),
        np.atleast_1d(np.asarray(time_s, np.float64)),
    ]
    rows, times = (np.ascontiguousarray(a) for a in np.broadcast_arrays(*given))
    if rows.ndim != 1:
        raise ValueError(f"vehicle and time_s have shape {rows.shape}; they must be (n,)")
    known = len(pieces.first) - 1
    if len(rows) and (rows.min() < 0 or rows.max() >= known):
        raise ValueError(f"vehicle has rows {rows.min()} to {rows.max()}; there are {known}")
    out = np.empty((len(rows), 6))
    kernels.each_state(pieces, rows, times, out)
    return out[:, :3].copy(), out[:, 3:].copy()


def states_on_grid(
    pieces: Pieces, time_s: npt.ArrayLike, vehicles: npt.ArrayLike | None = None
) -> Floats:
    """Return the states of vehicles (all, or rows (n,)) at increasing times (T,): (6, n, T).

    x, y, z, vx, vy, vz, earth-centred; NaN where one is nowhere.  Several times as fast as
    ``states`` where there are many times; the two agree to a micrometre.
    """
    known = len(pieces.first) - 1
    rows = np.arange(known) if vehicles is None else np.asarray(vehicles, np.int64)
    times = np.ascontiguousarray(np.asarray(time_s, np.float64))
    if times.ndim != 1 or np.any(np.diff(times) < 0.0):
        raise ValueError(f"time_s has shape {times.shape}; it must be (T,) and increase")
    if len(rows) and (rows.min() < 0 or rows.max() >= known):
        raise ValueError(f"vehicles has rows {rows.min()} to {rows.max()}; there are {known}")
    lasts = pieces.end_s - pieces.begin_s
    turned = np.abs(lasts * (pieces.rate_radps + 0.5 * lasts * pieces.acceleration_radps2))
    if len(turned) and turned.max() > motion_grid_kernels.LARGEST_RAD:
        raise ValueError(f"a piece turns by {turned.max():.0f} rad: more than the grid can count")
    out = np.empty((6, len(rows), len(times)))
    motion_grid_kernels.on_grid(pieces, rows, times, out)
    return out
