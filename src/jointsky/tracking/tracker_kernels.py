"""Kernels of the tracker: the loop over batches, and the picture at one time.

Each batch: tracks near its plots are predicted once, every likely pair gets a log gain over "this
plot is not this track's", the best assignment is taken, tracks are updated by both models, plots
left over begin tracks.  In between, looks that brought nothing are accounted for.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner, kernel
from jointsky.numeric.assignment_kernels import assign_pairs
from jointsky.tracking import gating_kernels, lifecycle_kernels, motion_kernels
from jointsky.tracking.lifecycle_kernels import CONFIRMED, FREE, TENTATIVE
from jointsky.tracking.measurement_kernels import (
    POLAR,
    ROWS,
    doubt_own_words,
    height_and_up,
    measure,
    take,
)

MODELS = 2
HOUSEKEEPING_S = 0.5
ELEVATIONS_RAD, HEIGHTS_M, RATES_MPS = 0.26, 12000.0, 800.0
CONFIRMED_STATUS, COASTED_STATUS, ENDED_STATUS = 1, 2, 3


@inner
def false_density(plots, i, sensors):
    """Return the density of false plots where plot ``i`` lies, in its measurement space."""
    s = plots.sensor[i]
    volume = sensors.volume[s]
    if plots.third_sigma[i] > 0.0:
        volume *= ELEVATIONS_RAD
    if plots.doppler_sigma[i] > 0.0:
        volume *= RATES_MPS
    if plots.height_sigma[i] > 0.0:
        volume *= HEIGHTS_M
    if plots.velocity_sigma[i] > 0.0:
        volume *= RATES_MPS * RATES_MPS
    return sensors.false_rate[s, plots.identified[i]] / volume, 1.0 / volume


@inner
def predict_track(tracks, t, to_s, settings, is_flat, weights, state, covariance, scratch):
    """Fill mixed and predicted models of a track at ``to_s``, not before its own time."""
    dt = to_s - tracks.time[t]
    if dt > 0.0:
        joint = np.empty((2, 2))
        motion_kernels.switch(
            tracks.weights[t], dt, settings.mean_straight_s, settings.mean_manoeuvre_s, joint
        )
        motion_kernels.mix(joint, tracks.state[t], tracks.covariance[t], weights, state, covariance)
        up = tracks.up[t]
        motion_kernels.predict(
            state[0],
            covariance[0],
            dt,
            settings.quiet_acceleration_psd,
            settings.quiet_climb_psd,
            up,
        )
        motion_kernels.predict(
            state[1],
            covariance[1],
            dt,
            settings.manoeuvre_acceleration_psd,
            settings.manoeuvre_climb_psd,
            up,
        )
        hold_height(state, covariance, up, settings, is_flat, scratch)
    else:
        motion_kernels.copy_models(
            tracks.weights[t], tracks.state[t], tracks.covariance[t], weights, state, covariance
        )


@inner
def hold_height(state, covariance, up, settings, is_flat, rows):
    """Keep the height of a target that nobody measures it of within what is possible at all."""
    limit = settings.unseen_height_sigma_m * settings.unseen_height_sigma_m
    for m in range(MODELS):
        variance = 0.0
        for a in range(3):
            for b in range(3):
                variance += up[a] * up[b] * covariance[m, a, b]
        if variance > 1.5 * limit:
            here = np.empty(3)
            x = state[m]
            height = height_and_up(is_flat, x[0], x[1], x[2], here)
            for a in range(3):
                rows[0, a] = here[a]
                rows[0, a + 3] = 0.0
            rows[0, 6] = settings.unseen_height_m - height
            rows[0, 7] = 3.0 * limit
            take(rows, 1, x, covariance[m])


@inner
def emit(tracks, t, time, mean, covariance, weights, status, now, sensors, plot, out, n):
    """Write one result row."""
    out.time[n] = time
    out.number[n] = tracks.number[t]
    motion_kernels.copy_state(mean, covariance, out.mean[n], out.covariance[n])
    out.manoeuvre[n] = weights[1]
    out.existence[n] = tracks.existence[t]
    out.status[n] = status
    out.plots[n] = tracks.plots[t]
    out.mode_s[n] = tracks.mode_s[t]
    out.mode_a[n] = tracks.mode_a[t]
    out.call_sign[n] = tracks.call_sign[t]
    out.pressure_altitude[n] = tracks.pressure_altitude[t]
    out.plot[n] = plot
    for word in range(out.sensors.shape[1]):
        bits = np.uint64(0)
        for k in range(64):
            s = 64 * word + k
            if s >= sensors.period.shape[0]:
                break
            if now - tracks.last_hit[t, s] < 2.6 * tracks.every[t, s]:
                bits |= np.uint64(1) << np.uint64(k)
        out.sensors[n, word] = bits


@inner
def tell(tracks, t, status, now, sensors, plot, bench, out, written):
    """Write a track's state at its own time as a result row; return the rows written so far."""
    motion_kernels.combine(
        tracks.weights[t], tracks.state[t], tracks.covariance[t], bench.x, bench.p
    )
    emit(
        tracks,
        t,
        tracks.time[t],
        bench.x,
        bench.p,
        tracks.weights[t],
        status,
        now,
        sensors,
        plot,
        out,
        written,
    )
    return written + 1


