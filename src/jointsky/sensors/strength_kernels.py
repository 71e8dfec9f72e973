"""Kernels of the look: whether a target is in view of a radar, and how strong its echo is.

``seen`` is what beam_kernels.seen_from tells: east, north, up, their rates, the sensor's own
velocity.  ``reach`` is reach.Reach.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, inlined, kernel
from jointsky.earth.diffraction_kernels import knife_edge_loss_db
from jointsky.earth.geodesy_kernels import ecef_to_geodetic
from jointsky.earth.motion_kernels import state
from jointsky.earth.terrain_kernels import is_in_sight, skyline_nu
from jointsky.sensors.antenna_kernels import lobe_loss_db, one_way_loss_db, vertical_loss_db
from jointsky.sensors.atmosphere_kernels import (
    EFFECTIVE_RADIUS_M,
    air_loss_db,
    rain_loss_db,
    rain_rate_mmph,
)
from jointsky.sensors.beam_kernels import arc_tangent, carrier_row, row_near, seen_from
from jointsky.sensors.clutter_kernels import rain_to_noise_db
from jointsky.sensors.jamming_kernels import jam_to_noise
from jointsky.sensors.radar_equation_kernels import snr_db

_STANDS_MPS = 0.1  # slower, a target has no nose
_TURN = 2.0 * math.pi
_NOTHING_DB = -300.0


@kernel
def cross_section_db(nose_db, side_db, tail_db, ahead, speed_mps):
    """Return the mean radar cross section in dBsm by aspect (records.signatures.CrossSection).

    ``ahead`` is the target's velocity towards the radar, m/s: the cosine of the aspect is
    ``ahead / speed_mps``.  A cosine of the doubled aspect: ``sin²`` of it goes from 0 at nose or
    tail to 1 at the side.  One that stands still shows all sides alike, a half on average.
    """
    if speed_mps < _STANDS_MPS:
        return 0.25 * (nose_db + tail_db) + 0.5 * side_db
    cosine = min(max(ahead / speed_mps, -1.0), 1.0)
    end_db = nose_db if cosine >= 0.0 else tail_db
    return side_db + (end_db - side_db) * cosine * cosine


@kernel
def horizon_m(height_m):
    """Return the length of the tangent from a height to a smooth 4/3 earth (earth/horizon.py)."""
    above_m = max(height_m, 0.0)
    return math.sqrt(above_m * (2.0 * EFFECTIVE_RADIUS_M + above_m))  # 30 m: 22.55 km


@kernel
def apparent_rad(elevation_rad, range_m):
    """Return at which elevation a ray arrives that standard refraction bends.

    Over a 4/3 earth a straight ray falls by d² / (2 · 4/3 R) instead of d² / (2 R): it comes in
    higher by a quarter of the earth's curve, ``r cos(e) / (8 R)``.  200 km: 0.22 degrees.
    """
    curve = range_m * math.cos(elevation_rad) / (6.0 * EFFECTIVE_RADIUS_M)
    return elevation_rad + curve


@bare
def place_at(pieces, row, time_s):
    """Return latitude, longitude and height of a vehicle."""
    x, y, z, _, _, _ = state(pieces, row, time_s)
    return ecef_to_geodetic(x, y, z)


@inlined
def height_of(pieces, row, time_s):
    """Return the height of a vehicle above the ellipsoid."""
    if pieces.piece[row] == 1:
        return place_at(pieces, row, time_s)[2]
    t = time_s - pieces.begin_s[row]
    rise = pieces.climb_mps[row] + 0.5 * t * pieces.climb_acceleration_mps2[row]
    return pieces.height_m[row] + t * rise


@inlined
def polar_of(seen, azimuth_rad):
    """Return range, azimuth, elevation, and the target's own range rate."""
    e, n, u, ve, vn, vu, oe, on, ou = seen
    ground2 = e * e + n * n
    range_m = math.sqrt(ground2 + u * u)
    elevation_rad = arc_tangent(u, math.sqrt(ground2))
    away_mps = (e * (ve + oe) + n * (vn + on) + u * (vu + ou)) / range_m
    return range_m, azimuth_rad, elevation_rad, away_mps


@inlined
def scan_loss_db(scan, reach, azimuth_rad):
    """Return the loss of a fixed face off its normal: a power of the cosine, two ways together."""
    if reach.scan_loss_exponent <= 0.0:
        return 0.0
    from_left = azimuth_rad - scan.start_rad
    from_left -= _TURN * math.floor(from_left / _TURN)
    off = from_left - (math.floor(from_left / scan.width_rad) + 0.5) * scan.width_rad
    cosine = max(math.cos(off), 1e-3)
    return -10.0 * reach.scan_loss_exponent * math.log10(cosine)


@inlined
def gain_at(reach, row, away_mps):
    """Return the canceller's power gain at a range rate, from its table."""
    at = min(abs(away_mps) / reach.gain_step_mps, reach.gains.shape[1] - 1.001)
    k = int(at)
    return reach.gains[row, k] + (at - k) * (reach.gains[row, k + 1] - reach.gains[row, k])


