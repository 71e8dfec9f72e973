"""Kernels of merging: two tracks so close that a radar may see them as one share its plot.

A radar whose resolution is declared sends one plot for targets within one cell of range and
azimuth, at their middle.  For a plot and two tracks the joint events are weighed: one plot of
both, or of one while the other was missed, resolved or not there (Koch and van Keuk, IEEE T-AES
33(3), 1997; Blom and Bloem, IEEE T-AES 43(2), 2007).
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import (
    BODY,
    CONFIRMED,
    G_BEND,
    I_STATUS,
    MODELS,
    P_CELL,
    P_COS_AZ,
    P_GEOMETRY,
    P_SENSOR,
    P_SIN_AZ,
    P_TIME,
    S_AXES,
    S_AZIMUTH_CELL,
    S_ORIGIN,
    S_RANGE_CELL,
    T_BORN,
    T_UP,
    TURN,
    WEIGHT,
)
from jointsky.tracking.looks_kernels import MOST_SURE, detection_at
from jointsky.tracking.measurement_kernels import as_shares, measure, take_rows, variance_along

MOST_MERGED = 0.9  # however close: two tracks of one target must not feed each other for ever
THEIRS = 0.8  # a plot that is surer than this of the tracks near it
OWN_PLOT = 0.5  # a track that is surer than this of another plot has been seen apart
MOST_TOGETHER = 8
ROOT_2 = math.sqrt(2.0)


@bare
def within(gap, variance, cell):
    """Return the probability that a normal error about ``gap`` lies within a cell of nought."""
    sigma = ROOT_2 * math.sqrt(max(variance, 1e-12))
    return 0.5 * (math.erf((cell - gap) / sigma) + math.erf((cell + gap) / sigma))


@bare
def where_seen(b, dt, q, sensor, out):
    """Fill ``out`` (4,): range and azimuth (from the plot's own) of a model, their variances."""
    dx = b[0] + dt * b[3] - sensor[S_ORIGIN]
    dy = b[1] + dt * b[4] - sensor[S_ORIGIN + 1]
    dz = b[2] + dt * b[5] - sensor[S_ORIGIN + 2]
    a = S_AXES
    east = sensor[a] * dx + sensor[a + 1] * dy + sensor[a + 2] * dz
    north = sensor[a + 3] * dx + sensor[a + 4] * dy + sensor[a + 5] * dz
    slant = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
    ground = max(math.sqrt(east * east + north * north), 1.0)
    out[0] = slant
    out[1] = math.atan2(
        q[P_COS_AZ] * east - q[P_SIN_AZ] * north, q[P_COS_AZ] * north + q[P_SIN_AZ] * east
    )
    out[2] = variance_along(b, dx / slant, dy / slant, dz / slant)
    h0 = (sensor[a] * north - sensor[a + 3] * east) / ground
    h1 = (sensor[a + 1] * north - sensor[a + 4] * east) / ground
    h2 = (sensor[a + 2] * north - sensor[a + 5] * east) / ground
    out[3] = variance_along(b, h0, h1, h2) / (ground * ground)


@bare
def unresolved(slot, other, look, bench):
    """Return the probability that a sensor sees the tracks of two slots as one."""
    q, _, sensor, _ = look
    one, two = bench.seen_at[0], bench.seen_at[1]
    dt = q[P_TIME] - bench.slot_time[slot]
    where_seen(bench.slot_body[slot, bench.slot_best[slot]], dt, q, sensor, one)
    dt = q[P_TIME] - bench.slot_time[other]
    where_seen(bench.slot_body[other, bench.slot_best[other]], dt, q, sensor, two)
    near = within(one[0] - two[0], one[2] + two[2], sensor[S_RANGE_CELL])
    near *= within(one[1] - two[1], one[3] + two[3], sensor[S_AZIMUTH_CELL])
    return MOST_MERGED * near


@bare
def rows_of(slot, look, bench, rows):
    """Fill ``rows`` with what a plot says of a slot's likeliest model; return how many.

    ``look`` is (plot, geometry, sensor, settings).
    """
    q, geometry, sensor, settings = look
    dt = q[P_TIME] - bench.slot_time[slot]
    b = bench.slot_body[slot, bench.slot_best[slot]]
    return measure(b, q, geometry, sensor, dt, settings[G_BEND], rows)[0]


@bare
def rows_of_middle(slot, others, count, look, bench):
    """Fill bench.rows with what a plot says of a slot's track if it is the middle of several.

    Seen from one track: its own share of the middle, the others' places as further errors.
    Returns how many rows; none where the others do not measure alike.
    """
    rows, theirs = bench.rows, bench.own_rows
    n = rows_of(slot, look, bench, rows)
    share = 1.0 / (count + 1.0)
    for k in range(n):
        for c in range(7):
            rows[k, c] *= share
    for j in range(count):
        if rows_of(others[j], look, bench, theirs) != n:
            return np.int64(0)
        b = bench.slot_body[others[j], bench.slot_best[others[j]]]
        for k in range(n):
            along = variance_along(b, theirs[k, 0], theirs[k, 1], theirs[k, 2])
            rows[k, 6] += share * theirs[k, 6]
            rows[k, 7] += share * share * along
    return n


@bare
def log_density(slot, n, up, bench):
    """Return the log density of bench.rows for a slot's likeliest model."""
    b = bench.slot_body[slot, bench.slot_best[slot]]
    work = bench.merged[0]
    for k in range(BODY):
        work[k] = b[k]
    return take_rows(work, bench.rows, n, b, False, up, bench.d)[1]


@bare
def exist_together(first, slot, look, seen, up, bench):
    """Return the probability that two slots' tracks both exist, of which one plot is likely both's.

    Over all joint events; -1 where the plot is likelier of one track alone.  ``seen`` is the
    sensor's detection probability.
    """
    together = unresolved(first, slot, look, bench)
    n = rows_of(slot, look, bench, bench.rows)
    log_second = log_density(slot, n, up, bench)
    for k in range(n):
        bench.own_rows[k, 6] = bench.rows[k, 6]
    if n == 0 or rows_of(first, look, bench, bench.rows) != n:
        return -1.0
    log_first = log_density(first, n, up, bench)
    for k in range(n):  # their errors may be alike, so their middle is no surer than one of them
        bench.rows[k, 6] = 0.5 * (bench.rows[k, 6] + bench.own_rows[k, 6])
    log_both = log_density(first, n, up, bench)
    highest = max(log_first, log_both, log_second)
    r_a, r_b = bench.slot_alive[first], bench.slot_alive[slot]
    missed = (1.0 - together) * (1.0 - seen)  # there, resolved, not detected
    both = r_a * r_b * together * math.exp(log_both - highest)
    of_a = r_a * math.exp(log_first - highest)
    of_b = r_b * math.exp(log_second - highest)
    a_alone, a_and_b = of_a * (1.0 - r_b), of_a * r_b * missed
    b_alone, b_and_a = of_b * (1.0 - r_a), of_b * r_a * missed
    total = both + a_alone + a_and_b + b_alone + b_and_a
    return (both + a_and_b + b_and_a) / total if both > 0.5 * total else -1.0


@bare
def take_middle(pair, n, up, bench):
    """Filter all models of a pair's slot with bench.rows into the pair's own."""
    slot = bench.pair_slot[pair]
    bodies = bench.slot_body[slot]
    reference = bodies[bench.slot_best[slot]]
    likely = bench.likely[pair]
    highest = -math.inf
    for m in range(MODELS):
        b = bench.pair_body[pair, m]
        for k in range(BODY):
            b[k] = bodies[m, k]
        likely[m] = -math.inf
        if b[WEIGHT] > 0.0:
            density = take_rows(b, bench.rows, n, reference, m == TURN, up, bench.d)[1]
            likely[m] = density + math.log(b[WEIGHT])
            highest = max(highest, likely[m])
    as_shares(likely, highest)


@bare
def is_apart(pair, bench):
    """Return whether a pair's track is surely of another plot."""
    p = bench.slot_first[bench.pair_slot[pair]]
    while p >= 0:
        if p != pair and bench.beta[p] > OWN_PLOT:
            return True
        p = bench.pair_next[p]
    return False


@bare
def make_sure(pair, existence, bench):
    """Make a pair the only one of its track, which exists as likely as told."""
    slot = bench.pair_slot[pair]
    p = bench.slot_first[slot]
    while p >= 0:
        bench.beta[p] = 0.0
        p = bench.pair_next[p]
    existence = min(existence, MOST_SURE)
    bench.beta[pair] = existence
    bench.alone[slot] = 0.0
    bench.gain[pair] = math.log(existence / (1.0 - existence))


@bare
def give_middle(count, look, book, bench):
    """Give one plot to the tracks of the first ``count`` pairs of bench.together."""
    for i in range(count):
        found = 0
        for j in range(count):
            if j != i:
                bench.others[found] = bench.pair_slot[bench.together[j]]
                found += 1
        pair = bench.together[i]
        slot = bench.pair_slot[pair]
        n = rows_of_middle(slot, bench.others, found, look, bench)
        if n > 0:
            up = book[0][bench.slot_track[slot], T_UP : T_UP + 3]
            take_middle(pair, n, up, bench)
            make_sure(pair, bench.exists[i], bench)


@bare
def likeliest_pair(k, pairs, bench):
    """Return the likeliest pair of a batch's plot ``k``, -1 where it may be nobody's."""
    best = np.int64(-1)
    theirs = 0.0
    for p in range(pairs):
        if bench.pair_plot[p] == k:
            theirs += bench.beta[p]
            if best < 0 or bench.beta[p] > bench.beta[best]:
                best = np.int64(p)
    return best if theirs >= THEIRS else np.int64(-1)


@bare
def share_merged(members, pairs, plots, book, world, bench):
    """Give each plot that is likelier of two confirmed tracks than of one to both.

    Works on what association found of a batch.
    """
    floats, ints = book[0], book[1]
    sensors, cells, _, settings, _, _ = world
    for k in range(members.shape[0]):
        q, i = plots[0][members[k]], plots[1][members[k]]
        sensor = sensors[i[P_SENSOR]]
        best = likeliest_pair(k, pairs, bench)
        if best < 0:
            continue
        first = bench.pair_slot[best]
        a = bench.slot_track[first]
        if ints[a, I_STATUS] != CONFIRMED:
            continue
        look = q, i[P_GEOMETRY], sensor, settings
        seen = detection_at(sensors, cells, i[P_SENSOR], i[P_CELL])
        up = floats[a, T_UP : T_UP + 3]
        bench.together[0] = best
        bench.exists[0] = 1.0
        count = 1
        for p in range(pairs):
            if bench.pair_plot[p] != k or p == best or count == MOST_TOGETHER:
                continue
            slot = bench.pair_slot[p]
            if ints[bench.slot_track[slot], I_STATUS] != CONFIRMED or is_apart(p, bench):
                continue
            both = exist_together(first, slot, look, seen, up, bench)
            if both < 0.0:
                continue
            # If there is one target after all it is the elder track's, so that two of one target
            # do not keep each other for ever.
            bench.together[count] = p
            bench.exists[count] = 1.0
            younger = count if floats[bench.slot_track[slot], T_BORN] >= floats[a, T_BORN] else 0
            bench.exists[younger] = min(bench.exists[younger], both)
            count += 1
        if count > 1:
            give_middle(count, look, book, bench)
