"""Kernels of the tracker: the loop over batches, and the picture at one time.

Each batch: tracks near its plots are predicted once, every likely pair is filtered and gets its
odds against leaving both alone, association gives each pair a probability, tracks take their
plots, plots that no track explains begin tracks (Williams, IEEE T-AES 51(3), 2015).  In between,
looks that brought nothing are accounted for.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, bare_kernel
from jointsky.tracking import (
    gating_kernels,
    house_kernels,
    lifecycle_kernels,
    looks_kernels,
    motion_kernels,
    rows_kernels,
    update_kernels,
)
from jointsky.tracking.association_kernels import associate
from jointsky.tracking.layout_kernels import (
    BEARING,
    BODY,
    CONFIRMED,
    G_BEND,
    G_COAST_S,
    G_FLAT,
    G_GATE,
    G_HEIGHT,
    G_HEIGHT_SIGMA,
    G_METHOD,
    G_SIGMAS,
    G_STEP_S,
    G_TURN_ACCELERATION,
    G_WORST_PSD,
    I_MODE_A,
    I_MODE_S,
    I_STATUS,
    K_HOUSEKEPT,
    K_REACH,
    L_HIT,
    MANOEUVRE,
    MODELS,
    N_BATCH,
    N_LIVE,
    N_STEPS,
    P_CELL,
    P_GEOMETRY,
    P_MODE_A,
    P_MODE_S,
    P_SENSOR,
    P_SIGMA,
    P_SLACK,
    P_TIME,
    POLAR,
    QUIET,
    S_PERIOD,
    T_EXISTENCE,
    T_SEEN,
    T_TIME,
    T_TURN_S,
    T_UP,
    TURN,
    WEIGHT,
)
from jointsky.tracking.measurement_kernels import take, take_place

CONFIRMED_STATUS, COASTED_STATUS = 1, 2
DONE, NO_ROOM_FOR_PAIRS, NO_ROOM_FOR_PICTURES = 0, 1, 2


@bare
def hold_height(b, up, settings, d):
    """Keep the height of a target that nobody measures it of within what is possible at all."""
    u0, u1, u2 = up[0], up[1], up[2]
    variance = (
        u0 * (b[8] * u0 + 2.0 * (b[9] * u1 + b[11] * u2))
        + u1 * (b[10] * u1 + 2.0 * b[12] * u2)
        + b[13] * u2 * u2
    )
    limit = settings[G_HEIGHT_SIGMA] * settings[G_HEIGHT_SIGMA]
    if variance > 1.5 * limit:
        height = lifecycle_kernels.vertical(settings[G_FLAT] > 0.0, b[0], b[1], b[2], up)
        for k in range(7):
            d[k] = 0.0
        take_place(b, d, up[0], up[1], up[2], settings[G_HEIGHT] - height, 3.0 * limit, True)
        for k in range(7):
            b[k] += d[k]


@bare
def switching_over(dt, table, step_s, out):
    """Fill ``out`` (M, M) with P(model j after dt | model i before), between the table's steps."""
    last = table.shape[0] - 1
    place = dt / step_s
    k = int(place)
    share = place - k
    if k >= last:
        k = last - 1
        share = 1.0
    for i in range(MODELS):
        for j in range(MODELS):
            out[i, j] = (1.0 - share) * table[k, i, j] + share * table[k + 1, i, j]


@bare
def predict_track(track, before, to_s, world, bench, out):
    """Fill ``out`` (M, 36) with a track's models at ``to_s``, not before its own time."""
    _, _, models, settings, switching, _, _ = world
    dt = to_s - track[T_TIME]
    if dt <= 0.0:
        for m in range(MODELS):
            for k in range(BODY):
                out[m, k] = before[m, k]
        return
    up = track[T_UP : T_UP + 3]
    if before[QUIET, WEIGHT] == 0.0:  # one plot so far: one model
        for m in range(MODELS):
            out[m, WEIGHT] = 0.0
        for k in range(BODY):
            out[MANOEUVRE, k] = before[MANOEUVRE, k]
    else:
        switching_over(dt, switching, settings[G_STEP_S], bench.switching)
        motion_kernels.mix(
            before, bench.switching, settings[G_TURN_ACCELERATION], bench.spread, bench.shifts, out
        )
        motion_kernels.rest_slow(out)
    for m in range(MODELS):
        if out[m, WEIGHT] > 0.0:
            motion_kernels.predict(out[m], m, dt, models, up, bench.scratch)
            hold_height(out[m], up, settings, bench.d)


