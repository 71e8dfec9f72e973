"""Kernels behind atmosphere.py: losses on one way through air and rain, out and back.

Rays are straight over an earth of 4/3 radius: their height is a parabola over the distance.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel
from jointsky.earth.terrain_kernels import EFFECTIVE_RADIUS_M


@inner
def scaled_erfc(x):
    """Return exp(x²) erfc(x), x not far below 0 (Press et al., Numerical Recipes, 6.2.2: 1.2e-7).

    x = 1: 0.4275836.
    """
    z = abs(x)
    t = 1.0 / (1.0 + 0.5 * z)
    y = -0.82215223 + t * 0.17087277
    y = -1.13520398 + t * (1.48851587 + t * y)
    y = 0.09678418 + t * (-0.18628806 + t * (0.27886807 + t * y))
    y = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * y))
    value = t * math.exp(y)
    return value if x >= 0.0 else 2.0 * math.exp(z * z) - value


@inner
def thin_path_m(low_m, high_m, range_m, scale_m):
    """Return how many metres at sea level take as much as a ray between two heights.

    The integral of exp(-h / scale) along the ray, with ``h = low + a s + b s²`` from its lower end
    (completing the square; Abramowitz and Stegun 7.4.2).
    """
    b = 0.5 / EFFECTIVE_RADIUS_M
    a = (high_m - low_m) / range_m - b * range_m
    root = math.sqrt(b / scale_m)
    begin = 0.5 * a / (scale_m * root)
    end = begin + root * range_m
    if begin < -6.0:  # the ray dips below the ground in between: no path at all
        return range_m
    part = scaled_erfc(begin) - math.exp((low_m - high_m) / scale_m) * scaled_erfc(end)
    return math.exp(-low_m / scale_m) * 0.5 * math.sqrt(math.pi) / root * part


@kernel
def air_loss_db(air, height_m, other_height_m, range_m):
    """Return the two-way loss of clear air between two heights at a slant range."""
    if range_m <= 0.0:
        return 0.0
    low_m, high_m = min(height_m, other_height_m), max(height_m, other_height_m)
    dry_m = thin_path_m(low_m, high_m, range_m, air.dry_height_m)
    wet_m = thin_path_m(low_m, high_m, range_m, air.wet_height_m)
    return max(air.dry_db_per_m * dry_m + air.wet_db_per_m * wet_m, 0.0)


@inner
def _below_top(height_m, target_height_m, ground_m, top_m):
    """Return between which parts of the way (0 to 1) a ray is below a height; an empty span: 0, 0.

    ``h(s) = height + a s + b s²`` is convex, so that it is one span.
    """
    b = 0.5 / EFFECTIVE_RADIUS_M
    a = (target_height_m - height_m) / ground_m - b * ground_m
    under_root = a * a - 4.0 * b * (height_m - top_m)
    if under_root <= 0.0:
        return 0.0, 0.0
    root = math.sqrt(under_root)
    # the two roots without cancellation
    q = -0.5 * (a + math.copysign(root, a))
    first, second = q / b, (height_m - top_m) / q
    low, high = min(first, second) / ground_m, max(first, second) / ground_m
    low, high = max(low, 0.0), min(high, 1.0)
    if low >= high:
        return 0.0, 0.0
    return low, high


@kernel
def rain_loss_db(cells, height_m, east_m, north_m, target_height_m, time_s):
    """Return the two-way loss in rain from an antenna at a height to a target.

    Along each chord through a disc, as far as it lies below the top of the rain.
    """
    loss_db = 0.0
    ground_m = math.hypot(east_m, north_m)
    if ground_m <= 0.0:
        return 0.0
    for c in range(cells.east_m.shape[0]):
        if time_s < cells.begin_s[c] or time_s >= cells.end_s[c]:
            continue
        age_s = time_s - cells.begin_s[c]
        cx = cells.east_m[c] + age_s * cells.ve_mps[c]
        cy = cells.north_m[c] + age_s * cells.vn_mps[c]
        along = (cx * east_m + cy * north_m) / ground_m
        across = (cx * north_m - cy * east_m) / ground_m
        half2 = cells.radius_m[c] ** 2 - across * across
        if half2 <= 0.0:
            continue
        half_m = math.sqrt(half2)
        low, high = _below_top(height_m, target_height_m, ground_m, cells.top_m[c])
        begin = max((along - half_m) / ground_m, low)
        end = min((along + half_m) / ground_m, high)
        if end > begin:
            slant_m = math.hypot(ground_m, target_height_m - height_m)
            loss_db += (end - begin) * slant_m * cells.loss_db_per_m[c]
    return loss_db


@kernel
def rain_rate_mmph(cells, east_m, north_m, height_m, time_s):
    """Return how hard it rains at a point, in mm/h; where cells overlap, the hardest."""
    rate_mmph = 0.0
    for c in range(cells.east_m.shape[0]):
        if time_s < cells.begin_s[c] or time_s >= cells.end_s[c] or height_m > cells.top_m[c]:
            continue
        age_s = time_s - cells.begin_s[c]
        dx = east_m - cells.east_m[c] - age_s * cells.ve_mps[c]
        dy = north_m - cells.north_m[c] - age_s * cells.vn_mps[c]
        if dx * dx + dy * dy <= cells.radius_m[c] ** 2:
            rate_mmph = max(rate_mmph, cells.rate_mmph[c])
    return rate_mmph


@kernel
def each_air_loss_db(air, height_m, other_height_m, range_m, out):
    for i in range(range_m.shape[0]):
        out[i] = air_loss_db(air, height_m[i], other_height_m[i], range_m[i])


@kernel
def each_rain_loss_db(cells, height_m, target_m, time_s, out):
    for i in range(time_s.shape[0]):
        out[i] = rain_loss_db(
            cells, height_m, target_m[i, 0], target_m[i, 1], target_m[i, 2], time_s[i]
        )