@inner
def keep_house(book, bench, world, now, out, written):
    """Account for looks that brought nothing, end what has gone, join what is one.

    Returns how far to look for tracks from now on, and the rows written: one for each that ended.
    """
    tracks, heads, counters = book
    sensors, settings, _, _ = world
    for s in range(sensors.period.shape[0]):
        estimate_false_rate(sensors, s, now)
    reach = 0.0
    for t in range(counters.live[0]):
        if tracks.status[t] == FREE:
            continue
        lifecycle_kernels.miss_looks(tracks, t, now, sensors, settings.lost_view_probability)
        turn = lifecycle_kernels.expected_turn(tracks, t, now, sensors)
        age = now - tracks.time[t]
        r = tracks.existence[t]
        if tracks.status[t] == CONFIRMED:
            gone = r < settings.drop_existence or age > max(settings.coast_s, 4.0 * turn)
        else:
            gone = r < 0.15 * tracks.first_existence[t] or r < 1e-4
            patience = (2.4 if tracks.plots[t] < 3 else 3.4) * turn
            if tracks.mode_s[t] >= 0:
                patience = max(patience, settings.coast_s)
            gone = gone or age > patience
        if gone:
            if tracks.status[t] == TENTATIVE:
                origin = tracks.born_by[t]
                sensors.false_count[origin // 2, origin % 2] += 1.0
            else:
                told = np.int64(ENDED_STATUS)
                written = tell(tracks, t, told, now, sensors, np.int64(-1), bench, out, written)
            lifecycle_kernels.end(tracks, heads, t)
            continue
        east = tracks.grid[t, 0] + tracks.grid[t, 2] * age
        north = tracks.grid[t, 1] + tracks.grid[t, 3] * age
        gating_kernels.put(tracks, heads, t, east, north)
        sigma = tracks.spread[t, 0] + tracks.spread[t, 1] * age
        noise = settings.manoeuvre_acceleration_psd * age**3 / 3.0
        reach = max(reach, settings.gate_sigmas * math.sqrt(sigma * sigma + noise))
    found = np.empty(64, np.int64)
    for t in range(counters.live[0]):
        if tracks.status[t] != FREE and now - tracks.time[t] < 2.0 * HOUSEKEEPING_S:
            join_doubles(tracks, heads, t, sensors, found)
    return min(reach, 3.0 * gating_kernels.CELL_M), written


@inner
def estimate_false_rate(sensors, s, now):
    """Follow the number of false plots a turn: those whose tracks came to nothing."""
    if math.isnan(sensors.false_since[s]):
        sensors.false_since[s] = now
        return
    span = now - sensors.false_since[s]
    if span < max(2.0 * sensors.period[s], 4.0):
        return
    for kind in range(2):
        if not sensors.false_known[s]:
            rate = sensors.false_count[s, kind] * sensors.period[s] / span
            rate = 0.85 * sensors.false_rate[s, kind] + 0.15 * rate
            sensors.false_rate[s, kind] = max(rate, 0.02)
        sensors.false_count[s, kind] = 0.0
    sensors.false_since[s] = now


@inner
def join_doubles(tracks, heads, t, sensors, found):
    """End the younger of two tracks of one target."""
    ce = math.floor(tracks.grid[t, 0] / gating_kernels.CELL_M)
    cn = math.floor(tracks.grid[t, 1] / gating_kernels.CELL_M)
    count = 0
    for de in range(-1, 2):
        for dn in range(-1, 2):
            other = heads[gating_kernels.bucket(ce + de, cn + dn, heads.shape[0])]
            while other >= 0 and count < found.shape[0]:
                if other != t and lifecycle_kernels.are_one(tracks, t, other, sensors):
                    found[count] = other
                    count += 1
                other = tracks.next_in_cell[other]
    for k in range(count):
        other = found[k]
        if tracks.status[t] == FREE or tracks.status[other] == FREE:
            continue
        keeps = tracks.status[t] > tracks.status[other]
        if tracks.status[t] == tracks.status[other]:
            keeps = tracks.born[t] <= tracks.born[other]
        if keeps:
            lifecycle_kernels.end(tracks, heads, other)
        elif tracks.status[other] == CONFIRMED or tracks.status[t] == TENTATIVE:
            lifecycle_kernels.end(tracks, heads, t)


@inner
def free_row(tracks, counters, search_from):
    """Return a row for a new track: the first free one from ``search_from`` on."""
    t = search_from
    while t < counters.live[0] and tracks.status[t] != FREE:
        t += 1
    if t == counters.live[0]:
        counters.live[0] += 1
    return t


@inner
def same_address(tracks, counters, mode_s):
    """Return the confirmed track with a Mode S address, or -1."""
    for t in range(counters.live[0]):
        if tracks.status[t] == CONFIRMED and tracks.mode_s[t] == mode_s:
            return t
    return -1


@inner
def leftover(tracks, heads, counters, plots, i, batch, sensors, settings, is_flat, center, row):
    """Begin a track at a plot that no track explains; return where to look for a free row next.

    A plot with the address of a confirmed track begins nothing; where that track has been without
    plots for a while, it is brought back to its target under its own number.
    """
    if plots.mode_s[i] >= 0:
        old = same_address(tracks, counters, plots.mode_s[i])
        if old >= 0:
            age = abs(plots.time[i] - tracks.time[old])
            de = plots.grid[i, 0] - tracks.grid[old, 0]
            dn = plots.grid[i, 1] - tracks.grid[old, 1]
            turn = lifecycle_kernels.expected_turn(tracks, old, plots.time[i], sensors)
            if tracks.last_batch[old] == batch or age < 2.5 * turn:
                return row  # a wild or doubled report: the track goes on without it
            if math.hypot(de, dn) < 1000.0 + 400.0 * age:
                number = tracks.number[old]
                existence = tracks.existence[old]
                count = tracks.plots[old]
                born = tracks.born[old]
                lifecycle_kernels.begin(
                    tracks,
                    heads,
                    old,
                    number,
                    plots,
                    i,
                    sensors,
                    settings,
                    existence,
                    is_flat,
                    center,
                )
                tracks.status[old] = CONFIRMED
                tracks.plots[old] = count + 1
                tracks.born[old] = born
                tracks.last_batch[old] = batch
                return row
    density, unit = false_density(plots, i, sensors)
    births = settings.new_targets_per_turn * unit
    existence = births / (births + density)
    t = free_row(tracks, counters, row)
    lifecycle_kernels.begin(
        tracks, heads, t, np.int64(-1), plots, i, sensors, settings, existence, is_flat, center
    )
    tracks.last_batch[t] = batch
    return t + 1


@inner
def question_height(tracks, t, wild, covariance, settings):
    """After three heights in a row that do not fit, doubt the track's own height instead."""
    tracks.wild_heights[t] = tracks.wild_heights[t] + 1 if wild == MODELS else 0
    if tracks.wild_heights[t] < 3:
        return
    tracks.wild_heights[t] = 0
    variance = settings.unseen_height_sigma_m * settings.unseen_height_sigma_m
    for m in range(MODELS):
        for a in range(3):
            for b in range(3):
                covariance[m, a, b] += variance * tracks.up[t, a] * tracks.up[t, b]


@inner
def update_track(
    tracks,
    heads,
    t,
    plots,
    i,
    batch,
    at_s,
    weights,
    state,
    covariance,
    sensors,
    settings,
    is_flat,
    center,
    rows,
):
    """Take the predicted models and one plot over into a track; confirm it if that is due."""
    up = np.empty(3)
    dt = plots.time[i] - at_s
    logs = np.empty(2)
    wild = 0
    for m in range(MODELS):
        n = measure(plots, i, sensors, is_flat, state[m], dt, up, rows)
        wild += doubt_own_words(plots, i, rows, n, covariance[m])
        _, logs[m] = take(rows, n, state[m], covariance[m])
    question_height(tracks, t, wild, covariance, settings)
    most = max(logs[0], logs[1])
    likely0 = weights[0] * math.exp(logs[0] - most)
    likely1 = weights[1] * math.exp(logs[1] - most)
    total = likely0 + likely1
    tracks.weights[t, 0] = min(max(likely0 / total, 1e-4), 1.0 - 1e-4)
    tracks.weights[t, 1] = 1.0 - tracks.weights[t, 0]
    for m in range(MODELS):
        motion_kernels.copy_state(
            state[m], covariance[m], tracks.state[t, m], tracks.covariance[t, m]
        )
    tracks.time[t] = at_s
    density, unit = false_density(plots, i, sensors)
    s = plots.sensor[i]
    other = density + settings.new_targets_per_turn * unit
    identity = gating_kernels.identity_log_ratio(
        tracks.mode_s[t], tracks.mode_a[t], plots.mode_s[i], plots.mode_a[i]
    )
    log_ratio = most + math.log(total * sensors.detection[s] / other) + identity
    tracks.existence[t] = lifecycle_kernels.raise_existence(
        tracks.existence[t], math.exp(min(log_ratio, 50.0))
    )
    lifecycle_kernels.note_plot(tracks, t, plots, i, s)
    tracks.last_batch[t] = batch
    lifecycle_kernels.settle(tracks, heads, t, is_flat, center)
    enough = 2 if tracks.mode_s[t] >= 0 else 3
    if tracks.status[t] == TENTATIVE and tracks.plots[t] >= enough:
        return tracks.existence[t] >= settings.confirm_existence
    return False


@inner
def open_slot(tracks, t, at_s, bench, slot, settings, is_flat):
    """Predict a track to ``at_s`` once for the whole batch, into a slot of the bench."""
    bench.slot_of[t] = slot
    bench.track[slot] = t
    bench.time[slot] = max(at_s, tracks.time[t])
    predict_track(
        tracks,
        t,
        bench.time[slot],
        settings,
        is_flat,
        bench.weights[slot],
        bench.state[slot],
        bench.covariance[slot],
        bench.rows,
    )


@inner
def gain_of(plots, i, tracks, t, bench, slot, sensors, settings, is_flat, log_other):
    """Return the log gain of giving plot ``i`` to a track over leaving both alone; -inf: never."""
    s = plots.sensor[i]
    since = plots.time[i] - tracks.last_hit[t, s]
    if plots.geometry[i] == POLAR and since < 0.45 * sensors.period[s]:
        return -math.inf  # its beam has met this track in this turn already
    identity = gating_kernels.identity_log_ratio(
        tracks.mode_s[t], tracks.mode_a[t], plots.mode_s[i], plots.mode_a[i]
    )
    if identity == -math.inf:
        return identity
    dt = plots.time[i] - bench.time[slot]
    nearest = math.inf
    best = -math.inf
    other = -math.inf
    limit = 0.0
    for m in range(MODELS):  # a manoeuvre is near to its own model, not to the mixture
        motion_kernels.copy_state(bench.state[slot, m], bench.covariance[slot, m], bench.x, bench.p)
        n = measure(plots, i, sensors, is_flat, bench.x, dt, bench.up, bench.rows)
        if n == 0:
            return -math.inf
        limit = settings.gate[n]
        doubt_own_words(plots, i, bench.rows, n, bench.p)
        distance2, log_d = take(bench.rows, n, bench.x, bench.p)
        nearest = min(nearest, distance2)
        log_d += math.log(bench.weights[slot, m])
        other = min(best, log_d)
        best = max(best, log_d)
    if nearest > limit:
        return -math.inf
    log_density = best + math.log1p(math.exp(other - best))
    r = tracks.existence[t] * sensors.detection[s]
    return math.log(r / (1.0 - r)) + log_density - log_other + identity


@inner
def find_pairs(members, plots, tracks, heads, bench, sensors, settings, is_flat, reach, pairs):
    """Fill ``pairs`` with every likely plot and track of a batch; return it, pairs and slots used.

    ``pairs`` (3 arrays: plot's place in the batch, slot, gain) comes back longer where it must.
    """
    plot_at, slot_at, gain_at = pairs
    used = 0
    slots = 0
    for k in range(members.shape[0]):
        i = members[k]
        wide = max(reach, gating_kernels.CELL_M) + plots.slack[i] + plots.position_sigma[i]
        wide = min(wide, gating_kernels.FARTHEST_M)
        count = gating_kernels.near(
            tracks,
            heads,
            plots,
            i,
            wide,
            settings.gate_sigmas,
            settings.manoeuvre_acceleration_psd,
            bench.found,
        )
        density, unit = false_density(plots, i, sensors)
        log_other = math.log(density + settings.new_targets_per_turn * unit)
        for f in range(count):
            t = bench.found[f]
            if bench.slot_of[t] < 0:
                open_slot(tracks, t, plots.time[i], bench, slots, settings, is_flat)
                slots += 1
            slot = bench.slot_of[t]
            gain = gain_of(plots, i, tracks, t, bench, slot, sensors, settings, is_flat, log_other)
            if gain == -math.inf:
                continue
            if used == gain_at.shape[0]:
                plot_at = np.concatenate((plot_at, plot_at))
                slot_at = np.concatenate((slot_at, slot_at))
                gain_at = np.concatenate((gain_at, gain_at))
            plot_at[used] = k
            slot_at[used] = slot
            gain_at[used] = gain
            used += 1
    return (plot_at, slot_at, gain_at), used, slots


@inner
def take_plot(plots, i, slot, batch, now, book, bench, world, out, written):
    """Give a plot to the track in a slot; write its row if it is confirmed; return rows written."""
    tracks, heads, counters = book
    sensors, settings, is_flat, center = world
    t = bench.track[slot]
    confirmed = update_track(
        tracks,
        heads,
        t,
        plots,
        i,
        batch,
        bench.time[slot],
        bench.weights[slot],
        bench.state[slot],
        bench.covariance[slot],
        sensors,
        settings,
        is_flat,
        center,
        bench.rows,
    )
    if confirmed:
        tracks.status[t] = CONFIRMED
        tracks.number[t] = counters.next_number[0]
        counters.next_number[0] += 1
    if tracks.status[t] != CONFIRMED:
        return written
    return tell(tracks, t, np.int64(CONFIRMED_STATUS), now, sensors, i, bench, out, written)


@kernel
def run(plots, order, start, book, world, bench, out):
    """Work through all batches; return the number of result rows and of plots that found a track.

    ``order[start[b]:start[b + 1]]`` are the plots of batch b; ``book`` is (tracks, grid heads,
    counters), ``world`` (sensors, settings, is_flat, centre of the grid's map).
    """
    tracks, heads, counters = book
    sensors, settings, is_flat, center = world
    pairs = (np.empty(4096, np.int64), np.empty(4096, np.int64), np.empty(4096))
    written = np.int64(0)  # a bare 0 is a type of its own to numba: it would compile twice
    used = 0
    reach = 2.0 * gating_kernels.CELL_M
    for b in range(start.shape[0] - 1):
        members = order[start[b] : start[b + 1]]
        now = plots.time[members[-1]]
        if now - counters.housekept[0] > HOUSEKEEPING_S:
            reach, written = keep_house(book, bench, world, now, out, written)
            counters.housekept[0] = now
        counters.batch[0] += 1
        batch = counters.batch[0]
        pairs, count, slots = find_pairs(
            members, plots, tracks, heads, bench, sensors, settings, is_flat, reach, pairs
        )
        slot_of_plot = bench.slot_of_plot[: members.shape[0]]
        assign_pairs(members.shape[0], slots, pairs[0], pairs[1], pairs[2], count, slot_of_plot)
        for k in range(members.shape[0]):
            if slot_of_plot[k] >= 0:
                used += 1
                written = take_plot(
                    plots, members[k], slot_of_plot[k], batch, now, book, bench, world, out, written
                )
        for slot in range(slots):
            bench.slot_of[bench.track[slot]] = -1
        row = np.int64(0)
        for k in range(members.shape[0]):
            if slot_of_plot[k] < 0:
                row = leftover(
                    tracks,
                    heads,
                    counters,
                    plots,
                    members[k],
                    batch,
                    sensors,
                    settings,
                    is_flat,
                    center,
                    row,
                )
    return written, used


@kernel
def picture(tracks, counters, sensors, settings, is_flat, to_s, out):
    """Write every confirmed track as it is expected at ``to_s``; return how many there are."""
    weights = np.empty(MODELS)
    state = np.empty((MODELS, 6))
    covariance = np.empty((MODELS, 6, 6))
    rows = np.empty((ROWS, 8))
    x = np.empty(6)
    p = np.empty((6, 6))
    n = np.int64(0)
    for t in range(counters.live[0]):
        if tracks.status[t] != CONFIRMED:
            continue
        turn = lifecycle_kernels.expected_turn(tracks, t, to_s, sensors)
        if to_s - tracks.time[t] > max(settings.coast_s, 4.0 * turn):
            continue
        predict_track(tracks, t, to_s, settings, is_flat, weights, state, covariance, rows)
        motion_kernels.combine(weights, state, covariance, x, p)
        status = np.int64(
            COASTED_STATUS if to_s - tracks.time[t] > 1.6 * turn else CONFIRMED_STATUS
        )
        at = max(to_s, tracks.time[t])
        emit(tracks, t, at, x, p, weights, status, to_s, sensors, np.int64(-1), out, n)
        n += 1
    return n
