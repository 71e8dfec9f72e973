"""Kernels of registration: Friedland's separate-bias filter over the plots of common targets.

A target's filter knows nothing of biases; beside its state x it carries how that state moves with
each bias, V = dx/db, so that with the biases b (taken about those that were taken off the plots)
the target is at x + V b.  Its innovations are then r = S b + white noise, S = H V + dz/db, and
what they tell of b adds up over plots and targets: sum S' S / s and S' r / s (Friedland 1969,
IEEE T-AC 14(4); Ignagni 1990, IEEE T-AC 35(3)).

Columns of b for one target: 3 that all targets share (offset and slope of pressure altitudes, mean
age of sent positions), then 4 for each of its slots (range, azimuth, elevation, clock); a slot is
one radar.  Metres, radians, seconds.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.tracking.layout_kernels import (
    COV,
    GEODETIC,
    P_AXES,
    P_GEOMETRY,
    P_PRESSURE,
    P_RANGE,
    P_SENSOR,
    P_TIME,
    P_VAR_1,
    P_VAR_2,
    P_VAR_3,
    P_VAR_HEIGHT,
    P_X,
    POLAR,
    WEIGHT,
)
from jointsky.tracking.measurement_kernels import measure

# Position 3, velocity 3; what is wrong with one target: how old the positions are that it sends of
# itself (s), by how much they are off 3 (which wanders), by how much its altimeter is (m); and its
# turn rate about the vertical (rad/s)
STATES = 12
LATE, OFF, ALTIMETER, TURN = 6, 7, 10, 11
MOVING = 6
SLOTS = 8  # radars of one target
SHARED = 3  # columns that all targets share: offset, slope, age
OFFSET, SLOPE, AGE = 0, 1, 2
PARTS = 4  # columns of a slot
COLUMNS = SHARED + PARTS * SLOTS
CLOCK = 3
NOT_BEGUN, SENDER = -2, -1  # anchors; else the slot whose clock the target's time is by
LONGEST_S = 60.0  # a target that nothing updated for so long begins anew

# Knowledge of a target before its first plot
WIDE = 20.0  # errors of a plot, about that plot
HEIGHT_M, HEIGHT_SIGMA_M = 5000.0, 4000.0
VELOCITY_SIGMA_MPS, CLIMB_SIGMA_MPS = 50.0, 30.0
TURN_SIGMA = 0.05  # rad/s: 1 g at 200 m/s

USED, GATED, DISTANCE, ROWS_TAKEN = 0, 1, 2, 3  # tallies of a plot: 0 or 1, squared sigmas, rows
TALLIES = 4

# Facts: squared gate, 1 / (2 earth radius), variance of a pressure altitude, spread of how old
# sent positions are, of how far they are off (m), of altimeters (m), and how long it takes until
# positions are off by something else (s)
GATE, BEND, PRESSURE_VAR, LATENCY, SENT_SIGMA, ALTIMETER_SIGMA, SENT_MEMORY = 0, 1, 2, 3, 4, 5, 6
FACTS = 7
# Densities of noise of acceleration across and up, m2/s3, and of the turn rate, rad2/s3
ACROSS, UP, TURNING = 0, 1, 2
NOISES = 3


@bare
def as_body(x, p, body):
    """Write position, velocity and their covariance as the tracker's measurement wants them."""
    for i in range(6):
        body[i] = x[i]
    body[6] = 0.0
    body[WEIGHT] = 1.0
    k = COV
    for i in range(MOVING + 1):
        for j in range(i + 1):
            body[k] = p[i, j] if i < MOVING else 0.0
            k += 1


@bare
def begin(q, geometry, velocity, facts, x, p, v):
    """Begin a target at a plot: next to nothing is known but where that is, and no bias in it."""
    for i in range(STATES):
        for j in range(STATES):
            p[i, j] = 0.0
        for j in range(v.shape[1]):
            v[i, j] = 0.0
    sigma = math.sqrt(q[P_VAR_1])
    if geometry == POLAR:
        sigma = max(sigma, q[P_RANGE] * math.sqrt(q[P_VAR_2]))
    across = (WIDE * sigma) ** 2
    up = HEIGHT_SIGMA_M**2
    for i in range(3):
        x[i] = q[P_X + i]
        x[3 + i] = velocity[i]
        for j in range(3):
            u = q[P_AXES + 6 + i] * q[P_AXES + 6 + j]
            level = (1.0 if i == j else 0.0) - u
            p[i, j] = across * level + up * u
            p[3 + i, 3 + j] = VELOCITY_SIGMA_MPS**2 * level + CLIMB_SIGMA_MPS**2 * u
    for i in range(MOVING, STATES):
        x[i] = 0.0
    p[LATE, LATE] = facts[LATENCY] ** 2
    for i in range(3):
        p[OFF + i, OFF + i] = facts[SENT_SIGMA] ** 2
    p[ALTIMETER, ALTIMETER] = facts[ALTIMETER_SIGMA] ** 2
    p[TURN, TURN] = TURN_SIGMA**2


