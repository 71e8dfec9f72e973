"""Kernels behind broadcasts.py: when vehicles send, what of it is received, what it says."""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic
from jointsky.earth.motion_kernels import row_at, state
from jointsky.numeric.random_kernels import unit
from jointsky.sensors.drawing_kernels import below_normal, bits, drift, normals, uniform
from jointsky.sensors.measuring_kernels import PURPOSE_ALTIMETER
from jointsky.sensors.sight_kernels import (
    HEIGHT,
    SITE,
    distance,
    fastest,
    ground_height,
    is_clear,
    is_over_horizon,
    place_aboard,
    steepest,
)

SENDING, RECEIVING, PLACE_ERROR, HEIGHT_ERROR, SPEED_ERROR, QUALITY, LATE = range(16, 23)
(O_TIME, O_LATITUDE, O_LONGITUDE, O_HEIGHT, O_PRESSURE, O_EAST, O_NORTH, O_UP,
 O_SIGMA, O_HEIGHT_SIGMA, O_GROUND, COLUMNS) = range(12)  # fmt: skip
_ON_GROUND_M, _STANDS_MPS, _STANDING_EVERY = 8.0, 0.5, 10
_FOOT_M, _KNOT_MPS = 0.3048, 1852.0 / 3600.0


@kernel
def send_times(block, whose, sky, mean_s, jitter_s, offset_s, times):
    """Fill times (n,), n even, with those at which a vehicle sends in one block of n mean_s.

    Each interval is uniform within ``mean_s`` plus or minus ``jitter_s``.  Those of the second half
    of a block are the complements of those of the first, so that a block lasts n mean_s and any one
    can be reached without stepping from the first.
    """
    half = times.shape[0] // 2
    now_s = block * (times.shape[0] * mean_s) + offset_s
    for part in range(2):
        for i in range(0, half, 4):
            four = bits(sky, whose, block * half + i, SENDING)
            for k in range(min(4, half - i)):
                times[part * half + i + k] = now_s
                off_s = jitter_s * (2.0 * unit(four[k]) - 1.0)
                now_s += mean_s + (off_s if part == 0 else -off_s)


@kernel
def reception_probability(range_m, half_m, fading_db):
    """Return the share received: the margin 20 log10(R50 / r) against normal fading in decibels.

    At R50: 0.5; at R50 / 2 with 4 dB: 0.9339.
    """
    return below_normal(20.0 * math.log10(half_m / max(range_m, 1.0)) / fading_db)


@kernel
def clear_probability(senders, hearing):
    """Return the chance that no other message overlaps: exp(-sum of rate times both lengths).

    Unslotted ALOHA (Abramson 1970); each sender sends extended squitters (120 us) at 6.2 a second,
    the most that DO-260B lets it, and one acquisition squitter (64 us); other messages have 64 us.
    ``hearing`` is a Hearing.  100 senders, 1,000 others: 0.7038.
    """
    if hearing.other_per_s < 0.0:
        return hearing.free_share
    overlaps = senders * (6.2 * 240e-6 + 1.0 * 184e-6) + hearing.other_per_s * 184e-6
    return math.exp(-overlaps) * hearing.free_share


@inner
def whole_of_block(pieces, vehicle, begin_s, end_s):
    """Return a speed and a rate of climb not passed where a vehicle flies all the time between.

    Both infinite where it is nowhere for a part of it.
    """
    row = row_at(pieces, vehicle, begin_s)
    if row < 0:
        return math.inf, math.inf
    reaches_mps, rises_mps = fastest(pieces, row), steepest(pieces, row)
    while pieces.end_s[row] < end_s:
        row += 1
        if row >= pieces.first[vehicle + 1] or pieces.begin_s[row] > pieces.end_s[row - 1]:
            return math.inf, math.inf
        reaches_mps = max(reaches_mps, fastest(pieces, row))
        rises_mps = max(rises_mps, steepest(pieces, row))
    return reaches_mps, rises_mps


@inner
def is_out_of_sight(pieces, vehicle, middle_s, lasts_s, site, hearing):
    """Return whether a receiver on the ground cannot hear a vehicle all through a block."""
    half_s = 0.5 * lasts_s
    reaches_mps, rises_mps = whole_of_block(pieces, vehicle, middle_s - half_s, middle_s + half_s)
    if not reaches_mps < math.inf:
        return False
    x_m, y_m, z_m, _, _, _ = state(pieces, row_at(pieces, vehicle, middle_s), middle_s)
    nearest_m = distance(site, x_m, y_m, z_m) - reaches_mps * half_s
    # a second more, for what rounding may take from the block
    highest_m = ecef_to_geodetic(x_m, y_m, z_m)[2] + rises_mps * (half_s + 1.0)
    return nearest_m - reaches_mps > hearing.reach_m or not is_over_horizon(
        nearest_m - reaches_mps, site[HEIGHT], highest_m, hearing.radius_m
    )