@bare
def open_slot(book, t, at_s, world, bench, slot):
    """Predict a track to ``at_s`` once for the whole batch, into a slot of the bench."""
    floats, _, _, bodies, _, _, _ = book
    bench.slot_of[t] = slot
    bench.slot_track[slot] = t
    bench.slot_time[slot] = max(at_s, floats[t, T_TIME])
    bench.slot_first[slot] = -1
    predict_track(floats[t], bodies[t], bench.slot_time[slot], world, bench, bench.slot_body[slot])


@bare
def weigh(q, i, book, t, slot, world, bench, pair, log_other):
    """Filter a slot's models with a plot into a pair's row; return its log odds, -inf: never."""
    floats, ints, looks, _, _, counters, _ = book
    sensors, cells, _, settings, _, _, _ = world
    s = i[P_SENSOR]
    geometry = i[P_GEOMETRY]
    since = q[P_TIME] - looks[t, s, L_HIT]
    if (geometry in (POLAR, BEARING)) and since < 0.45 * sensors[s, S_PERIOD]:
        return -math.inf  # its beam has met this track in this turn already
    identity = gating_kernels.identity_log_ratio(
        ints[t, I_MODE_S], ints[t, I_MODE_A], i[P_MODE_S], i[P_MODE_A]
    )
    if identity == -math.inf:
        return identity
    dt = q[P_TIME] - bench.slot_time[slot]
    bodies = bench.slot_body[slot]
    nearest = math.inf
    best = -math.inf
    limit = 0.0
    wild = True
    for m in range(MODELS):  # a manoeuvre is near to its own model, not to the mixture
        b = bench.pair_body[pair, m]
        for k in range(BODY):
            b[k] = bodies[m, k]
        bench.logs[pair, m] = -math.inf
        if b[WEIGHT] <= 0.0:
            continue
        distance2, log_density, rows, m_wild = take(
            b, q, geometry, sensors[s], dt, settings[G_BEND], m == TURN, bench.d
        )
        if rows == 0:
            return -math.inf
        counters[N_STEPS] += 1
        wild = wild and m_wild
        limit = settings[G_GATE + rows]
        nearest = min(nearest, distance2)
        log_density += math.log(b[WEIGHT])
        bench.logs[pair, m] = log_density
        best = max(best, log_density)
    if nearest > limit:
        return -math.inf
    total = 0.0
    for m in range(MODELS):
        if bodies[m, WEIGHT] > 0.0:
            total += math.exp(bench.logs[pair, m] - best)
    log_all = best + math.log(total)
    bench.log_all[pair] = log_all
    bench.wild[pair] = wild
    seen = floats[t, T_EXISTENCE] * looks_kernels.detection_at(sensors, cells, s, i[P_CELL])
    return math.log(seen / (1.0 - seen)) + log_all - log_other + identity


@bare
def find_pairs(members, plots, book, world, bench):
    """Fill the bench with every likely plot and track of a batch; return pairs and slots used.

    Returns -1 pairs where the bench has no room for them all.
    """
    plot_floats, plot_ints = plots
    floats, ints, _, _, heads, counters, clocks = book
    sensors, cells, _, settings, _, _, _ = world
    used = 0
    slots = 0
    for k in range(members.shape[0]):
        q = plot_floats[members[k]]
        i = plot_ints[members[k]]
        wide = max(clocks[K_REACH], gating_kernels.CELL_M) + q[P_SLACK] + q[P_SIGMA]
        if i[P_GEOMETRY] == BEARING:
            count = gating_kernels.along_bearing(
                floats, ints, counters[N_LIVE], q, sensors[i[P_SENSOR]], settings, bench.found
            )
        else:
            count = gating_kernels.near(
                floats,
                ints,
                heads,
                q,
                min(wide, gating_kernels.FARTHEST_M),
                settings[G_SIGMAS],
                settings[G_WORST_PSD],
                bench.found,
            )
        bench.false[k] = looks_kernels.false_density(q, i, sensors, cells)
        bench.fresh[k] = looks_kernels.target_density(q, settings)
        log_other = math.log(bench.false[k] + bench.fresh[k])
        for f in range(count):
            if used == bench.gain.shape[0] or slots == bench.slot_time.shape[0]:
                return -1, slots
            t = bench.found[f]
            if bench.slot_of[t] < 0:
                open_slot(book, t, q[P_TIME], world, bench, slots)
                slots += 1
            slot = bench.slot_of[t]
            gain = weigh(q, i, book, t, slot, world, bench, used, log_other)
            if gain == -math.inf:
                continue
            bench.pair_plot[used] = k
            bench.pair_slot[used] = slot
            bench.gain[used] = gain
            bench.pair_next[used] = bench.slot_first[slot]
            bench.slot_first[slot] = used
            used += 1
    return used, slots


