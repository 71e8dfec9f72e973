"""Kernels of one target's path: the tracker's filter along plots that are known to be its own.

What a step needs on the way back (smoothing_kernels) is kept with each node.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.tracking import (
    lifecycle_kernels,
    motion_kernels,
    tracker_kernels,
    update_kernels,
)
from jointsky.tracking.layout_kernels import (
    BEARING,
    BODY,
    G_BEND,
    G_FLAT,
    G_GATE,
    G_SPEED_SIGMA,
    G_SWITCHING,
    G_TURN_ACCELERATION,
    I_WILD,
    MANOEUVRE,
    MODELS,
    P_AXES,
    P_GEOMETRY,
    P_SENSOR,
    P_SIGMA,
    P_VAR_1,
    P_VAR_RATE,
    P_VAR_VELOCITY,
    P_X,
    S_ORIGIN,
    TURN,
    WEIGHT,
)
from jointsky.tracking.measurement_kernels import measure, take_rows

STRAY = 2.0  # gates: the tracker took the plot, which an identity may have spoken for
MOST_REFUSED = 2  # plots in a row that fit no model; the next is taken all the same
LEAST = 1e-300
# What is kept of a node beside its models: heights in a row that did not fit, plots refused
C_WILD, C_REFUSED = 0, 1
COUNTS = 2


@bare
def begin(b, q, i, reach_m, world, bench):
    """Fill a node's models (M, 36) from a first plot; a bearing's is ``reach_m`` away, about.

    The speed is not known yet: the turn's rate is sought as for what speed there may be.
    """
    sensors, _, _, settings, usual, _ = world
    sensor = sensors[i[P_SENSOR]]
    place = bench.place
    sigma = math.sqrt(q[P_VAR_1])
    for k in range(3):
        place[k] = q[P_X + k]
    if i[P_GEOMETRY] == BEARING:
        given = 0.0
        for k in range(3):
            given += (place[k] - sensor[S_ORIGIN + k]) ** 2
        given = math.sqrt(given)
        for k in range(3):
            origin = sensor[S_ORIGIN + k]
            place[k] = origin + (place[k] - origin) * reach_m / given
        sigma = 0.5 * reach_m
    first = b[MANOEUVRE]
    lifecycle_kernels.first_model(
        first, q, i[P_GEOMETRY], sensor, place, sigma, settings, bench.matrix, bench.d
    )
    lifecycle_kernels.first_models(b, usual, settings[G_TURN_ACCELERATION])
    speed2 = first[17] + first[22] + first[28]
    for k in range(3, 6):
        speed2 += first[k] * first[k]
    slowest2 = motion_kernels.SLOWEST_MPS * motion_kernels.SLOWEST_MPS
    rate = settings[G_TURN_ACCELERATION] / math.sqrt(max(speed2, slowest2))
    b[TURN, 35] = min(rate, motion_kernels.FASTEST_TURN_RADPS) ** 2


@bare
def aim(b, q, i, after, dt, world, turn):
    """Turn a first velocity, of which nothing is known, to where the second plot lies.

    A first step that may lead anywhere cannot be linearised there.  Where the two plots are too
    close to tell a velocity, it stays near nought; a measured range rate stays as it is.
    """
    if i[P_GEOMETRY] == BEARING or q[P_VAR_VELOCITY] > 0.0:
        return
    sensors, _, _, settings, _, _ = world
    speed2 = settings[G_SPEED_SIGMA] * settings[G_SPEED_SIGMA]
    unsure2 = (q[P_SIGMA] * q[P_SIGMA] + after[P_SIGMA] * after[P_SIGMA]) / (dt * dt)
    share = speed2 / (speed2 + unsure2) / dt
    along = 0.0
    for k in range(3):
        along += (after[P_X + k] - q[P_X + k]) * q[P_AXES + 6 + k]
    outward = 0.0
    reach2 = 0.0
    for k in range(3):
        level = after[P_X + k] - q[P_X + k] - along * q[P_AXES + 6 + k]
        turn[k] = level * share - b[MANOEUVRE, 3 + k]
        away = q[P_X + k] - sensors[i[P_SENSOR], S_ORIGIN + k]
        outward += turn[k] * away
        reach2 += away * away
    keep = outward / max(reach2, 1.0) if q[P_VAR_RATE] > 0.0 else 0.0
    for k in range(3):
        away = q[P_X + k] - sensors[i[P_SENSOR], S_ORIGIN + k]
        for m in range(MODELS):
            b[m, 3 + k] += turn[k] - keep * away


@bare
def step(before, up, dt, world, bench, mixed, out, turn):
    """Fill ``mixed`` (M, 36) with where each model starts and ``out`` with where it leads.

    ``turn`` (49,) becomes the derivative of the turn's motion.
    """
    _, _, models, settings, usual, _ = world
    common = bench.common
    stay = math.exp(-dt * settings[G_SWITCHING])
    motion_kernels.mix(before, stay, usual, settings[G_TURN_ACCELERATION], common, mixed)
    motion_kernels.rest_slow(mixed)
    for m in range(MODELS):
        never = not mixed[m, WEIGHT] > 0.0
        for k in range(BODY):
            out[m, k] = mixed[m, k]
            if never and k != WEIGHT:
                out[m, k] = common[k]
        if out[m, WEIGHT] > 0.0:
            motion_kernels.predict(out[m], m, dt, models, up, bench.scratch)
    for k in range(turn.shape[0]):
        turn[k] = bench.scratch[k]


@bare
def take_plot(b, q, i, up, counts, world, bench):
    """Give a node's models one plot; one that fits none of them is refused, twice in a row."""
    sensors, _, _, settings, _, _ = world
    work = bench.models[0]
    logs = bench.logs[0]
    nearest = math.inf
    best = -math.inf
    limit = 0.0
    wild = True
    for m in range(MODELS):
        if b[m, WEIGHT] <= 0.0:
            continue
        for k in range(BODY):
            work[m, k] = b[m, k]
        sensor = sensors[i[P_SENSOR]]
        rows, m_wild = measure(work[m], q, i[P_GEOMETRY], sensor, 0.0, settings[G_BEND], bench.rows)
        if rows == 0:
            return
        distance2, log_density = take_rows(work[m], bench.rows, rows, b[m], m == TURN, up, bench.d)
        wild = wild and m_wild
        limit = settings[G_GATE + rows]
        nearest = min(nearest, distance2)
        logs[m] = log_density + math.log(b[m, WEIGHT])
        best = max(best, logs[m])
    if nearest > STRAY * limit and counts[C_REFUSED] < MOST_REFUSED:
        counts[C_REFUSED] += 1
        return
    counts[C_REFUSED] = 0
    for m in range(MODELS):
        if b[m, WEIGHT] <= 0.0:
            continue
        for k in range(BODY):
            b[m, k] = work[m, k]
        b[m, WEIGHT] = max(math.exp(logs[m] - best), LEAST)
    normalise(b)
    update_kernels.keep_weights(b)
    bench.ints[I_WILD] = counts[C_WILD]
    update_kernels.question_height(bench.ints, up, wild, b, settings)
    counts[C_WILD] = bench.ints[I_WILD]


