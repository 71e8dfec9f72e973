"""Tracks and areas made for tests of alerts: on a plane of metres about a place."""

import math

import numpy as np

from jointsky.assess.areas import Area
from jointsky.records.tracks import Tracks, TrackStatus

LAT, LON = math.radians(54.0), math.radians(27.0)
EARTH_M = 6_371_008.8


def place(east_m, north_m):
    """Return latitude and longitude of a place east and north of ours."""
    return (
        LAT + np.asarray(north_m) / EARTH_M,
        LON + np.asarray(east_m) / (EARTH_M * math.cos(LAT)),
    )


def square(name="town", use="protected", half_m=5000.0, east_m=0.0, north_m=0.0, **given):
    """Return an area that is a square about a place."""
    sides = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half_m + [east_m, north_m]
    return Area(name, use, np.column_stack(place(*sides.T)), **given)


def tracks(*rows, sigma_m=20.0, sigma_mps=1.0, **common):
    """Return tracks of rows (number, east_m, north_m, ve_mps, vn_mps); ``common`` for all."""
    number, east, north, ve, vn = np.array(rows, np.float64).reshape(-1, 5).T
    lat, lon = place(east, north)
    covariance = np.diag([sigma_m**2] * 3 + [sigma_mps**2] * 3)
    given = {
        "time_s": 0.0,
        "track_number": number.astype(np.int64),
        "latitude_rad": lat,
        "longitude_rad": lon,
        "height_m": 300.0,
        "ve_mps": ve,
        "vn_mps": vn,
        "vu_mps": 0.0,
        "covariance": np.broadcast_to(covariance, (len(number), 6, 6)),
        "status": TrackStatus.CONFIRMED,
        **common,
    }
    return Tracks.make(len(number), **given)