@inlined
def echo_db(scan, reach, targets, vehicle, seen, polar, heights, time_s):
    """Return the mean ratio of one pulse from a target in view to noise, and rain over noise.

    The first is in dB, the second a power ratio: what counts as noise is for the caller to add.
    ``heights`` are those of radar and target above the ellipsoid.
    """
    range_m, azimuth_rad, elevation_rad, away_mps = polar
    _, _, _, ve, vn, vu, oe, on, ou = seen
    speed_mps = math.sqrt((ve + oe) ** 2 + (vn + on) ** 2 + (vu + ou) ** 2)
    rcs_db = cross_section_db(
        targets.nose_db[vehicle],
        targets.side_db[vehicle],
        targets.tail_db[vehicle],
        -away_mps,
        speed_mps,
    )
    ratio_db = snr_db(reach.scale_range_m, range_m, rcs_db)
    ratio_db -= vertical_loss_db(reach.pattern, apparent_rad(elevation_rad, range_m))
    ratio_db -= scan_loss_db(scan, reach, azimuth_rad)
    way_db = air_loss_db(reach.air, heights[0], heights[1], range_m)
    rain_to_noise = 0.0
    if reach.rain.east_m.shape[0] > 0:
        way_db += rain_loss_db(reach.rain, heights[0], seen[0], seen[1], heights[1], time_s)
        rate_mmph = rain_rate_mmph(reach.rain, seen[0], seen[1], heights[1], time_s)
        if rate_mmph > 0.0:
            rain_db = rain_to_noise_db(reach.scale_range_m, reach.rain_echo_db, range_m, rate_mmph)
            rain_to_noise = 10.0 ** (0.1 * (rain_db - way_db))
    ratio_db -= way_db
    if reach.gains.shape[1] > 0:
        gain = gain_at(reach, targets.gain_row[vehicle], away_mps)
        ratio_db += 10.0 * math.log10(gain) if gain > 0.0 else _NOTHING_DB
    return ratio_db, rain_to_noise


@bare
def sensor_height(scan, pieces, time_s):
    """Return the height of the sensor itself above the ellipsoid."""
    if scan.carrier < 0:
        return scan.height_m
    own = carrier_row(scan, pieces, time_s)
    return height_of(pieces, own, time_s) if own >= 0 else np.nan


@bare
def ground_loss_db(scan, around, pieces, row, seen, azimuth_rad, heights, time_s):
    """Return what earth and ground take from an echo one way, in dB; infinite: all.

    Without ground: all below the smooth earth's horizon.  A radar on the ground: the loss of the
    knife edge that stands highest before the target (ITU-R P.526).  One aboard: all that is hidden.
    """
    own_m, height_m = heights
    if not around.has_ground:
        tangents_m = horizon_m(own_m) + horizon_m(height_m)
        range2 = seen[0] * seen[0] + seen[1] * seen[1] + seen[2] * seen[2]
        return 0.0 if range2 <= tangents_m * tangents_m else math.inf
    if scan.carrier < 0:
        ground_m = math.sqrt(seen[0] * seen[0] + seen[1] * seen[1])
        nu = skyline_nu(around.skyline, azimuth_rad, ground_m, height_m, around.wavelength_m)
        return knife_edge_loss_db(nu)
    own = carrier_row(scan, pieces, time_s)
    if own < 0:
        return math.inf
    lat, lon, _ = place_at(pieces, own, time_s)
    other_lat, other_lon, _ = place_at(pieces, row, time_s)
    is_free = is_in_sight(
        around.grid,
        lat,
        lon,
        own_m,
        other_lat,
        other_lon,
        height_m,
        around.step_m,
        around.highest_m,
    )
    return 0.0 if is_free else math.inf


@bare
def jamming_to_noise(scan, reach, around, pieces, azimuth_rad, own_m, time_s):
    """Return all jamming over noise, a power ratio, while the beam is at an azimuth (jamming.py).

    Its way is one way: half of what beam, air and rain take from an echo, in dB.  The beam takes
    sideways and upwards together no more than the side lobes do.
    """
    total = 0.0
    for j in range(around.jammer.shape[0]):
        vehicle = around.jammer[j]
        low, high = pieces.first[vehicle], pieces.first[vehicle + 1] - 1
        if high < low or vehicle == scan.carrier:
            continue
        row = row_near(pieces, low, high, low, time_s)
        if time_s < pieces.begin_s[row] or time_s > pieces.end_s[row]:
            continue
        seen = seen_from(scan, pieces, row, time_s)
        at_rad = math.atan2(seen[0], seen[1])
        range_m = math.sqrt(seen[0] * seen[0] + seen[1] * seen[1] + seen[2] * seen[2])
        heights = (own_m, height_of(pieces, row, time_s))
        hidden_db = ground_loss_db(scan, around, pieces, row, seen, at_rad, heights, time_s)
        off_rad = azimuth_rad - at_rad
        off_rad -= _TURN * math.floor(off_rad / _TURN + 0.5)
        elevation_rad = apparent_rad(math.asin(seen[2] / range_m), range_m)
        loss_db = lobe_loss_db(off_rad, around.beamwidth_rad, around.side_lobes_db)
        loss_db += one_way_loss_db(reach.pattern, elevation_rad)
        loss_db = min(loss_db, around.side_lobes_db) + hidden_db
        way_db = air_loss_db(reach.air, own_m, heights[1], range_m)
        way_db += rain_loss_db(reach.rain, own_m, seen[0], seen[1], heights[1], time_s)
        loss_db += 0.5 * way_db
        total += jam_to_noise(around.listening_db, around.density_db[j], range_m, loss_db)
    return total