@bare
def fill_step(x, dt, up, step):
    """Fill ``step`` (7, 7): how place, velocity and turn rate move on by ``dt``, and move them.

    A turn about the vertical at constant rate and speed, climbing on (Bar-Shalom, Li, Kirubarajan
    2001, 11.7): the level velocity is turned, the place is its integral.
    """
    rate = x[TURN]
    angle = rate * dt
    sine, cosine = math.sin(angle), math.cos(angle)
    small = abs(angle) < 1e-4
    far = dt if small else sine / rate
    off = 0.5 * angle * dt if small else (1.0 - cosine) / rate
    far_rate = -angle * dt * dt / 3.0  # how they change with the rate, to second order
    off_rate = 0.5 * dt * dt - angle * angle * dt * dt / 8.0
    climb = x[3] * up[0] + x[4] * up[1] + x[5] * up[2]
    for i in range(7):
        for j in range(7):
            step[i, j] = 1.0 if i == j else 0.0
    for i in range(3):
        a, b = (i + 1) % 3, (i + 2) % 3
        level = x[3 + i] - climb * up[i]
        across = up[a] * x[3 + b] - up[b] * x[3 + a]
        for j in range(3):
            u = up[i] * up[j]
            flat = (1.0 if i == j else 0.0) - u
            turned = 0.0 if i == j else (up[a] if j == b else -up[b])
            step[i, 3 + j] = dt * u + far * flat + off * turned
            step[3 + i, 3 + j] = u + cosine * flat + sine * turned
        step[i, 6] = far_rate * level + off_rate * across
        step[3 + i, 6] = dt * (cosine * across - sine * level)


@bare
def predict(x, p, v, columns, dt, noise, up, facts, step, moved):
    """Move a target on by ``dt``: a turn at near-constant rate and speed, level about the earth.

    White noise of the densities ``noise`` on acceleration across, up, and on the turn rate; a
    level flight bends down by v^2/R.  What is wrong with the positions that it sends wanders.
    """
    bend = facts[BEND]
    fill_step(x, dt, up, step)
    climb = x[3] * up[0] + x[4] * up[1] + x[5] * up[2]
    level2 = x[3] * x[3] + x[4] * x[4] + x[5] * x[5] - climb * climb
    down = -2.0 * bend * level2
    for i in range(6):
        moved[i] = 0.0
        for j in range(3):
            moved[i] += step[i, 3 + j] * x[3 + j]
    for i in range(3):
        x[i] += moved[i] + 0.5 * dt * dt * down * up[i]
        x[3 + i] = moved[3 + i] + dt * down * up[i]
    for j in range(columns):
        carry(step, v, j, moved)
    for j in range(STATES):  # p = F p F'
        carry(step, p, j, moved)
    for i in range(STATES):
        carry(step, p[i].reshape(STATES, 1), 0, moved)
    dt = max(dt, 0.0)
    for i in range(3):
        for j in range(3):
            u = up[i] * up[j]
            q = noise[ACROSS] * ((1.0 if i == j else 0.0) - u) + noise[UP] * u
            p[i, j] += q * dt * dt * dt / 3.0
            p[3 + i, j] += q * dt * dt / 2.0
            p[i, 3 + j] += q * dt * dt / 2.0
            p[3 + i, 3 + j] += q * dt
    p[TURN, TURN] += noise[TURNING] * dt
    wander(x, p, v, columns, dt, facts[SENT_SIGMA], facts[SENT_MEMORY])


@bare
def wander(x, p, v, columns, dt, sigma_m, memory_s):
    """Let what sent positions are off by forget: a Gauss-Markov process of the first order."""
    kept = math.exp(-max(dt, 0.0) / memory_s)
    for i in range(OFF, OFF + 3):
        x[i] *= kept
        for j in range(columns):
            v[i, j] *= kept
        for j in range(STATES):
            p[i, j] *= kept
            p[j, i] *= kept
        p[i, i] += (1.0 - kept * kept) * sigma_m * sigma_m


