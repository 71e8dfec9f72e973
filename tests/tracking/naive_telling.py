"""What a track's row says, one row at a time by whole matrices and the functions of earth."""

import math

from scipy.linalg import block_diag

from jointsky.earth import geodesy
from jointsky.tracking import layout_kernels as layout
from tracking.naive import unpacked

HEIGHT_UNKNOWN_M = 400.0


def state_of(row):
    """Return mean (6,) and covariance (6, 6) of a result row, in the frame."""
    mean = row[layout.R_MEAN : layout.R_MEAN + 6]
    return mean, unpacked(row[layout.R_COV : layout.R_COV + 21])


def told_on_earth(row):
    """Return latitude, longitude, height, velocity and covariance east, north, up."""
    mean, covariance = state_of(row)
    latitude, longitude, height = (float(v[0]) for v in geodesy.ecef_to_geodetic([mean[:3]]))
    axes = geodesy.enu_rotation(latitude, longitude)
    both = block_diag(axes, axes)
    covariance = both @ covariance @ both.T
    if covariance[2, 2] > HEIGHT_UNKNOWN_M**2:
        height = math.nan  # a guess is not a height
    return latitude, longitude, height, axes @ mean[3:], covariance


def told_in_plane(row, origin):
    """Return the same of a flat scene: laid on the plane that touches the earth at its origin.

    Its up is its height and its axes are its own, near the origin and far from it.
    """
    mean, covariance = state_of(row)
    touching = geodesy.enu_to_ecef([[mean[0], mean[1], 0.0]], *origin)
    latitude, longitude, _ = (float(v[0]) for v in geodesy.ecef_to_geodetic(touching))
    return latitude, longitude, float(mean[2]), mean[3:], covariance


def told(row, numbers, epoch_s, origin, words):
    """Return a track's columns by name; ``origin`` of a flat scene, None on the earth."""
    place = told_on_earth(row) if origin is None else told_in_plane(row, origin)
    latitude, longitude, height, velocity, covariance = place
    sign = numbers[layout.O_CALL_SIGN]
    return {
        "time_s": row[layout.R_TIME] + epoch_s,
        "track_number": numbers[layout.O_NUMBER],
        "source": -1,
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "height_m": height,
        "pressure_altitude_m": row[layout.R_PRESSURE],
        "ve_mps": velocity[0],
        "vn_mps": velocity[1],
        "vu_mps": velocity[2],
        "covariance": covariance,
        "manoeuvre": row[layout.R_MANOEUVRE],
        "existence": row[layout.R_EXISTENCE],
        "status": numbers[layout.O_STATUS],
        "plots": numbers[layout.O_PLOTS],
        "mode_s": numbers[layout.O_MODE_S],
        "mode_a": numbers[layout.O_MODE_A],
        "call_sign": "" if sign < 0 else words[sign],
        "flags": numbers[layout.O_FLAGS],
        "offset": -1,
    }
