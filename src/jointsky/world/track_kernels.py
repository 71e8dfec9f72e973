"""Kernels behind track.py: legs and turns of a route as arcs on the sphere of verticals.

Unit vectors; radians on the sphere; seconds from the beginning of the flight.  The columns of a
waypoint and of an arc are numbered here and made and read by track.py.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel

# Columns of a waypoint: the vertical there (3 columns), radius of the sphere with the height on
# it, speed there (0: it stops), speed on the leg to it, radius of its turn on the ground, wait,
# full circles.
RADIUS, SPEED, LEG_SPEED, TURN, WAIT, CIRCLES, WAYPOINT_COLUMNS = 3, 4, 5, 6, 7, 8, 9
# Columns of an arc: begin, duration, three vectors, rate, acceleration; room for 17 columns.
BEGIN, LASTS, TERMS, RATE, ACCELERATION, ARC_COLUMNS = 0, 1, 2, 11, 12, 13
# Faults of a leg.
SAME_PLACE, TOO_SHORT, TOO_FAST, TURNS_BACK = 1, 2, 3, 4
_NO_TURN_RAD = 1e-9


@inner
def cross(ax, ay, az, bx, by, bz):
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx


@inner
def pole_of(ax, ay, az, bx, by, bz):
    """Return the unit axis of the great circle from a to b and the angle between them."""
    px, py, pz = cross(ax, ay, az, bx, by, bz)
    sine = math.sqrt(px * px + py * py + pz * pz)
    angle = math.atan2(sine, ax * bx + ay * by + az * bz)
    if sine > 0.0:
        px, py, pz = px / sine, py / sine, pz / sine
    return px, py, pz, angle


@inner
def put(arcs, row, begin, lasts, t0, t1, t2, rate, acceleration):
    """Write an arc unless it takes no time; return the number of rows written."""
    if lasts <= 0.0:
        return row
    arcs[row, BEGIN], arcs[row, LASTS] = begin, lasts
    for k in range(3):
        arcs[row, TERMS + k], arcs[row, TERMS + 3 + k] = t0[k], t1[k]
        arcs[row, TERMS + 6 + k] = t2[k]
    arcs[row, RATE], arcs[row, ACCELERATION] = rate, acceleration
    return row + 1


@inner
def lead_of(turn_rad, radius_rad):
    """Return how far before a waypoint its turn begins; infinite where the turn is too wide.

    The circle touches both great circles: sin(lead) = tan(radius) tan(turn / 2), Napier's rule
    for the right-angled triangle of waypoint, point of touch and centre (Todhunter 1886, art. 62).
    """  # 90° on a small circle: lead = radius
    if turn_rad < _NO_TURN_RAD:
        return 0.0
    sine = math.tan(radius_rad) * math.tan(0.5 * turn_rad)
    return math.asin(sine) if sine < 1.0 else math.inf


@kernel
def measure(waypoints, legs):
    """Fill legs (W, 6): the axis of the leg to each waypoint, its angle, the turn there, its lead.

    The turn is positive to the right; a stop has none.
    """
    count = waypoints.shape[0]
    for i in range(1, count):
        a, b = waypoints[i - 1], waypoints[i]
        px, py, pz, angle = pole_of(a[0], a[1], a[2], b[0], b[1], b[2])
        legs[i, 0], legs[i, 1], legs[i, 2], legs[i, 3] = px, py, pz, angle
    for i in range(1, count - 1):
        p, q, n = legs[i], legs[i + 1], waypoints[i]
        if n[WAIT] >= 0.0 or p[3] == 0.0 or q[3] == 0.0:
            continue
        tx, ty, tz = cross(p[0], p[1], p[2], q[0], q[1], q[2])
        left = tx * n[0] + ty * n[1] + tz * n[2]  # axes turn as courses do, left about n
        turn = math.atan2(-left, p[0] * q[0] + p[1] * q[1] + p[2] * q[2])
        legs[i, 4] = turn
        legs[i, 5] = lead_of(abs(turn), n[TURN] / n[RADIUS])


@inner
def along(n, pole, angle):
    """Return the point at an angle from n along a great circle, and the direction there."""
    c, s = math.cos(angle), math.sin(angle)
    ux, uy, uz = cross(pole[0], pole[1], pole[2], n[0], n[1], n[2])
    return (
        (c * n[0] + s * ux, c * n[1] + s * uy, c * n[2] + s * uz),
        (c * ux - s * n[0], c * uy - s * n[1], c * uz - s * n[2]),
    )


@inner
def turn_arc(arcs, row, begin, waypoint, point, ahead, turn, lead):
    """Write the arc of a turn with its full circles; return rows and its end."""
    radius = waypoint[TURN] / waypoint[RADIUS]
    side = 1.0 if turn >= 0.0 else -1.0
    # tan(half the angle about the centre) = tan(lead) / sin(radius), the same triangle
    sweep = 2.0 * math.atan2(math.tan(lead), math.sin(radius))
    sweep += 2.0 * math.pi * waypoint[CIRCLES]
    if sweep <= 0.0:
        return row, begin
    c, s = math.cos(radius), math.sin(radius)
    rx, ry, rz = cross(ahead[0], ahead[1], ahead[2], point[0], point[1], point[2])
    t0 = (
        c * (c * point[0] + s * side * rx),
        c * (c * point[1] + s * side * ry),
        c * (c * point[2] + s * side * rz),
    )
    t1 = (point[0] - t0[0], point[1] - t0[1], point[2] - t0[2])
    t2 = (s * ahead[0], s * ahead[1], s * ahead[2])
    rate = waypoint[SPEED] / waypoint[RADIUS] / s
    row = put(arcs, row, begin, sweep / rate, t0, t1, t2, rate, 0.0)
    return row, begin + sweep / rate


@inner
def speeds_of_leg(a, b, straight, acceleration_mps2):
    """Return rates at the begin, after speeding up, before slowing down and at the end; or a fault.

    Angles a second.  The leg's own speed is reached if there is room; its neighbours' must be.
    """
    v0, v1, cruise = a[SPEED], b[SPEED], b[LEG_SPEED]
    room = acceleration_mps2 * straight * a[RADIUS]
    peak = math.sqrt(room + 0.5 * (v0 * v0 + v1 * v1))  # up and down at once
    needs = abs(v1 * v1 - v0 * v0) / (2.0 * acceleration_mps2 * a[RADIUS])
    is_fast = needs > straight * (1.0 + 1e-9) + 1e-12
    cruise = max(min(cruise, peak), v0, v1)
    return (
        v0 / a[RADIUS],
        cruise / a[RADIUS],
        cruise / b[RADIUS],
        v1 / b[RADIUS],
        needs,
        is_fast,
    )


@inner
def straight_arcs(arcs, row, begin, a, b, pole, after, straight, acceleration_mps2):
    """Write up to three arcs along a leg: speeding up, even speed, slowing down."""
    w0, wa, wb, w1, needs, is_fast = speeds_of_leg(a, b, straight, acceleration_mps2)
    if is_fast:
        return row, begin, needs
    up = (wa * wa - w0 * w0) * a[RADIUS] / (2.0 * acceleration_mps2)
    down = (wb * wb - w1 * w1) * b[RADIUS] / (2.0 * acceleration_mps2)
    even = straight - up - down
    if even < 0.0:  # the spheres at both ends differ by a little
        up, down, even = up + 0.5 * even, down + 0.5 * even, 0.0
        if up < 0.0 or down < 0.0:
            up, down = max(up, 0.0) + min(down, 0.0), max(down, 0.0) + min(up, 0.0)
    none = (0.0, 0.0, 0.0)
    done = 0.0
    for part in range(3):
        length, v, w = (
            (up, w0, wa) if part == 0 else (even, wa, wb) if part == 1 else (down, wb, w1)
        )
        if length <= 0.0 or v + w <= 0.0:
            continue
        point, ahead = along(a, pole, after + done)
        lasts = 2.0 * length / (v + w)
        row = put(arcs, row, begin, lasts, none, point, ahead, v, (w - v) / lasts)
        begin += lasts
        done += length
    return row, begin, -1.0


@kernel
def fly(waypoints, legs, acceleration_mps2, rises_s, arcs, passes, faults):
    """Fill arcs (n, 13), the times of arrival and leaving (W, 2), faults (W, 3); return n.

    ``rises_s`` (W,) is what a vertical leg to a waypoint takes.  Rows of ``faults`` are a code,
    the angle needed and the angle there is.
    """
    count = waypoints.shape[0]
    row, time = 0, 0.0
    for i in range(count):
        a, is_stop = waypoints[i], waypoints[i, WAIT] >= 0.0
        if i > 0:
            if legs[i, 3] == 0.0:
                row, time = stand(arcs, row, time, a, rises_s[i])
                if not (is_stop and waypoints[i - 1, WAIT] >= 0.0):
                    faults[i, 0] = SAME_PLACE
            else:
                before, lead = legs[i - 1, 5], legs[i, 5]
                straight = legs[i, 3] - before - lead
                if lead == math.inf:
                    faults[i, 0], faults[i, 2] = TURNS_BACK, legs[i, 3]
                    continue
                if before == math.inf:
                    continue  # told at the waypoint before
                if straight < -1e-12:
                    faults[i, 0], faults[i, 1], faults[i, 2] = TOO_SHORT, before + lead, legs[i, 3]
                    continue
                row, time, needs = straight_arcs(
                    arcs,
                    row,
                    time,
                    waypoints[i - 1],
                    a,
                    legs[i],
                    before,
                    straight,
                    acceleration_mps2,
                )
                if needs >= 0.0:
                    faults[i, 0], faults[i, 1], faults[i, 2] = TOO_FAST, needs, straight
        passes[i, 0] = time
        if is_stop:
            row, time = stand(arcs, row, time, a, a[WAIT])
        elif (i > 0 and legs[i, 4] != 0.0) or a[CIRCLES] > 0.0:
            leg = legs[i] if i > 0 else legs[1]
            point, ahead = along(a, leg, -legs[i, 5])
            row, end = turn_arc(arcs, row, time, a, point, ahead, legs[i, 4], legs[i, 5])
            passes[i, 0] = 0.5 * (time + end)
            time = end
        passes[i, 1] = max(passes[i, 0], time) if is_stop else passes[i, 0]
    return row


@inner
def stand(arcs, row, time, waypoint, lasts):
    """Write a piece that stays where it is."""
    here, none = (waypoint[0], waypoint[1], waypoint[2]), (0.0, 0.0, 0.0)
    row = put(arcs, row, time, lasts, here, none, none, 0.0, 0.0)
    return row, time + max(lasts, 0.0)