@kernel
def count_senders(pieces, listed, at_s, site, carrier, reach_m, radius_m, own):
    """Return how many of the listed vehicles a receiver may hear at a time."""
    if carrier >= 0:
        if math.isnan(place_aboard(pieces, carrier, at_s, own)):
            return 0
    else:
        for k in range(SITE):
            own[k] = site[k]
    count = 0
    for vehicle in listed:
        row = row_at(pieces, vehicle, at_s)
        if row < 0 or vehicle == carrier:
            continue
        x_m, y_m, z_m, _, _, _ = state(pieces, row, at_s)
        far_m = distance(own, x_m, y_m, z_m)
        if far_m <= reach_m and is_over_horizon(
            far_m, own[HEIGHT], ecef_to_geodetic(x_m, y_m, z_m)[2], radius_m
        ):
            count += 1
    return count


@kernel
def longitude_zones(latitude_rad):
    """Return the number of longitude zones of an even position (DO-260B, A.1.7.2.d)."""
    cosine = math.cos(latitude_rad)
    inside = 1.0 - (1.0 - math.cos(math.pi / 30.0)) / (cosine * cosine)
    return max(math.floor(2.0 * math.pi / math.acos(inside)), 1.0) if inside > -1.0 else 1.0


@inner
def told(pieces, vehicle, whose, sky, number, time_s, saying, sigmas, ground, row_out):
    """Fill one row with what a vehicle says of itself at a time; return whether it says anything.

    ``sigmas`` are those of its place (one axis), height and speed (one axis); ``saying`` a Saying.
    """
    late_s = saying.late_most_s * uniform(sky, whose, 0, LATE)
    row = row_at(pieces, vehicle, time_s - late_s)
    if row < 0:
        return False
    x_m, y_m, z_m, vx_mps, vy_mps, vz_mps = state(pieces, row, time_s - late_s)
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(x_m, y_m, z_m)
    axes = east_north_up(latitude_rad, longitude_rad)
    east_mps = axes[0][0] * vx_mps + axes[0][1] * vy_mps + axes[0][2] * vz_mps
    north_mps = axes[1][0] * vx_mps + axes[1][1] * vy_mps + axes[1][2] * vz_mps
    up_mps = axes[2][0] * vx_mps + axes[2][1] * vy_mps + axes[2][2] * vz_mps
    on_ground = (
        saying.has_surface
        and height_m - ground_height(ground, latitude_rad, longitude_rad) < _ON_GROUND_M
        and abs(up_mps) < _STANDS_MPS
    )
    stands = on_ground and math.hypot(east_mps, north_mps) < _STANDS_MPS
    if stands and number % _STANDING_EVERY:
        return False  # a standing aircraft sends once in 5 s
    east, north = drift(sky, whose, time_s, saying.memory_s, PLACE_ERROR)
    up, _ = drift(sky, whose, time_s, saying.memory_s, HEIGHT_ERROR)
    instrument, _ = normals(sky, whose, 0, PURPOSE_ALTIMETER)  # as its answers to radars
    first, second = normals(sky, whose, number, SPEED_ERROR)
    # first order on the ellipsoid's radii of curvature (Torge 2001, 4.1.3) is 1e-9 of a metre
    sine = math.sin(latitude_rad)
    narrow = math.sqrt(1.0 - 0.006_694_379_990_14 * sine * sine)
    across_m = 6_378_137.0 / narrow + height_m
    along_m = 6_378_137.0 * (1.0 - 0.006_694_379_990_14) / narrow**3 + height_m
    latitude_rad += sigmas[0] * north / along_m
    longitude_rad += sigmas[0] * east / (across_m * math.cos(latitude_rad))
    fine = 4.0 if on_ground else 1.0
    step_rad = saying.place_step_rad / fine
    zones = longitude_zones(latitude_rad) if saying.is_zoned else 60.0
    wide_rad = step_rad * 60.0 / zones
    row_out[O_TIME] = time_s
    row_out[O_LATITUDE] = step_rad * math.floor(latitude_rad / step_rad + 0.5)
    row_out[O_LONGITUDE] = wide_rad * math.floor(longitude_rad / wide_rad + 0.5)
    step_m, speed_step = saying.height_step_m, saying.speed_step_mps
    told_m = height_m + sigmas[1] * up
    row_out[O_HEIGHT] = math.nan if on_ground else step_m * math.floor(told_m / step_m + 0.5)
    baro_m = height_m + saying.pressure_sigma_m * instrument
    row_out[O_PRESSURE] = math.nan if on_ground else step_m * math.floor(baro_m / step_m + 0.5)
    east_mps, north_mps = east_mps + sigmas[2] * first, north_mps + sigmas[2] * second
    row_out[O_EAST] = speed_step * math.floor(east_mps / speed_step + 0.5)
    row_out[O_NORTH] = speed_step * math.floor(north_mps / speed_step + 0.5)
    up_step = saying.climb_step_mps
    row_out[O_UP] = math.nan if on_ground else up_step * math.floor(up_mps / up_step + 0.5)
    row_out[O_SIGMA], row_out[O_HEIGHT_SIGMA] = sigmas[0], sigmas[1]
    row_out[O_GROUND] = 1.0 if on_ground else 0.0
    return True