@bare
def normalise(b):
    """Bring the weights of models to a sum of one."""
    total = 0.0
    for m in range(MODELS):
        total += b[m, WEIGHT]
    for m in range(MODELS):
        b[m, WEIGHT] /= total


@bare
def upright(b, settings, bench, up):
    """Fill ``up`` (3,) with the vertical where a node's models lie."""
    motion_kernels.combine(b, bench.mean, bench.packed)
    x = bench.mean
    lifecycle_kernels.vertical(settings[G_FLAT] > 0.0, x[0], x[1], x[2], up)


@bare_kernel
def filter_nodes(plots, nodes, begin_at, reach_m, world, bench):
    """Run the filter along a track: fill its nodes from ``begin_at`` on.

    ``plots`` is (floats, ints) by time; ``nodes`` is (times (N,), first plot of each (N + 1,),
    models (N, M, 36), the same as they set out, as they arrived (of the turn, with its derivative
    (N, 49)), verticals (N, 3), counts (N, 2)).  A node without a plot is a prediction.
    """
    times, first, bodies, mixed, ahead, turns, ups, counts = nodes
    settings = world[3]
    for n in range(begin_at, times.shape[0]):
        b = bodies[n]
        up = ups[n]
        p = first[n]
        if n == 0:
            counts[n, C_WILD] = 0
            counts[n, C_REFUSED] = 0
            begin(b, plots[0][p], plots[1][p], reach_m, world, bench)
            if times.shape[0] > 1 and first[1] < first[2]:
                dt = times[1] - times[0]
                aim(b, plots[0][p], plots[1][p], plots[0][first[1]], dt, world, bench.place)
            upright(b, settings, bench, up)
            p += 1
        else:
            for k in range(COUNTS):
                counts[n, k] = counts[n - 1, k]
            for k in range(3):
                up[k] = ups[n - 1, k]
            dt = times[n] - times[n - 1]
            step(bodies[n - 1], up, dt, world, bench, mixed[n], ahead[n], turns[n])
            for m in range(MODELS):
                for k in range(BODY):
                    b[m, k] = ahead[n, m, k]
                if b[m, WEIGHT] > 0.0:
                    tracker_kernels.hold_height(b[m], up, settings, bench.d, bench.place)
        while p < first[n + 1]:
            take_plot(b, plots[0][p], plots[1][p], up, counts[n], world, bench)
            p += 1
        upright(b, settings, bench, up)
