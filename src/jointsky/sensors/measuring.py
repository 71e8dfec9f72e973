"""How wrong a placed radar measures, and what false plots it makes: as kernels take them."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.terrain import HeightGrid, height_at, is_in_sight
from jointsky.sensors import false_kernels
from jointsky.sensors.around import ByIdentity
from jointsky.sensors.detection import required_snr_db
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import LIGHT_MPS
from jointsky.sensors.radar_parts import Clutter
from jointsky.sensors.radars import (
    AnyRadar,
    PrimaryRadar,
    SearchRadar,
    SecondaryRadar,
    azimuth_extent_rad,
    false_plots_per_turn,
)
from jointsky.sensors.surroundings import Place, Surroundings

_ANY_RATE_MPS = 300.0  # noise of a radar whose pulses are not declared lies within
_ATTEMPTS = 16  # to find a spot of ground that is in sight


class Errors(NamedTuple):
    """Standard errors and biases of a placed radar; NaN: not measured."""

    range_m: float
    azimuth_rad: float
    elevation_rad: float
    rate_mps: float
    at_ratio_db: float  # signal-to-noise ratio that they hold at; NaN: at any
    floor: float
    noise_ratio_db: float  # that a noise plot looks like
    reply_range_m: float
    reply_azimuth_rad: float
    range_bias_m: float
    azimuth_bias_rad: float
    elevation_bias_rad: float
    clock_offset_s: float
    clock_drift: float
    clock_set_every_s: float
    is_mode_s: bool
    garbled_probability: float
    wrong_code_probability: float
    altimeter_m: float


class Field(NamedTuple):
    """Where false plots lie, and how many there are in a turn."""

    noise_plots: float
    answers: float
    near_m: float
    far_m: float
    reply_far_m: float
    left_rad: float
    extent_rad: float
    low_rad: float
    high_rad: float
    fastest_mps: float
    spot_plots: npt.NDArray[Any]  # (K,) mean number of each spot
    spot_east_m: npt.NDArray[Any]
    spot_north_m: npt.NDArray[Any]
    spot_height_m: npt.NDArray[Any]
    spot_size_m: float
    rain_plots_m2: float  # on a square metre of rain of 10 mm/h


@functools.lru_cache(maxsize=1024)
def errors_of(radar: AnyRadar, placed: Placed) -> Errors:
    """Return the errors of a radar as its kernels take them."""
    ssr = radar.ssr if isinstance(radar, SearchRadar | SecondaryRadar) else None
    primary: PrimaryRadar | None = None if isinstance(radar, SecondaryRadar) else radar
    nan = math.nan
    rate_mps = nan if primary is None else primary.doppler_sigma_mps
    at_db = nan if primary is None else primary.errors_at_snr_db
    elevation_deg = nan if primary is None else primary.elevation_sigma_deg
    return Errors(
        range_m=nan if primary is None else primary.range_sigma_m,
        azimuth_rad=nan if primary is None else math.radians(primary.azimuth_sigma_deg),
        elevation_rad=nan if elevation_deg is None else math.radians(elevation_deg),
        rate_mps=nan if rate_mps is None else rate_mps,
        at_ratio_db=nan if at_db is None else at_db,
        floor=1.0 if primary is None else primary.error_floor,
        noise_ratio_db=0.0 if primary is None else _noise_ratio_db(primary),
        reply_range_m=nan if ssr is None else ssr.range_sigma_m,
        reply_azimuth_rad=nan if ssr is None else math.radians(ssr.azimuth_sigma_deg),
        range_bias_m=placed.range_bias_m,
        azimuth_bias_rad=math.radians(placed.azimuth_bias_deg),
        elevation_bias_rad=math.radians(placed.elevation_bias_deg),
        clock_offset_s=placed.clock_offset_s,
        clock_drift=placed.clock_drift_ppm * 1e-6,
        clock_set_every_s=placed.clock_set_every_s,
        is_mode_s=ssr is not None and ssr.mode == "S",
        garbled_probability=0.0 if ssr is None else ssr.garbled_probability,
        wrong_code_probability=0.0 if ssr is None else ssr.wrong_code_probability,
        altimeter_m=0.0 if ssr is None else ssr.altimeter_sigma_m,
    )


def _noise_ratio_db(radar: PrimaryRadar) -> float:
    """Return the ratio that noise looks like which just passes the threshold."""
    return required_snr_db(0.5, radar.false_alarm_probability, radar.pulses, 0)


def field_of(
    radar: AnyRadar,
    placed: Placed,
    place: Place,
    surroundings: Surroundings,
    key: tuple[int, int],
) -> Field:
    """Return where and how many false plots a placed radar makes; aboard: of noise only."""
    ssr = radar.ssr if isinstance(radar, SearchRadar | SecondaryRadar) else None
    primary: PrimaryRadar | None = None if isinstance(radar, SecondaryRadar) else radar
    extent_rad = azimuth_extent_rad(radar)
    clutter = None if primary is None or place.vehicle >= 0 else primary.clutter
    spots = _spots(clutter or Clutter(), place, ByIdentity(surroundings.terrain), key)
    rain_plots = 0.0 if clutter is None else clutter.rain_plots_per_1000_km2
    return Field(
        noise_plots=0.0 if primary is None else false_plots_per_turn(primary),
        answers=0.0 if ssr is None else ssr.false_plots_per_turn,
        near_m=radar.min_range_km * 1000.0,
        far_m=0.0 if primary is None else primary.max_range_km * 1000.0,
        reply_far_m=0.0 if ssr is None else ssr.max_range_km * 1000.0,
        left_rad=math.radians(placed.facing_deg) - extent_rad / 2.0,
        extent_rad=extent_rad,
        low_rad=0.0 if primary is None else math.radians(primary.min_elevation_deg),
        high_rad=math.radians(radar.max_elevation_deg),
        fastest_mps=_fastest_mps(primary),
        spot_plots=spots[0],
        spot_east_m=spots[1],
        spot_north_m=spots[2],
        spot_height_m=spots[3],
        spot_size_m=0.0 if clutter is None else clutter.size_m,
        rain_plots_m2=rain_plots / 1e9,
    )


def _fastest_mps(radar: PrimaryRadar | None) -> float:
    """Return the range rate beyond which none can be told: ``lambda PRF / 4`` of the fastest."""
    if radar is None or radar.moving_targets is None:
        return _ANY_RATE_MPS
    wavelength_m = LIGHT_MPS / (radar.frequency_mhz * 1e6)
    return wavelength_m * max(radar.moving_targets.prfs_hz) / 4.0


@functools.lru_cache(maxsize=256)
def _spots(
    clutter: Clutter, place: Place, ground: ByIdentity, key: tuple[int, int]
) -> npt.NDArray[np.float64]:
    """Return plots a turn, east, north and height (4, K) of the spots of a site.

    Even over the ground within their reach, of sizes that are exponential; one that the site does
    not see is sought elsewhere.
    """
    if clutter.ground_plots_per_turn <= 0.0 or place.vehicle >= 0:
        return np.zeros((4, 0))
    words = np.array([np.uint64(key[0]), np.uint64(key[1])], np.uint64)
    drawn, found = np.empty(4), np.zeros((4, clutter.spots))
    for spot in range(clutter.spots):
        for attempt in range(_ATTEMPTS):
            false_kernels.spot_words((words[0], words[1]), spot, attempt, drawn)
            out_m = 1000.0 * clutter.reach_km * math.sqrt(drawn[0])
            way = 2.0 * math.pi * drawn[1]
            east_m, north_m = out_m * math.sin(way), out_m * math.cos(way)
            height_m, is_seen = _ground_at(place, ground.grid, east_m, north_m)
            if is_seen:
                found[:, spot] = -math.log(1.0 - drawn[2]), east_m, north_m, height_m
                break
    total = found[0].sum()
    found[0] *= clutter.ground_plots_per_turn / total if total > 0.0 else 0.0
    return found


def _ground_at(place: Place, grid: HeightGrid, east_m: float, north_m: float) -> tuple[float, bool]:
    """Return the height of the ground at a place beside a radar, and whether the radar sees it."""
    at_m = geodesy.enu_to_ecef(
        np.array([[east_m, north_m, 0.0]]), place.latitude_rad, place.longitude_rad, place.height_m
    )
    latitude, longitude, _ = geodesy.ecef_to_geodetic(at_m)
    if grid.heights_m.size == 0:
        return 0.0, True
    height_m = float(height_at(grid, latitude, longitude)[0])
    antenna = (place.latitude_rad, place.longitude_rad, place.height_m)
    above = np.array([[latitude[0], longitude[0], height_m + 10.0]])
    return height_m, bool(is_in_sight(grid, antenna, above)[0])
