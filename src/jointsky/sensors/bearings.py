"""Bearings: false ones, Poisson in number, and all of them as plots."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Geometry, Plots
from jointsky.sensors import bearings_kernels as kernels
from jointsky.sensors.frames import Floats, Frames, observed, words
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Observed


@dataclasses.dataclass(frozen=True)
class FalseBearings:
    """Frames (n,) in which nothing was seen at a direction (n,)."""

    frame: npt.NDArray[np.int64]
    azimuth_rad: Floats
    elevation_rad: Floats
    share: Floats  # uniform in [0, 1), for what else is drawn of it


def draw_false(
    seen: Frames,
    per_hour: float,
    elevations_rad: tuple[float, float],
    key: tuple[int, int],
    azimuths_rad: tuple[float, float] = (0.0, 2.0 * math.pi),
) -> FalseBearings:
    """Return false bearings, even over azimuth and over the sine of the elevation."""
    mean = per_hour * seen.interval_s / 3600.0
    size = int(mean * len(seen.number) * 2) + 64
    while True:
        frame, share = np.empty(size, np.int64), np.empty((size, 3))
        count = kernels.fill(seen.number, seen.is_kept, mean, words(key), frame, share)
        if count <= size:
            break
        size = count
    low, high = (math.sin(elevation) for elevation in elevations_rad)
    first, last = azimuths_rad
    return FalseBearings(
        frame=frame[:count],
        azimuth_rad=first + (last - first) * share[:count, 0],
        elevation_rad=np.arcsin(low + (high - low) * share[:count, 1]),
        share=share[:count, 2].copy(),
    )


def as_plots(
    placed: Placed,
    row: int,
    time_s: Floats,
    vehicle: npt.NDArray[np.int64],
    azimuth_rad: Floats,
    azimuth_sigma_rad: Floats,
    elevation_rad: Floats | float = math.nan,
    elevation_sigma_rad: Floats | float = math.nan,
) -> Observed:
    """Return bearings (n,) with the sensor's own biases as plots at their site."""
    turned = azimuth_rad + math.radians(placed.azimuth_bias_deg)
    lifted = np.asarray(elevation_rad) + math.radians(placed.elevation_bias_deg)
    plots = Plots.make(
        len(time_s),
        sensor=row,
        geometry=int(Geometry.BEARING),
        azimuth_rad=np.mod(turned, 2.0 * math.pi),
        azimuth_sigma_rad=azimuth_sigma_rad,
        elevation_rad=lifted,
        elevation_sigma_rad=elevation_sigma_rad,
    )
    return observed(placed, time_s, vehicle, plots)
