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
    merging_kernels,
    motion_kernels,
    rows_kernels,
    update_kernels,
)
from jointsky.tracking.association_kernels import associate
from jointsky.tracking.layout_kernels import (
    BEARING,
    BODY,
    CONFIRMED,
    FREE,
    G_BEND,
    G_COAST_S,
    G_FLAT,
    G_GATE,
    G_HEIGHT,
    G_HEIGHT_SIGMA,
    G_METHOD,
    G_SHOW,
    G_SWITCHING,
    G_TURN_ACCELERATION,
    I_MODE_A,
    I_MODE_S,
    I_STATUS,
    K_HOUSEKEPT,
    L_HIT,
    MANOEUVRE,
    MODELS,
    N_BATCH,
    N_LIVE,
    N_SPARE,
    N_STEPS,
    P_CELL,
    P_GEOMETRY,
    P_MODE_A,
    P_MODE_S,
    P_RANGE,
    P_SENSOR,
    P_TIME,
    POLAR,
    QUIET,
    R_EXISTENCE,
    S_PERIOD,
    S_RANGE_CELL,
    T_DUE,
    T_EXISTENCE,
    T_SEEN,
    T_TIME,
    T_TURN_S,
    T_UP,
    TURN,
    WEIGHT,
)
from jointsky.tracking.measurement_kernels import (
    as_shares,
    measure,
    take_place,
    take_rows,
    variance_along,
)

CONFIRMED_STATUS, COASTED_STATUS = 1, 2
DONE, NO_ROOM_FOR_PAIRS, NO_ROOM_FOR_PICTURES, NO_ROOM_FOR_TRACKS = 0, 1, 2, 3


@bare
def hold_height(b, up, settings, d, vertical):
    """Keep the height of a target that nobody measures it of within what is possible at all."""
    variance = variance_along(b, up[0], up[1], up[2])
    limit = settings[G_HEIGHT_SIGMA] * settings[G_HEIGHT_SIGMA]
    if variance > 1.5 * limit:
        height = lifecycle_kernels.vertical(settings[G_FLAT] > 0.0, b[0], b[1], b[2], vertical)
        for k in range(7):
            d[k] = 0.0
        take_place(b, d, up[0], up[1], up[2], settings[G_HEIGHT] - height, 3.0 * limit)
        for k in range(7):
            b[k] += d[k]


@bare
def predict_track(track, before, to_s, world, bench, out):
    """Fill ``out`` (M, 36) with a track's models at ``to_s``, not before its own time."""
    _, _, models, settings, usual, _ = world
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
        stay = math.exp(-dt * settings[G_SWITCHING])
        motion_kernels.mix(before, stay, usual, settings[G_TURN_ACCELERATION], bench.common, out)
        motion_kernels.rest_slow(out)
    for m in range(MODELS):
        if out[m, WEIGHT] > 0.0:
            motion_kernels.predict(out[m], m, dt, models, up, bench.scratch)
            hold_height(out[m], up, settings, bench.d, bench.place)


@bare
def open_slot(book, t, at_s, world, bench, slot):
    """Predict a track to ``at_s`` once for the whole batch, into a slot of the bench."""
    floats, _, _, bodies, _, _, _, _ = book
    bench.slot_of[t] = slot
    bench.slot_track[slot] = t
    bench.slot_time[slot] = max(at_s, floats[t, T_TIME])
    bench.slot_alive[slot] = looks_kernels.surviving(floats[t], bench.slot_time[slot], world[3])
    bench.slot_first[slot] = -1
    predicted = bench.slot_body[slot]
    predict_track(floats[t], bodies[t], bench.slot_time[slot], world, bench, predicted)
    best = MANOEUVRE
    for m in range(MODELS):
        if predicted[m, WEIGHT] > predicted[best, WEIGHT]:
            best = m
    bench.slot_best[slot] = best


