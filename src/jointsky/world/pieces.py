"""Paths become pieces of motion: arcs beside each other, cut where height or course changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.motion import Motion, Piece
from jointsky.world import pieces_kernels as kernels
from jointsky.world.track import Path
from jointsky.world.track_kernels import ARC_COLUMNS

Floats = npt.NDArray[np.float64]


def beside(path: Path, right_rad: float, blends_radps2: float) -> Path | None:
    """Return the path to the right by an angle on the sphere; None where a turn is too tight.

    ``blends_radps2`` bounds the change of speed at the ends of a turn, where that leaves time;
    0: speed stays, and who flies outside falls behind.
    """
    arcs = np.empty((3 * len(path.arcs), ARC_COLUMNS))
    used = kernels.abreast(path.arcs, right_rad, blends_radps2, arcs)
    return None if used < 0 else Path(arcs[:used].copy(), path.climbs)


def cut(path: Path, up_m: float) -> Floats:
    """Return the pieces (n, 16) of a path, raised by a height."""
    out = np.empty((len(path.arcs) + len(path.climbs) + 2, kernels.PIECE_COLUMNS))
    used = kernels.merged(path.arcs, path.climbs, up_m, out)
    return out[:used].copy()


def motion_of(pieces: list[Floats], vehicles: list[int], begins_s: list[float]) -> Motion:
    """Return the pieces of paths, each of a vehicle and begun at a time, as a record.

    Ends are the very numbers at which the next pieces begin: nowhere is a gap of rounding.
    """
    if not pieces:
        return Motion.make(0)
    counts = [len(part) for part in pieces]
    rows = np.concatenate(pieces)
    begin = rows[:, 0] + np.repeat(begins_s, counts)
    end = begin + rows[:, 1]
    vehicle = np.repeat(np.asarray(vehicles, np.int32), counts)
    joined = (vehicle[1:] == vehicle[:-1]) & (np.abs(begin[1:] - end[:-1]) < 1e-3)
    end[:-1][joined] = begin[1:][joined]
    terms = np.zeros((len(rows), 4, 3))
    terms[:, :3] = rows[:, 2:11].reshape(-1, 3, 3)
    return Motion.make(
        len(rows),
        vehicle=vehicle,
        piece=np.full(len(rows), Piece.ARC, np.int8),
        begin_s=begin,
        end_s=end,
        terms=terms,
        rate_radps=rows[:, 11].copy(),
        acceleration_radps2=rows[:, 12].copy(),
        height_m=rows[:, 13].copy(),
        climb_mps=rows[:, 14].copy(),
        climb_acceleration_mps2=rows[:, 15].copy(),
    )
