"""Kernels of the scan: every look of a radar at every vehicle, and what comes back from it.

Vehicles are looked at one after another, turn by turn; turns in which one is too far away, or
below the horizon, are passed over by the dozen.  What is drawn hangs on key, vehicle and turn only.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, bare_kernel, inlined
from jointsky.earth.geodesy_kernels import ecef_to_geodetic
from jointsky.earth.motion_kernels import state
from jointsky.numeric.random_kernels import philox, unit
from jointsky.sensors.beam_kernels import met, nose_rad, row_near, seen_from
from jointsky.sensors.detection_kernels import credited
from jointsky.sensors.strength_kernels import (
    apparent_rad,
    echo_db,
    ground_loss_db,
    height_of,
    horizon_m,
    jamming_to_noise,
    polar_of,
    sensor_height,
)

PURPOSE_DROPPED, PURPOSE_ECHO, PURPOSE_REPLY = 2, 3, 4
MODE_A, MODE_C, MODE_S, MILITARY = 1, 2, 4, 32  # as in records.vehicles.Transponder
F_TIME, F_RANGE, F_AZIMUTH, F_ELEVATION, F_RATE, F_SNR, F_HEIGHT = 0, 1, 2, 3, 4, 5, 6
I_TURN, I_VEHICLE, I_PASS, I_PRIMARY, I_REPLY = 0, 1, 2, 3, 4
FLOATS, INTS = 7, 5
_NOTHING_DB = -300.0
_HIDDEN_DB = 60.0  # so much one way, and nothing is left
_REPLY_MARGIN_DB = 6.1  # a link with transponders has this to spare: to grazing an edge
_FASTER = 1.01
_EDGE_RAD = 1e-9
_HIGHEST_ARC_M = 6.41e6  # no less than the radii of curvature of the ellipsoid


@inlined
def drawn(key0, key1, a, turn, purpose, b):
    """Return four words that belong to a key, a vehicle or number, a turn and a purpose."""
    return philox(key0, key1, np.uint64(a), np.uint64(turn), np.uint64(purpose), np.uint64(b))


@bare
def span(pieces, vehicle, begin_s, end_s):
    """Return the first and last row of a vehicle that hold anywhere in a time; (0, -1): none."""
    low, high = pieces.first[vehicle], pieces.first[vehicle + 1]
    a, b = low, high
    while a < b:  # the first row that ends at begin_s or later
        middle = (a + b) // 2
        if pieces.end_s[middle] < begin_s:
            a = middle + 1
        else:
            b = middle
    first, b = a, high
    while a < b:  # the first row that begins after end_s
        middle = (a + b) // 2
        if pieces.begin_s[middle] <= end_s:
            a = middle + 1
        else:
            b = middle
    return (first, a - 1) if first < a else (0, -1)


@bare
def bounds_of_piece(pieces, row):
    """Return a speed and a height that a vehicle does not exceed on one piece."""
    t = pieces.end_s[row] - pieces.begin_s[row]
    terms = pieces.terms
    if pieces.piece[row] == 1:
        speed = bend = 0.0
        for k in range(3):
            speed += (
                abs(terms[row, 1, k])
                + 2.0 * t * abs(terms[row, 2, k])
                + 3.0 * t * t * abs(terms[row, 3, k])
            ) ** 2
            bend += (2.0 * abs(terms[row, 2, k]) + 6.0 * t * abs(terms[row, 3, k])) ** 2
        height = -1e9
        for end in (0.0, t):
            x, y, z, _, _, _ = state(pieces, row, pieces.begin_s[row] + end)
            height = max(height, ecef_to_geodetic(x, y, z)[2])
        return math.sqrt(speed), height + 0.125 * t * t * (math.sqrt(bend) + speed / 6.3e6)
    rate = max(
        abs(pieces.rate_radps[row]),
        abs(pieces.rate_radps[row] + t * pieces.acceleration_radps2[row]),
    )
    climb0 = pieces.climb_mps[row]
    climb1 = climb0 + t * pieces.climb_acceleration_mps2[row]
    height = pieces.height_m[row]
    highest = max(height, height + 0.5 * t * (climb0 + climb1))
    if climb0 > 0.0 > climb1:
        highest = height + 0.5 * climb0 * climb0 / -pieces.climb_acceleration_mps2[row]
    across = rate * (_HIGHEST_ARC_M + max(highest, 0.0))
    return math.hypot(across, max(abs(climb0), abs(climb1))), highest


@bare
def jump_after(pieces, row):
    """Return how far the end of a piece is from the beginning of the next, in metres."""
    gap = 0.0
    for k in range(2):
        time_s = pieces.end_s[row] if k == 0 else pieces.begin_s[row + 1]
        x, y, z, _, _, _ = state(pieces, row + k, time_s)
        if k == 0:
            ax, ay, az = x, y, z
        else:
            gap = math.sqrt((ax - x) ** 2 + (ay - y) ** 2 + (az - z) ** 2)
    return gap


@bare
def bounds(pieces, first, last):
    """Return a speed and a height that a vehicle does not exceed on rows first to last.

    A jump or a gap between two pieces counts as the speed that it takes.
    """
    fastest, highest = 0.0, -1e9
    for row in range(first, last + 1):
        speed, height = bounds_of_piece(pieces, row)
        fastest, highest = max(fastest, speed), max(highest, height)
        if row < last:
            jump = jump_after(pieces, row)
            if jump > 1.0:
                gap_s = max(pieces.begin_s[row + 1] - pieces.end_s[row], 1e-3)
                fastest = max(fastest, jump / gap_s)
    return _FASTER * fastest, highest


@inlined
def turns_passed_over(scan, first, fastest_mps, reach_m):
    """Return in how many turns from this one on the target cannot come within reach."""
    e, n, u = first[0], first[1], first[2]
    beyond_m = math.sqrt(e * e + n * n + u * u) - reach_m
    if not beyond_m > fastest_mps * scan.period_s:
        return 0
    return int(min(beyond_m / (fastest_mps * scan.period_s + 1e-9), 1e6))


@inlined
def is_covered(scan, reach, polar, range_end_m):
    """Return whether a target is between a radar's ranges, elevations and edges in azimuth.

    Azimuth as of ``scan``: aboard, from the nose if the beams turn with it.
    """
    range_m, azimuth_rad, elevation_rad, _ = polar
    if range_m < reach.min_range_m or range_m > range_end_m:
        return False
    at_rad = apparent_rad(elevation_rad, range_m)
    if at_rad < reach.low_rad or at_rad > reach.high_rad:
        return False
    if scan.half_rad > 4.0:
        return True
    off = azimuth_rad - scan.middle_rad
    return (
        abs(off - 2.0 * math.pi * math.floor(off / (2.0 * math.pi) + 0.5))
        <= scan.half_rad + _EDGE_RAD
    )


@inlined
def look(scan, reach, targets, around, pieces, at, seen, key):
    """Return whether a target gives an echo and a reply, its polar place, signal and height.

    ``at`` is vehicle, row, turn, pass, time, azimuth and the nose that the beams turn with.
    """
    vehicle, row, turn, pass_, time_s, azimuth_rad, ahead_rad = at
    polar = polar_of(seen, azimuth_rad)
    by_nose = (polar[0], azimuth_rad - ahead_rad, polar[2], polar[3])
    range_m = polar[0]
    answers = targets.answers[vehicle] & (MODE_A | MODE_C | MODE_S) != 0
    end_m = max(reach.max_range_m, reach.reply_range_m if answers else 0.0)
    nothing = (False, False, polar, _NOTHING_DB, 0.0)
    if not is_covered(scan, reach, by_nose, end_m):
        return nothing
    heights = (sensor_height(scan, pieces, time_s), height_of(pieces, row, time_s))
    hidden_db = ground_loss_db(scan, around, pieces, row, seen, polar[1], heights, time_s)
    if not hidden_db < _HIDDEN_DB:
        return nothing
    is_echo, is_reply, ratio_db = False, False, _NOTHING_DB
    if range_m <= reach.max_range_m and not math.isnan(targets.nose_db[vehicle]):
        ratio_db, other = echo_db(scan, reach, targets, vehicle, seen, by_nose, heights, time_s)
        ratio_db -= 2.0 * hidden_db
        if around.jammer.shape[0] > 0:
            other += jamming_to_noise(scan, reach, around, pieces, polar[1], heights[0], time_s)
        if other > 0.0:  # rain and jamming are noise: N (1 + C / N + J / N)
            ratio_db -= 10.0 * math.log10(1.0 + other)
        chance = credited(reach.curve, targets.swerling[vehicle], ratio_db)
        bits = drawn(key[0], key[1], targets.key[vehicle], turn, PURPOSE_ECHO, pass_)
        is_echo = unit(bits[0]) < chance
    if answers and range_m <= reach.reply_range_m and hidden_db <= _REPLY_MARGIN_DB:
        bits = drawn(key[0], key[1], targets.key[vehicle], turn, PURPOSE_REPLY, pass_)
        is_reply = unit(bits[0]) < reach.reply_probability
    return is_echo, is_reply, polar, ratio_db, heights[1]


@inlined
def is_dropped(reach, turn, key):
    """Return whether a turn is lost as a whole."""
    if reach.dropped_turns <= 0.0:
        return False
    return unit(drawn(key[0], key[1], 0, turn, PURPOSE_DROPPED, 0)[0]) < reach.dropped_turns


@inlined
def put(out_floats, out_ints, n, at, found):
    """Write what came back of one look into row n."""
    is_echo, is_reply, polar, ratio_db, height_m = found
    vehicle, _, turn, pass_, time_s, _, _ = at
    out_floats[n, F_TIME] = time_s
    out_floats[n, F_RANGE] = polar[0]
    out_floats[n, F_AZIMUTH] = polar[1]
    out_floats[n, F_ELEVATION] = polar[2]
    out_floats[n, F_RATE] = polar[3]
    out_floats[n, F_SNR] = ratio_db
    out_floats[n, F_HEIGHT] = height_m
    out_ints[n, I_TURN] = turn
    out_ints[n, I_VEHICLE] = vehicle
    out_ints[n, I_PASS] = pass_
    out_ints[n, I_PRIMARY] = is_echo
    out_ints[n, I_REPLY] = is_reply


@inlined
def turn_of(scan, reach, targets, around, pieces, vehicle, turn, hints, key, out, n):
    """Look at a vehicle in one turn; return the rows written so far and the turn to go on with."""
    low, high = pieces.first[vehicle], pieces.first[vehicle + 1] - 1
    row, fastest_mps, reach_m = hints
    begin_s = min(max(turn * scan.period_s + scan.begin_s, pieces.begin_s[low]), pieces.end_s[high])
    row = row_near(pieces, low, high, row, begin_s)
    first = seen_from(scan, pieces, row, begin_s)
    if math.isnan(first[0]):  # the vehicle that carries the radar is nowhere
        return n, turn + 1, row
    passed = turns_passed_over(scan, first, fastest_mps, reach_m)
    if passed > 0:
        return n, turn + passed, row
    if is_dropped(reach, turn, key):
        return n, turn + 1, row
    from_rad = math.atan2(first[0], first[1])
    ahead_rad = nose_rad(scan, pieces, turn)
    for pass_ in range(2):
        time_s, at_row, at_rad, seen = met(
            scan, turn, pieces, low, high, row, first, from_rad, ahead_rad, pass_
        )
        if time_s >= pieces.begin_s[at_row] and time_s <= pieces.end_s[at_row]:
            at = (vehicle, at_row, turn, pass_, time_s, at_rad, ahead_rad)
            found = look(scan, reach, targets, around, pieces, at, seen, key)
            if found[0] or found[1]:
                put(out[0], out[1], n, at, found)
                n += 1
    return n, turn + 1, row


@bare
def fastest_carrier(scan, pieces, begin_s, end_s):
    """Return a speed and a height that the sensor itself does not exceed in a time."""
    if scan.carrier < 0:
        return 0.0, scan.height_m
    first, last = span(pieces, scan.carrier, begin_s, end_s)
    return bounds(pieces, first, last)


@bare_kernel
def scan_all(scan, reach, targets, around, pieces, turns, key, resume, out):
    """Write what comes back from all vehicles in turns [first, end); return where to go on.

    ``turns`` are the first turn and the one after the last, ``key`` two words, ``out`` arrays
    (n, FLOATS) and (n, INTS), ``resume`` the vehicle and turn to begin with.  Returns the number
    of rows written and the vehicle and turn to resume with: one after the last when all is done.
    """
    begin_s = turns[0] * scan.period_s + scan.begin_s
    end_s = turns[1] * scan.period_s + scan.begin_s
    own_mps, own_m = fastest_carrier(scan, pieces, begin_s, end_s)
    n, room = 0, out[0].shape[0] - 2
    farthest_m = max(reach.max_range_m, reach.reply_range_m)
    for vehicle in range(resume[0], targets.key.shape[0]):
        first, last = span(pieces, vehicle, begin_s, end_s)
        if last < first or vehicle == scan.carrier:
            continue
        fastest_mps, highest_m = bounds(pieces, first, last)
        reach_m = min(farthest_m, horizon_m(own_m) + horizon_m(highest_m))
        turn = turns[0]
        if vehicle == resume[0]:
            turn = max(turn, resume[1])
        lives_s = (pieces.begin_s[first] - scan.begin_s) / scan.period_s
        turn = max(turn, math.floor(lives_s) - 1)
        lives_s = (pieces.end_s[last] - scan.begin_s) / scan.period_s
        end = min(turns[1], math.floor(lives_s) + 2)
        row = first
        while turn < end:
            if n > room:
                return n, vehicle, turn
            hints = (row, fastest_mps + own_mps, reach_m)
            n, turn, row = turn_of(
                scan, reach, targets, around, pieces, vehicle, turn, hints, key, out, n
            )
    return n, targets.key.shape[0], turns[0]
