"""A small recording made here: six aircraft about Ljubljana, two radars, ten minutes."""

import numpy as np

from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

BEGIN_S = 1_700_000_000.0
CALLS = ["ADR123", "DLH456", "", "", "AUA9K", "TINY"]
HEIGHTS_M = [10_000.0, 11_000.0, 3_000.0, 6_000.0, 8_000.0, 300.0]
ADDRESSES = [0x506CAB, 0x3C6444, 0x440AAA, -1, 0x440BBB, -1]
CODES = [0o1234, 0o2345, 0o7700, 0o4321, -1, -1]
SENSORS = [
    Sensor(
        name=name,
        kind="radar",
        latitude_rad=float(np.radians(latitude)),
        longitude_rad=float(np.radians(longitude)),
        height_m=height_m,
    )
    for name, latitude, longitude, height_m in (
        ("Ljubljana", 46.05, 14.5, 300.0),
        ("Zagreb", 45.8, 16.0, 150.0),
    )
]


def tracks(count: int = 6, points: int = 151, step_s: float = 4.0) -> Tracks:
    """Return straight tracks, a fan about Ljubljana."""
    k, i = (a.ravel() for a in np.meshgrid(np.arange(count), np.arange(points), indexing="ij"))
    bearing = 2 * np.pi * k / count
    metres = 5_000.0 + 200.0 * step_s * i
    latitude = np.radians(46.05) + metres * np.cos(bearing) / 6_371_000.0
    longitude = np.radians(14.5) + metres * np.sin(bearing) / (6_371_000.0 * np.cos(np.radians(46)))
    pick = k % 6
    return Tracks.make(
        time_s=BEGIN_S + step_s * i,
        track_number=100 + k,
        latitude_rad=latitude,
        longitude_rad=longitude,
        height_m=np.array(HEIGHTS_M)[pick] + 2.0 * i,
        pressure_altitude_m=np.array(HEIGHTS_M)[pick] + 2.0 * i,
        ve_mps=200.0 * np.sin(bearing),
        vn_mps=200.0 * np.cos(bearing),
        vu_mps=0.5,
        existence=0.99,
        plots=i.astype(np.int32),
        sensors=np.where(k % 2 == 0, 3, 1).astype(np.uint64)[:, None],
        mode_s=np.array(ADDRESSES)[pick],
        mode_a=np.array(CODES)[pick],
        call_sign=np.array(CALLS)[pick],
    )


def plots(number: int = 300) -> Plots:
    """Return polar plots of the first radar, and as many ADS-B plots without a place."""
    i = np.arange(number)
    return Plots.make(
        time_s=BEGIN_S + 2.0 * i,
        sensor=i % 2,
        geometry=int(Geometry.POLAR),
        range_m=20_000.0 + 100.0 * i,
        azimuth_rad=0.02 * i,
        pressure_altitude_m=9_000.0,
    )


def flat_sensors() -> list[Sensor]:
    """Return two radars of a flat scene."""
    return [
        Sensor(name="alpha", kind="radar", flat_enu_m=(0.0, 0.0, 10.0)),
        Sensor(name="bravo", kind="radar", flat_enu_m=(20_000.0, -5_000.0, 20.0)),
    ]
