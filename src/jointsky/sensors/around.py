"""What stands in the way of a placed radar: ground that hides targets, jammers that raise noise."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth.terrain import HeightGrid, Skyline, flat_grid, skyline, spacing_m
from jointsky.sensors.jamming import listening_db, radiated_density_db
from jointsky.sensors.radar_equation import LIGHT_MPS
from jointsky.sensors.radars import AnyRadar, PrimaryRadar, SecondaryRadar
from jointsky.sensors.surroundings import Place, Surroundings

_ASSUMED_NOISE_FIGURE_DB = 3.0  # of a radar that is declared by what it achieves
_BEAM_AREA_DEG2 = 26_000.0
_SSR_WAVELENGTH_M = LIGHT_MPS / 1090e6


class Around(NamedTuple):
    """Ground and jammers as one radar meets them."""

    has_ground: bool
    grid: HeightGrid
    skyline: Skyline  # of a radar on the ground
    wavelength_m: float
    step_m: float
    highest_m: float
    jammer: npt.NDArray[np.int64]  # (J,) vehicles that jam the radar's band
    density_db: npt.NDArray[np.float64]  # (J,) radiated, dBW/Hz
    listening_db: float
    beamwidth_rad: float
    side_lobes_db: float


def around(radar: AnyRadar, place: Place, surroundings: Surroundings, reach_m: float) -> Around:
    """Return what stands in the way of a radar where it is placed, out to its reach."""
    grid = surroundings.terrain
    has_ground = grid.heights_m.size > 0
    jammers = _jammers(radar, surroundings)
    primary: PrimaryRadar | None = None if isinstance(radar, SecondaryRadar) else radar
    ground = grid if has_ground and place.vehicle < 0 else flat_grid()
    return Around(
        has_ground=has_ground,
        grid=grid,
        skyline=_skyline(ByIdentity(ground), place, reach_m),
        wavelength_m=(
            _SSR_WAVELENGTH_M if primary is None else LIGHT_MPS / (primary.frequency_mhz * 1e6)
        ),
        step_m=spacing_m(grid) if has_ground else 1.0,
        highest_m=max(float(grid.heights_m.max()), 0.0) if has_ground else 0.0,
        jammer=np.array([row for row, _ in jammers], np.int64),
        density_db=np.array([density for _, density in jammers], np.float64),
        listening_db=0.0 if primary is None else _listening_db(primary),
        beamwidth_rad=1.0 if primary is None else math.radians(primary.beamwidth_deg),
        side_lobes_db=0.0 if primary is None else primary.side_lobes_db,
    )


class ByIdentity:
    """A grid of heights that is equal to itself only, so that what is made of it can be kept."""

    def __init__(self, grid: HeightGrid) -> None:
        self.grid = grid

    def __hash__(self) -> int:
        return id(self.grid.heights_m) if self.grid.heights_m.size else 0

    def __eq__(self, other: Any) -> bool:
        mine, its = self.grid, other.grid
        is_flat = mine.heights_m.size == 0 and its.heights_m.size == 0
        return is_flat or (mine.heights_m is its.heights_m and mine[:4] == its[:4])


@functools.lru_cache(maxsize=128)
def _skyline(ground: ByIdentity, place: Place, reach_m: float) -> Skyline:
    return skyline(ground.grid, place.latitude_rad, place.longitude_rad, place.height_m, reach_m)


def _jammers(radar: AnyRadar, surroundings: Surroundings) -> list[tuple[int, float]]:
    """Return the vehicles that jam the radar's band, and their radiated power density."""
    if isinstance(radar, SecondaryRadar):
        return []
    found = []
    for number, signature in enumerate(surroundings.signatures):
        jammer = signature.jammer
        if jammer is not None and radar.band in jammer.bands:
            density_db = radiated_density_db(jammer.radiated_power_dbw, jammer.bandwidth_mhz)
            rows = np.flatnonzero(surroundings.vehicles.signature == number)
            found += [(int(row), density_db) for row in rows]
    return sorted(found)


def _listening_db(radar: PrimaryRadar) -> float:
    """Return how strongly jamming comes in, against noise.

    Gain and noise figure as built or, of a radar that is declared by what it achieves, from its
    beam, ``26,000 / (width height)`` in square degrees (Stutzman and Thiele, Antenna Theory and
    Design, 3rd ed., eq. 9-94), and 3 dB.
    """
    frequency_hz = radar.frequency_mhz * 1e6
    built = radar.equation
    if built is not None:
        gain_db = built.gain_db if built.receive_gain_db is None else built.receive_gain_db
        return listening_db(
            frequency_hz, gain_db, built.noise_figure_db, built.antenna_temperature_k
        )
    height_deg = radar.beam_height_deg
    if radar.elevation_sigma_deg is not None:
        height_deg = radar.elevation_resolution_deg
    gain_db = 10.0 * math.log10(_BEAM_AREA_DEG2 / (radar.beamwidth_deg * height_deg))
    return listening_db(frequency_hz, gain_db, _ASSUMED_NOISE_FIGURE_DB)