@bare
def is_far(b, reference, range_m):
    """Return whether a model lies so far from another that its angles differ by over 10 mrad."""
    dx = b[0] - reference[0]
    dy = b[1] - reference[1]
    dz = b[2] - reference[2]
    return dx * dx + dy * dy + dz * dz > 1e-4 * range_m * range_m


@bare
def weigh(q, i, book, t, slot, world, bench, pair, log_other):
    """Filter a slot's models with a plot into a pair's row; return its log odds, -inf: never."""
    floats, ints, looks, _, _, _, counters, _ = book
    sensors, cells, _, settings, _, _ = world
    s = i[P_SENSOR]
    geometry = i[P_GEOMETRY]
    since = q[P_TIME] - looks[t, s, L_HIT]
    by_angle = geometry in (POLAR, BEARING)
    if by_angle and since < 0.45 * sensors[s, S_PERIOD]:
        return -math.inf  # its beam has met this track in this turn already
    identity = gating_kernels.identity_log_ratio(
        ints[t, I_MODE_S], ints[t, I_MODE_A], i[P_MODE_S], i[P_MODE_A]
    )
    if identity == -math.inf:
        return identity
    dt = q[P_TIME] - bench.slot_time[slot]
    bodies = bench.slot_body[slot]
    best = bench.slot_best[slot]
    reference = bodies[best]
    up = floats[t, T_UP : T_UP + 3]
    rows, wild = measure(reference, q, geometry, sensors[s], dt, settings[G_BEND], bench.rows)
    if rows == 0:
        return -math.inf
    limit = settings[G_GATE + rows]
    nearest = math.inf
    highest = -math.inf
    likely = bench.likely[pair]
    for m in range(MODELS):  # a manoeuvre is near to its own model, not to the mixture
        b = bench.pair_body[pair, m]
        for k in range(BODY):
            b[k] = bodies[m, k]
        likely[m] = -math.inf
        if b[WEIGHT] <= 0.0:
            continue
        leans = m == TURN
        if m != best and by_angle and is_far(b, reference, q[P_RANGE]):
            measure(b, q, geometry, sensors[s], dt, settings[G_BEND], bench.own_rows)
            distance2, log_density = take_rows(
                b, bench.own_rows, rows, bodies[m], leans, up, bench.d
            )
        else:
            distance2, log_density = take_rows(b, bench.rows, rows, reference, leans, up, bench.d)
        counters[N_STEPS] += 1
        nearest = min(nearest, distance2)
        log_density += math.log(b[WEIGHT])
        likely[m] = log_density
        highest = max(highest, log_density)
    if nearest > limit + 2.0 * max(identity, 0.0):  # what speaks for the pair counts at the gate
        return -math.inf
    log_all = as_shares(likely, highest)
    bench.wild[pair] = wild
    seen = bench.slot_alive[slot] * looks_kernels.detection_at(sensors, cells, s, i[P_CELL])
    return math.log(seen / (1.0 - seen)) + log_all - log_other + identity