@inner
def category(shares, luck):
    """Return the first entry whose cumulated share passes a number in [0, 1)."""
    for k in range(shares.shape[0] - 1):
        if luck < shares[k]:
            return k
    return shares.shape[0] - 1


@kernel
def receive(
    pieces, listed, keys, site, carrier, key, sky, hearing, saying, shares, sigmas, blocks,
    senders, slots, ground, start, work, out, who,
):  # fmt: skip
    """Fill out (n, COLUMNS) and who (n,) with reports; return (vehicle to go on with, rows filled).

    ``blocks`` = (first, end) of blocks, ``senders`` (end - first,) heard in each; ``slots`` =
    (first, end, length in seconds): at most one report of a vehicle in each.  ``work`` = (send
    times of one block, own place).  ``shares``, ``sigmas`` (K,), (K, 3): how well vehicles know
    where they are.
    """
    times, own = work
    filled, most = 0, int(slots[1] - slots[0])
    if carrier < 0:
        for k in range(SITE):
            own[k] = site[k]
    count, slot_s = times.shape[0], slots[2]
    for turn in range(start, listed.shape[0]):
        if filled + most > out.shape[0]:
            return turn, filled
        vehicle = listed[turn]
        if vehicle == carrier:
            continue
        whose = keys[vehicle]
        offset_s = saying.mean_s * uniform(sky, whose, 0, SENDING)
        sigma = sigmas[category(shares, uniform(sky, whose, 0, QUALITY))]
        last_slot = slots[0] - 1
        for block in range(blocks[0], blocks[1]):
            lasts_s = count * saying.mean_s
            middle_s = (block + 0.5) * lasts_s + offset_s
            if carrier < 0 and is_out_of_sight(pieces, vehicle, middle_s, lasts_s, site, hearing):
                continue
            is_free = clear_probability(senders[block - blocks[0]], hearing)
            send_times(block, whose, sky, saying.mean_s, saying.jitter_s, offset_s, times)
            for i in range(count):
                slot = math.floor(times[i] / slot_s)
                if slot == last_slot or slot < slots[0] or slot >= slots[1]:
                    continue
                number = block * count + i
                luck = uniform(key, whose, number, RECEIVING)
                if luck >= is_free:
                    continue
                row = row_at(pieces, vehicle, times[i])
                if row < 0:
                    continue
                x_m, y_m, z_m, _, _, _ = state(pieces, row, times[i])
                if carrier >= 0 and math.isnan(place_aboard(pieces, carrier, times[i], own)):
                    continue
                range_m = distance(own, x_m, y_m, z_m)
                if range_m > hearing.reach_m:
                    continue
                chance = reception_probability(range_m, hearing.half_m, hearing.fading_db)
                if luck >= chance * is_free:
                    continue
                if not is_clear(ground, own, x_m, y_m, z_m, hearing.radius_m):
                    continue
                if told(
                    pieces,
                    vehicle,
                    whose,
                    sky,
                    number,
                    times[i],
                    saying,
                    sigma,
                    ground,
                    out[filled],
                ):
                    who[filled] = vehicle
                    filled += 1
                    last_slot = slot
    return listed.shape[0], filled