@bare
def carry(step, columns, j, moved):
    """Move one column of what belongs to place, velocity and turn rate on by a step."""
    for i in range(6):
        total = step[i, 6] * columns[TURN, j]
        for k in range(6):
            total += step[i, k] * columns[k, j]
        moved[i] = total
    for i in range(6):
        columns[i, j] = moved[i]


@bare
def sensitivities(q, geometry, slot, anchor, x, rows, n, pressure_var, hb, hx, columns):
    """Fill what each of ``n`` rows feels of the biases, ``hb``, and of the target's state, ``hx``.

    The target's time is that of its anchor: the clock of a radar, or the target's own, by which
    what it sends is late.  So a shift of all clocks at once moves it along its path and no
    innovation, whatever velocity it is thought to have.
    """
    k = 0
    heights = q[P_VAR_HEIGHT] > 0.0
    for r in range(n):
        for j in range(columns):
            hb[r, j] = 0.0
        along = 0.0  # change of the row in a second of flight
        for i in range(6):
            hx[r, i] = rows[r, i]
        for i in range(3):
            along += rows[r, i] * x[3 + i]
        for i in range(MOVING, STATES):
            hx[r, i] = 0.0
        if heights and r == 0:
            if q[P_VAR_HEIGHT] == pressure_var and math.isfinite(q[P_PRESSURE]):
                hb[r, OFFSET] = 1.0
                hb[r, SLOPE] = q[P_PRESSURE]
                hx[r, ALTIMETER] = 1.0
        elif geometry == POLAR and slot >= 0:
            hb[r, SHARED + PARTS * slot + k] = 1.0
            k += 1
        if slot != anchor:
            for who, change in ((slot, -along), (anchor, along)):
                if who >= 0:
                    hb[r, SHARED + PARTS * who + CLOCK] += change
                else:
                    hb[r, AGE] += change
                    hx[r, LATE] += change
        if geometry == GEODETIC and hx[r, ALTIMETER] == 0.0:
            for i in range(3):
                hx[r, OFF + i] = rows[r, i]


@bare
def is_within(rows, n, hb, hx, p, v, bias_cov, columns, gate, s):
    """Return whether each row lies where state and biases, as far as known, let it."""
    for r in range(n):
        variance = rows[r, 7]
        for i in range(STATES):
            if hx[r, i] != 0.0:
                for j in range(STATES):
                    variance += hx[r, i] * p[i, j] * hx[r, j]
        for j in range(columns):
            total = hb[r, j]
            for i in range(STATES):
                total += hx[r, i] * v[i, j]
            s[j] = total
        for j in range(columns):
            total = 0.0
            for i in range(columns):
                total += bias_cov[j, i] * s[i]
            variance += s[j] * total
        if rows[r, 6] * rows[r, 6] > gate * variance:
            return False
    return True


@bare
def take(rows, n, hb, hx, x, p, v, columns, s, g, d, info, vector, tally, counts):
    """Take the rows of one plot into the target, and what they tell of the biases to the sums."""
    for i in range(STATES):
        d[i] = 0.0
    for r in range(n):
        left = rows[r, 6]
        variance = rows[r, 7]
        for i in range(STATES):
            g[i] = 0.0
            for j in range(STATES):
                g[i] += p[i, j] * hx[r, j]
        for i in range(STATES):
            left -= hx[r, i] * d[i]
            variance += hx[r, i] * g[i]
        for j in range(columns):
            total = hb[r, j]
            for i in range(STATES):
                total += hx[r, i] * v[i, j]
            s[j] = total
        inverse = 1.0 / variance
        if counts:
            for j in range(columns):
                if s[j] != 0.0:
                    weight = s[j] * inverse
                    vector[j] += weight * left
                    for i in range(columns):
                        info[j, i] += weight * s[i]
            tally[DISTANCE] += left * left * inverse
            tally[ROWS_TAKEN] += 1.0
        for i in range(STATES):
            gain = g[i] * inverse
            d[i] += gain * left
            for j in range(columns):
                v[i, j] -= gain * s[j]
            for j in range(STATES):
                p[i, j] -= gain * g[j]
    for i in range(STATES):
        x[i] += d[i]


