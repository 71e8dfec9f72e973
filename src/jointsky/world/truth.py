"""Truth sampled: where every vehicle was at even intervals, as columns that ``score`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states
from jointsky.records.vehicles import Vehicles

Column = npt.NDArray[Any]


def sampled(
    vehicles: int,
    pieces: Pieces,
    begin_s: float,
    end_s: float,
    interval_s: float,
    chosen: npt.NDArray[np.bool_] | None = None,
) -> dict[str, Column]:
    """Return where vehicles were at even intervals, rows by vehicle and time.

    One row for each vehicle and each multiple of ``interval_s`` from ``begin_s`` up to ``end_s``
    at which it flies: ``vehicle`` (its row), ``time_s`` (POSIX), ``latitude_rad``,
    ``longitude_rad``, ``height_m``, ``ve_mps``, ``vn_mps``, ``vu_mps``.  ``chosen`` (vehicles,):
    of which; none given: of all.
    """
    if not interval_s > 0.0:
        raise ValueError(f"interval_s is {interval_s}; it must be positive")
    rows, numbers = _rows(pieces, vehicles, begin_s, end_s, interval_s)
    if chosen is not None:
        rows, numbers = rows[chosen[rows]], numbers[chosen[rows]]
    times = begin_s + numbers * interval_s
    position, velocity = states(pieces, rows, times)
    flies = np.isfinite(position[:, 0])
    latitude, longitude, height = geodesy.ecef_to_geodetic(position[flies])
    east, north, up = _east_north_up(latitude, longitude, velocity[flies])
    return {
        "vehicle": rows[flies].astype(np.int32),
        "time_s": times[flies],
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "height_m": height,
        "ve_mps": east,
        "vn_mps": north,
        "vu_mps": up,
    }


def truth_columns(vehicles: Vehicles, truth: Mapping[str, Column]) -> dict[str, Column]:
    """Return what ``sampled`` gave as the columns of a table of truth.

    Degrees, metres, metres a second to east, north and up, POSIX seconds; ``truth_id`` is the
    vehicle's name, ``mode_s`` six hexadecimal digits or empty.
    """
    rows = truth["vehicle"]
    codes = np.array([f"{code:06x}" if code >= 0 else "" for code in vehicles.mode_s.tolist()])
    return {
        "time_s": truth["time_s"],
        "truth_id": vehicles.name[rows],
        "latitude_deg": np.degrees(truth["latitude_rad"]),
        "longitude_deg": np.degrees(truth["longitude_rad"]),
        "height_m": truth["height_m"],
        "ve_mps": truth["ve_mps"],
        "vn_mps": truth["vn_mps"],
        "vu_mps": truth["vu_mps"],
        "mode_s": codes[rows] if len(codes) else np.empty(0, "U6"),
        "mode_a": vehicles.mode_a[rows],
        "kind": vehicles.type[rows],
        "nation": vehicles.nation[rows],
        "allegiance": vehicles.allegiance[rows],
    }


def _east_north_up(latitude: Column, longitude: Column, velocity: Column) -> tuple[Column, ...]:
    """Return velocities (n, 3), earth-centred, along the local axes of their places."""
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    sin_lon, cos_lon = np.sin(longitude), np.cos(longitude)
    x, y, z = velocity.T
    outward = cos_lon * x + sin_lon * y
    return (
        cos_lon * y - sin_lon * x,
        cos_lat * z - sin_lat * outward,
        cos_lat * outward + sin_lat * z,
    )


def _rows(
    pieces: Pieces, vehicles: int, begin_s: float, end_s: float, interval_s: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the vehicle and the number of the interval of each row, where one may fly."""
    last = int(np.floor((end_s - begin_s) / interval_s * (1.0 + 1e-12)))
    has = pieces.first[1:] > pieces.first[:-1]
    starts, ends = np.zeros(vehicles, np.int64), np.full(vehicles, -1, np.int64)
    first_s, last_s = (
        pieces.begin_s[pieces.first[:-1][has]],
        pieces.end_s[pieces.first[1:][has] - 1],
    )
    starts[has] = np.maximum(np.floor((first_s - begin_s) / interval_s), 0)
    ends[has] = np.minimum(np.ceil((last_s - begin_s) / interval_s), last)
    counts = np.maximum(ends - starts + 1, 0)
    rows = np.repeat(np.arange(vehicles), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return rows, np.repeat(starts, counts) + np.arange(len(rows)) - before
