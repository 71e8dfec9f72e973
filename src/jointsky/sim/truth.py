"""Truth at even times: where every vehicle of a run was, as columns and as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.earth.geodesy import ecef_to_geodetic
from jointsky.earth.motion import states
from jointsky.scenario.built import Built
from jointsky.sim.run import Outcome

Columns = dict[str, npt.NDArray[Any]]
TOGETHER = 64  # vehicles whose states are worked out at once


def sample(built: Built, end_s: float) -> Columns:
    """Return where every vehicle was at each interval from the beginning to ``end_s``.

    Columns (n,), by vehicle and time: ``vehicle``, ``time_s``, ``latitude_rad``,
    ``longitude_rad``, ``height_m``, ``ve_mps``, ``vn_mps``, ``vu_mps``.
    """
    count = int(np.floor((end_s - built.begin_s) / built.truth_interval_s + 1e-9))
    times = built.begin_s + built.truth_interval_s * np.arange(count + 1)
    total = len(built.surroundings.vehicles)
    parts = []
    for first in range(0, total, TOGETHER):
        rows = np.arange(first, min(first + TOGETHER, total))
        vehicle, time_s = np.repeat(rows, len(times)), np.tile(times, len(rows))
        place, velocity = states(built.surroundings.pieces, vehicle, time_s)
        there = np.isfinite(place[:, 0])
        parts.append(
            (vehicle[there].astype(np.int32), time_s[there], place[there], velocity[there])
        )
    if not parts:
        parts = [(np.empty(0, np.int32), np.empty(0), np.empty((0, 3)), np.empty((0, 3)))]
    vehicle, time_s, place, velocity = (np.concatenate(c) for c in zip(*parts, strict=True))
    latitude, longitude, height = ecef_to_geodetic(place)
    east, north, up = _local(latitude, longitude, velocity)
    return {
        "vehicle": vehicle,
        "time_s": time_s,
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "height_m": height,
        "ve_mps": east,
        "vn_mps": north,
        "vu_mps": up,
    }


def _local(
    latitude: npt.NDArray[Any], longitude: npt.NDArray[Any], vector: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], ...]:
    """Return earth-centred vectors (n, 3) as east, north, up at their own places."""
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    sin_lon, cos_lon = np.sin(longitude), np.cos(longitude)
    x, y, z = vector.T
    outward = cos_lon * x + sin_lon * y
    return (
        -sin_lon * x + cos_lon * y,
        -sin_lat * outward + cos_lat * z,
        cos_lat * outward + sin_lat * z,
    )


def truth_table(outcome: Outcome, truth: Columns) -> pa.Table:
    """Return sampled truth as the table that ``jointsky score`` takes for a reference."""
    vehicles = outcome.built.surroundings.vehicles
    row = truth["vehicle"]
    address = np.array([f"{code:06X}" if code >= 0 else "" for code in vehicles.mode_s.tolist()])
    return pa.table(
        {
            "time_s": truth["time_s"],
            "truth_id": pa.array(vehicles.name.tolist(), pa.string()).take(pa.array(row)),
            "latitude_deg": np.degrees(truth["latitude_rad"]),
            "longitude_deg": np.degrees(truth["longitude_rad"]),
            **{name: truth[name] for name in ("height_m", "ve_mps", "vn_mps", "vu_mps")},
            "mode_s": pa.array(address.tolist(), pa.string()).take(pa.array(row)),
            "kind": pa.array(vehicles.type.tolist(), pa.string()).take(pa.array(row)),
            "allegiance": pa.array(vehicles.allegiance.tolist(), pa.string()).take(pa.array(row)),
        }
    )