@bare
def bend_range(q, geometry, p, rows):
    """Take off the range row what a place that is not known aside of the line of sight adds.

    A range is longer by e^2 / (2 r) for an error e aside (second-order terms, Bar-Shalom, Li,
    Kirubarajan 2001, 10.3): 5 m at 100 km where a height is known to 1 km.  All ranges of radars
    that see flights whose height nobody measures well would seem too long by that.
    """
    if geometry == POLAR:
        r = 1 if q[P_VAR_HEIGHT] > 0.0 else 0
        aside = p[0, 0] + p[1, 1] + p[2, 2]
        for i in range(3):
            for j in range(3):
                aside -= rows[r, i] * p[i, j] * rows[r, j]
        curve = 0.5 * aside / max(q[P_RANGE], 1.0)
        rows[r, 6] -= curve
        rows[r, 7] = q[P_VAR_1] + 2.0 * curve * curve


@bare
def first_rows(q, geometry, rows, n):
    """Take off the range row of a first plot what measure() adds for a place that is not known."""
    if geometry != POLAR:
        return
    r = 1 if q[P_VAR_HEIGHT] > 0.0 else 0
    rows[r, 7] = q[P_VAR_1]
    if not (q[P_VAR_HEIGHT] > 0.0 or q[P_VAR_3] > 0.0):
        curve = 0.5 * HEIGHT_SIGMA_M**2 / max(q[P_RANGE], 1.0)
        rows[r, 7] += 3.0 * curve * curve


@bare_kernel
def follow(plots, slots, first, noise, targets, world, bench, sums, tallies):
    """Follow targets over their plots; fill what each tells of its biases.

    ``plots`` (floats, ints) are those of target t from ``first[t]`` on, in order of time, from
    radar ``slots`` (P,), -1: sent by the target itself; ``noise`` (T, NOISES): densities of its
    noise.  ``targets``: x (T, STATES), p (T, STATES, STATES),
    v (T, STATES, COLUMNS), time (T,), anchor (T,), columns (T, COLUMNS) of each column among all
    biases or -1, velocity (T, 3) to begin with.  ``world``: sensors, covariance of all biases
    (G, G), and FACTS.  ``sums``, of nought: information (T, COLUMNS, COLUMNS) and vector
    (T, COLUMNS).  ``tallies``, of nought: (P, TALLIES).
    """
    floats, ints = plots
    xs, ps, vs, times, anchors, columns_of, velocities = targets
    sensors, cov, facts = world
    body, rows, hb, hx, s, g, d, local_cov, step, moved = bench
    bend, pressure_var = facts[BEND], facts[PRESSURE_VAR]
    for t in range(first.shape[0] - 1):
        if first[t] == first[t + 1]:
            continue
        columns = SHARED
        for j in range(COLUMNS):
            if columns_of[t, j] >= 0 and j >= columns:
                columns = j + 1
        for j in range(columns):
            for i in range(columns):
                local_cov[j, i] = cov[columns_of[t, j], columns_of[t, i]]
        x, p, v, info, vector = xs[t], ps[t], vs[t], sums[0][t], sums[1][t]
        for k in range(first[t], first[t + 1]):
            q, tally, slot = floats[k], tallies[k], slots[k]
            geometry = ints[k, P_GEOMETRY]
            dt = q[P_TIME] - times[t]
            is_first = anchors[t] == NOT_BEGUN or abs(dt) > LONGEST_S
            if is_first:
                begin(q, geometry, velocities[t], facts, x, p, v)
                anchors[t] = slot
            else:
                up = q[P_AXES + 6 : P_AXES + 9]
                predict(x, p, v, columns, dt, noise[t], up, facts, step, moved)
            times[t] = q[P_TIME]
            as_body(x, p, body)
            n, _ = measure(body, q, geometry, sensors[ints[k, P_SENSOR]], 0.0, bend, rows)
            sensitivities(q, geometry, slot, anchors[t], x, rows, n, pressure_var, hb, hx, columns)
            if is_first:
                first_rows(q, geometry, rows, n)
            else:
                bend_range(q, geometry, p, rows)
            if not is_first and not is_within(
                rows, n, hb, hx, p, v, local_cov, columns, facts[GATE], s
            ):
                tally[GATED] = 1.0
                continue
            tally[USED] = 1.0
            take(rows, n, hb, hx, x, p, v, columns, s, g, d, info, vector, tally, not is_first)


@bare_kernel
def add_up(chosen, columns_of, information, vector, all_information, all_vector):
    """Add what the targets ``chosen`` (C,) told to the sums over all biases (G, G), (G,)."""
    for c in range(chosen.shape[0]):
        t = chosen[c]
        for j in range(COLUMNS):
            a = columns_of[t, j]
            if a >= 0:
                all_vector[a] += vector[t, j]
                for i in range(COLUMNS):
                    b = columns_of[t, i]
                    if b >= 0:
                        all_information[a, b] += information[t, j, i]