@bare_kernel
def run(plots, order, start, first, shots, book, world, bench, out, shot_out):
    """Work through batches from ``first`` on; return where it stopped and what it wrote.

    ``plots`` is (floats, ints); ``order[start[b]:start[b + 1]]`` are the plots of batch b;
    ``book`` is (track floats, ints, looks, bodies, grid heads, counters, clocks), ``world``
    (sensors, cells, models, settings, switching, usual weights, plane of the map).  ``shots`` is
    (batches, times, made): a picture at a time goes to ``shot_out`` before its batch.  Stops early
    where there is no room.  Returns the next batch, result rows, plots that found a track, picture
    rows, and why it stopped.
    """
    _, _, _, _, _, counters, clocks = book
    written = np.int64(0)  # a bare 0 is a type of its own to numba: it would compile twice
    taken = np.int64(0)
    pictured = np.int64(0)
    shot = shots[2][0]
    for b in range(first, start.shape[0] - 1):
        while shot < shots[0].shape[0] and shots[0][shot] <= b:
            if pictured + counters[N_LIVE] > shot_out[0].shape[0]:
                return b, written, taken, pictured, NO_ROOM_FOR_PICTURES
            pictured = shoot(book, world, bench, shots[1][shot], shot_out, pictured)
            shot += 1
            shots[2][0] = shot
        members = order[start[b] : start[b + 1]]
        now = plots[0][members[-1], P_TIME]
        if now - clocks[K_HOUSEKEPT] > house_kernels.HOUSEKEEPING_S:
            written = house_kernels.keep_house(book, world, now, bench, out, written)
            clocks[K_HOUSEKEPT] = now
        pairs, slots = find_pairs(members, plots, book, world, bench)
        for slot in range(slots):
            bench.slot_of[bench.slot_track[slot]] = -1
        if pairs < 0:
            return b, written, taken, pictured, NO_ROOM_FOR_PAIRS
        counters[N_BATCH] += 1
        method = np.int64(world[3][G_METHOD])
        associate(
            method,
            members.shape[0],
            slots,
            pairs,
            bench.pair_plot,
            bench.pair_slot,
            bench.gain,
            bench.work_int,
            bench.work_float,
            bench.beta,
            bench.alone,
            bench.unexplained,
        )
        for slot in range(slots):
            if bench.slot_first[slot] >= 0:
                more, hit = update_kernels.update_slot(
                    slot, members, plots, now, book, world, bench, out, written
                )
                written += more
                taken += hit
        update_kernels.begin_leftovers(members, plots, book, world, bench)
    while shot < shots[0].shape[0]:
        if pictured + counters[N_LIVE] > shot_out[0].shape[0]:
            return start.shape[0] - 1, written, taken, pictured, NO_ROOM_FOR_PICTURES
        pictured = shoot(book, world, bench, shots[1][shot], shot_out, pictured)
        shot += 1
        shots[2][0] = shot
    return start.shape[0] - 1, written, taken, pictured, DONE


@bare
def shoot(book, world, bench, to_s, out, n):
    """Write every confirmed track as it is expected at ``to_s``; return the rows written."""
    floats, ints, looks, bodies, _, counters, _ = book
    settings = world[3]
    for t in range(counters[N_LIVE]):
        if ints[t, I_STATUS] != CONFIRMED:
            continue
        age = to_s - floats[t, T_SEEN]
        turn = floats[t, T_TURN_S]
        if age > max(settings[G_COAST_S], 4.0 * turn):
            continue
        predict_track(floats[t], bodies[t], to_s, world, bench, bench.merged)
        motion_kernels.combine(bench.merged, bench.mean, bench.packed)
        status = np.int64(COASTED_STATUS if age > 1.6 * turn else CONFIRMED_STATUS)
        rows_kernels.write(
            floats[t],
            ints[t],
            looks[t],
            max(to_s, floats[t, T_TIME]),
            to_s,
            bench.mean,
            bench.packed,
            bench.merged,
            status,
            np.int64(-1),
            out,
            n,
        )
        n += 1
    return n


@bare_kernel
def picture(book, world, bench, to_s, out):
    """Write every confirmed track as it is expected at ``to_s``; return how many there are."""
    return shoot(book, world, bench, to_s, out, np.int64(0))