@bare
def find_pairs(members, plots, book, world, bench):
    """Fill the bench with every likely plot and track of a batch; return pairs and slots used.

    Returns -1 pairs where the bench has no room for them all.
    """
    plot_floats, plot_ints = plots
    floats, ints, _, _, links, heads, counters, _ = book
    sensors, cells, _, settings, _, _ = world
    used = np.int64(0)  # a bare 0 is a type of its own to numba: it would compile twice
    slots = np.int64(0)
    for k in range(members.shape[0]):
        q = plot_floats[members[k]]
        i = plot_ints[members[k]]
        if i[P_GEOMETRY] == BEARING:
            count = gating_kernels.along_bearing(
                floats, ints, counters[N_LIVE], q, sensors[i[P_SENSOR]], settings, bench.found
            )
        else:
            count = gating_kernels.near(floats, links, heads, q, settings, bench.found)
        bench.false[k] = looks_kernels.false_density(q, i, sensors, cells)
        bench.fresh[k] = looks_kernels.target_density(q, settings)
        log_other = math.log(bench.false[k] + bench.fresh[k])
        for f in range(count):
            if used == bench.gain.shape[0] or slots == bench.slot_time.shape[0]:
                return np.int64(-1), slots
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
    ``book`` is (track floats, ints, looks, bodies, links, grid heads, counters, clocks), ``world``
    (sensors, cells, models, settings, usual weights, plane of the map).  ``shots`` is
    (batches, times, made, until when all plots are known at each): a picture at a time goes to
    ``shot_out`` before its batch.  Stops early where there is no room.  Returns the next batch,
    result rows, plots that found a track, picture rows, and why it stopped.
    """
    _, _, _, _, _, _, counters, clocks = book
    written = np.int64(0)
    taken = np.int64(0)
    pictured = np.int64(0)
    shot = shots[2][0]
    for b in range(first, start.shape[0] - 1):
        while shot < shots[0].shape[0] and shots[0][shot] <= b:
            if pictured + counters[N_LIVE] > shot_out[0].shape[0]:
                return b, written, taken, pictured, NO_ROOM_FOR_PICTURES
            pictured = shoot(book, world, bench, shots[1][shot], shots[3][shot], shot_out, pictured)
            shot += 1
            shots[2][0] = shot
        members = order[start[b] : start[b + 1]]
        now = plots[0][members[-1], P_TIME]
        if now - clocks[K_HOUSEKEPT] > house_kernels.HOUSEKEEPING_S:
            written = house_kernels.keep_house(book, world, now, bench, out, written)
            clocks[K_HOUSEKEPT] = now
        rows = book[1].shape[0] - counters[N_LIVE] + counters[N_SPARE]
        for k in range(members.shape[0]):
            is_bearing = plots[1][members[k], P_GEOMETRY] == BEARING
            rows -= update_kernels.BEARING_PLACES if is_bearing else 1
        if rows < 0:
            return b, written, taken, pictured, NO_ROOM_FOR_TRACKS
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
        if world[0][plots[1][members[0], P_SENSOR], S_RANGE_CELL] > 0.0:
            merging_kernels.share_merged(members, pairs, plots, book, world, bench)
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
        pictured = shoot(book, world, bench, shots[1][shot], shots[3][shot], shot_out, pictured)
        shot += 1
        shots[2][0] = shot
    return start.shape[0] - 1, written, taken, pictured, DONE


@bare
def existence_at(track, looks, to_s, world, bench):
    """Return a track's existence with all looks accounted for that were due by then."""
    if to_s <= track[T_DUE]:
        return looks_kernels.surviving(track, to_s, world[3])
    sensors, cells, _, settings, _, _ = world
    for k in range(track.shape[0]):
        bench.track[k] = track[k]
    for s in range(looks.shape[0]):
        for k in range(looks.shape[1]):
            bench.looks[s, k] = looks[s, k]
    nobody = np.int64(FREE)  # whose misses are not counted towards the sensors' detection
    looks_kernels.miss_looks(bench.track, nobody, bench.looks, to_s, sensors, cells, settings)
    return bench.track[T_EXISTENCE]


@bare
def shoot(book, world, bench, to_s, known_s, out, n):
    """Write every confirmed track as it is expected at ``to_s``; return the rows written.

    Whether it is still there is judged at ``known_s`` if that is earlier: what was seen since has
    not come yet, so that nothing is missed.
    """
    floats, ints, looks, bodies, _, _, counters, _ = book
    settings = world[3]
    for t in range(counters[N_LIVE]):
        if ints[t, I_STATUS] != CONFIRMED:
            continue
        at_s = min(to_s, known_s)
        age = at_s - floats[t, T_SEEN]
        turn = floats[t, T_TURN_S]
        if age > max(settings[G_COAST_S], 4.0 * turn):
            continue
        existence = existence_at(floats[t], looks[t], at_s, world, bench)
        if existence < settings[G_SHOW]:
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
        out[0][n, R_EXISTENCE] = existence
        n += 1
    return n
