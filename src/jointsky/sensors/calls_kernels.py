"""Kernels behind calls.py: whether a person notices what flies, by eye or by ear."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.earth.motion_kernels import row_at, state
from jointsky.sensors.drawing_kernels import uniform
from jointsky.sensors.optics_kernels import cycles_on_target, task_probability
from jointsky.sensors.sight_kernels import direction, is_clear
from jointsky.sensors.sounds_kernels import hearing_probability, left_at, level_db

SEEING, HEARING = 16, 17
NOTHING, SEEN, HEARD = 0, 1, 2
STANDS_MPS = 1e-3  # what is slower goes nowhere
GROUND_CONTRAST = 0.5  # of that against the sky, where what is behind is ground: an estimate


@kernel
def notice(
    vehicles, frames, where, numbers, times_s, is_light, pieces, site, keys, sizes_m, counts,
    source_db, rain, person, eye, ears, key, ground, out, sense,
):  # fmt: skip
    """Fill sense (n,) with NOTHING, SEEN or HEARD and out (n, 4) for what was noticed.

    out: range, azimuth, course (NaN: it stands), and how much it stands out: the angle that it
    fills, far less for what is only heard.  ``vehicles``, ``frames`` (n,), ``where`` (n, 6) are
    candidates; ``counts`` how many fly as one (V,): each may be noticed.
    """
    for i in range(vehicles.shape[0]):
        sense[i] = NOTHING
        vehicle, frame = vehicles[i], frames[i]
        x_m, y_m, z_m = where[i, 0], where[i, 1], where[i, 2]
        whose, number = keys[vehicle], numbers[frame]
        range_m, azimuth_rad, elevation_rad = direction(site, x_m, y_m, z_m)
        if range_m * math.sin(elevation_rad) > person.above_m:
            continue
        vx, vy, vz = where[i, 3], where[i, 4], where[i, 5]
        east = site[3] * vx + site[4] * vy + site[5] * vz
        north = site[6] * vx + site[7] * vy + site[8] * vz
        course = math.atan2(east, north) if math.hypot(east, north) > STANDS_MPS else math.nan
        chance = 0.0
        if is_light[frame] and range_m <= person.reach_m:
            contrast = eye.contrast if elevation_rad > 0.0 else GROUND_CONTRAST * eye.contrast
            extinction_pm = eye.extinction_pm + rain[i] / max(range_m, 1.0)
            cycles = cycles_on_target(
                sizes_m[vehicle], range_m, eye.pixel_rad, contrast, extinction_pm, eye.needed
            )
            chance = 1.0 - (1.0 - task_probability(cycles, eye.detect)) ** counts[vehicle]
        if uniform(key, whose, number, SEEING) < chance and is_clear(
            ground, site, x_m, y_m, z_m, eye.radius_m
        ):
            sense[i] = SEEN
            out[i, 0], out[i, 1] = range_m, azimuth_rad
            out[i, 2], out[i, 3] = course, sizes_m[vehicle] / range_m
            continue
        if not person.hears or not source_db[vehicle] > 0.0:
            continue
        left_s = left_at(pieces, vehicle, site, times_s[frame], ears.sound_mps)
        row = row_at(pieces, vehicle, left_s)
        if row < 0:
            continue
        x_m, y_m, z_m, _, _, _ = state(pieces, row, left_s)
        range_m, azimuth_rad, _ = direction(site, x_m, y_m, z_m)
        if range_m > person.reach_m:
            continue
        heard_db = level_db(source_db[vehicle], range_m, ears.absorption_dbpm)
        snr = 10.0 ** (0.1 * (heard_db - ears.ambient_db))
        chance = hearing_probability(snr, ears.false_alarm)
        if uniform(key, whose, number, HEARING) < chance and is_clear(
            ground, site, x_m, y_m, z_m, ears.radius_m
        ):
            sense[i] = HEARD
            out[i, 0], out[i, 1] = range_m, azimuth_rad
            out[i, 2], out[i, 3] = course, 1e-6 / range_m
