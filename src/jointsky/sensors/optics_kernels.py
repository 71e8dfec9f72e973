"""Kernels behind optics.py: how many cycles a camera or an eye resolves on a target.

Johnson ("Analysis of image forming systems", Image Intensifier Symposium, 1958): a task is done by
half of all observers where the target is N50 resolved cycles wide.  Other chances by the target
transfer probability function of the Night Vision Laboratory (Ratches et al., "Night Vision
Laboratory Static Performance Model for Thermal Viewing Systems", ECOM-7043, 1975).
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.sensors.drawing_kernels import below_normal, drift, normals
from jointsky.sensors.sight_kernels import direction, is_clear

SEEING, ANGLE_ERROR, RANGE_ERROR = 16, 17, 18
NOT_SEEN, DETECTED, RECOGNISED, IDENTIFIED = 0, 1, 2, 3
_BLUR = 0.451_582_7  # -ln(2 / pi): a pixel's own blur leaves 2 / pi of the contrast at its limit


@kernel
def cycles_on_target(size_m, range_m, pixel_rad, contrast, extinction_pm, needed):
    """Return the resolved cycles across a target.

    Contrast falls with distance as exp(-extinction r) (Koschmieder, Beitr. Phys. freien Atmos. 12,
    1924).  The finest pattern still seen is that whose contrast, blurred by a pixel's Gaussian of
    2 / pi at the limit of 1 / (2 pixel), is the one needed; never finer than that limit.
    1 m, 1 km, 0.1 mrad, clear air: 5 cycles.
    """
    seen = contrast * math.exp(-extinction_pm * range_m)
    if seen <= needed:
        return 0.0
    finest = min(math.sqrt(math.log(seen / needed) / _BLUR), 1.0) / (2.0 * pixel_rad)
    return size_m / range_m * finest


@kernel
def task_probability(cycles, cycles_half):
    """Return x^E / (1 + x^E), E = 2.7 + 0.7 x, x = N / N50: 0.5 at 1, 0.94 at 2, 0.02 at 1/4."""
    if cycles <= 0.0:
        return 0.0
    x = cycles / cycles_half
    if x > 30.0:
        return 1.0
    power = x ** (2.7 + 0.7 * x)
    return power / (1.0 + power)


@kernel
def is_in_field(azimuth_rad, elevation_rad, middle_rad, half_width_rad, low_rad, high_rad):
    """Return whether a direction lies in a field of regard."""
    off = (azimuth_rad - middle_rad + math.pi) % (2.0 * math.pi) - math.pi
    return abs(off) <= half_width_rad and low_rad <= elevation_rad <= high_rad


@kernel
def look(
    vehicles, frames, where, numbers, times_s, sites, middles_rad, keys, sizes_m, rain, eye, key,
    ground, out, level,
):  # fmt: skip
    """Fill out (n, 4) with range, azimuth, elevation and its own error, and level (n,).

    ``vehicles``, ``frames`` (n,) and ``where`` (n, 6) are candidates; ``sites`` (F, SITE) or
    (1, SITE); ``middles_rad`` (F,) where it faces; ``sizes_m`` (V,); ``rain`` (n,) is the further
    extinction on the way times its length.  Ranges are true where there is no range finder.
    """
    for i in range(vehicles.shape[0]):
        level[i] = NOT_SEEN
        vehicle, frame = vehicles[i], frames[i]
        site = sites[min(frame, sites.shape[0] - 1)]
        range_m, azimuth_rad, elevation_rad = direction(site, where[i, 0], where[i, 1], where[i, 2])
        if range_m < 1.0 or not is_in_field(
            azimuth_rad,
            elevation_rad,
            middles_rad[frame],
            eye.half_width_rad,
            eye.low_rad,
            eye.high_rad,
        ):
            continue
        extinction_pm = eye.extinction_pm + rain[i] / range_m
        cycles = cycles_on_target(
            sizes_m[vehicle], range_m, eye.pixel_rad, eye.contrast, extinction_pm, eye.needed
        )
        whose = keys[vehicle]
        luck = below_normal(drift(key, whose, times_s[frame], eye.memory_s, SEEING)[0])
        if luck >= task_probability(cycles, eye.detect):
            continue
        if not is_clear(ground, site, where[i, 0], where[i, 1], where[i, 2], eye.radius_m):
            continue
        level[i] = DETECTED
        if luck < task_probability(cycles, eye.recognise):
            level[i] = RECOGNISED
        if luck < task_probability(cycles, eye.identify):
            level[i] = IDENTIFIED
        across, up = normals(key, whose, numbers[frame], ANGLE_ERROR)
        along, _ = normals(key, whose, numbers[frame], RANGE_ERROR)
        out[i, 0] = range_m + eye.range_sigma_m * along
        out[i, 1] = azimuth_rad + eye.sigma_rad / max(math.cos(elevation_rad), 0.05) * across
        out[i, 2] = elevation_rad + eye.sigma_rad * up
        out[i, 3] = eye.sigma_rad / max(math.cos(elevation_rad), 0.05)
