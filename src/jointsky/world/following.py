"""Heights above the ground become heights above the ellipsoid: the terrain is followed."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.earth.terrain import HeightGrid, height_at
from jointsky.world import following_kernels as kernels
from jointsky.world import pieces_kernels
from jointsky.world.climb_kernels import CLIMB_COLUMNS
from jointsky.world.track import Path
from jointsky.world.types import VehicleType

Floats = npt.NDArray[np.float64]
LOOKS = 4  # at the ground between two controls of the height


def ground_below_m(arcs: Floats, times_s: Floats, terrain: HeightGrid) -> Floats:
    """Return the height of the ground under arcs at increasing times (n,)."""
    verticals = np.empty((len(times_s), 3))
    pieces_kernels.verticals(arcs, times_s, verticals)
    latitude = np.arctan2(verticals[:, 2], np.hypot(verticals[:, 0], verticals[:, 1]))
    return height_at(terrain, latitude, np.arctan2(verticals[:, 1], verticals[:, 0]))


def followed(
    path: Path, kind: VehicleType, terrain: HeightGrid, spacing_m: float, up_m: float = 0.0
) -> Path:
    """Return a path whose heights, given above the ground, are above the ellipsoid.

    Every ``spacing_m`` at cruising speed the ground is looked at four times.  The height is never
    below the declared one at a look; rate of climb and vertical acceleration stay within the
    type's, so that a hill is climbed before it is reached.
    """
    end_s = float(path.arcs[-1, 0] + path.arcs[-1, 1])
    step_s = spacing_m / kind.speed_cruise_mps
    count = max(math.ceil(end_s / step_s) + 1, 2)
    looks = np.arange(count * LOOKS) * (step_s / LOOKS) - 0.5 * step_s
    inside = np.clip(looks, 0.0, end_s)
    above = np.empty(len(inside))
    pieces_kernels.heights(path.climbs, inside, above)
    needed = ground_below_m(path.arcs, inside, terrain) + above + up_m
    # the last look of a cell is the first of the next, so that nothing is between them
    shifted = np.append(needed[LOOKS::LOOKS], needed[-1])
    wanted = np.maximum(needed.reshape(count, LOOKS).max(axis=1), shifted)
    around = np.maximum(wanted, np.maximum(np.append(wanted[1:], 0.0), np.append(0.0, wanted[:-1])))
    around[0], around[-1] = wanted[:2].max(), wanted[-2:].max()
    return Path(path.arcs, _smooth(around, step_s, kind))


def _smooth(wanted_m: Floats, step_s: float, kind: VehicleType) -> Floats:
    """Return pieces of height, never below wanted, within the limits of the type."""
    heights, work, out = (np.empty(len(wanted_m)) for _ in range(3))
    kernels.reachable(wanted_m, step_s, kind.climb_mps, kind.descent_mps, heights)
    change_s = (kind.climb_mps + kind.descent_mps) / kind.climb_onset_mps2
    reach = max(math.ceil(change_s / step_s), 1)
    kernels.rounded(heights, step_s, kind.climb_onset_mps2, reach, work, out)
    pieces = np.empty((len(out), CLIMB_COLUMNS))
    kernels.parabolas(out, step_s, pieces)
    return pieces
